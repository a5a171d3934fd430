// Some neighbouring assets of a panel as columns of their own, and back. Where rows are long, a kernel that
// walks one asset touches a page a bar; eight assets share the cache line that each bar costs.

/** dst[asset * n + bar] = src[bar * stride + asset] for `count` assets from the one `src` points to. */
export function gather(src: usize, dst: usize, n: i32, stride: i32, count: i32): void {
  const step = <usize>stride << 3
  const column = <usize>n << 3
  const width = <usize>count << 3
  for (let bar: usize = 0; bar < column; bar += 8, src += step) {
    let to = dst + bar
    for (let at = src; at < src + width; at += 8, to += column) store<f64>(to, load<f64>(at))
  }
}

/** dst[bar * stride + asset] = src[asset * n + bar]: the way back. */
export function scatter(src: usize, dst: usize, n: i32, stride: i32, count: i32): void {
  const step = <usize>stride << 3
  const column = <usize>n << 3
  const width = <usize>count << 3
  for (let bar: usize = 0; bar < column; bar += 8, dst += step) {
    let from = src + bar
    for (let at = dst; at < dst + width; at += 8, from += column) store<f64>(at, load<f64>(from))
  }
}

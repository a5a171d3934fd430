export const LF = 10
export const CR = 13
export const BLANK = 32
export const QUOTE = 34

/** Line feeds inside the quotes of this row so far; counted by `fieldEnd`. */
export let quotedBreaks = 0

/** Sets the count anew, at the start of a row. */
export function setQuotedBreaks(count: number): void {
  quotedBreaks = count
}

/** Offset of the separator, carriage return or line feed that ends the field at `from`; -1 where a quote is not closed. */
export function fieldEnd(b: Uint8Array, from: number, limit: number, separator: number): number {
  let p = from
  while (b[p] === BLANK) p++
  if (b[p] === QUOTE) {
    for (p++; p < limit; p++) {
      if (b[p] === LF) quotedBreaks++
      if (b[p] !== QUOTE) continue
      if (b[p + 1] !== QUOTE) break
      p++
    }
    if (p >= limit) return -1
  }
  for (let c = b[p]; p < limit && c !== separator && c !== LF && !(c === CR && b[p + 1] === LF); c = b[++p]);
  return p
}

/** Offset after a line of blanks that starts at `from`; 0 when there is something on it. */
export function blankEnd(b: Uint8Array, from: number): number {
  let p = from
  while (b[p] === BLANK || b[p] === CR) p++
  return b[p] === LF ? p + 1 : 0
}

/** Bytes as text. */
export function fieldText(b: Uint8Array, from: number, to: number): string {
  return new TextDecoder().decode(b.slice(from, to))
}

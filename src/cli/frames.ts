import { fileURLToPath } from 'node:url'

/** A stack trace without the frames inside this library, Node and the packages that stand between them and a strategy. */
export function ownFrames(stack: string): string {
  const folder = new URL('../', import.meta.url)
  const library = [folder.href, fileURLToPath(folder)]
  return stack
    .split('\n')
    .filter((line) => !library.some((place) => line.includes(place)))
    .filter((line) => !/[\\/]node_modules[\\/](commander|piscina)[\\/]|\(node:|at node:/.test(line))
    .join('\n')
}

/** The frames alone, without the message before them; empty where the strategy has none. */
export function framesAlone(stack: string): string {
  const frames = ownFrames(stack).split('\n')
  return frames.filter((line) => /^\s+at /.test(line)).join('\n')
}

/**
 * What the compiler reads for the engine of plain runs: the sources, with the fields of the run record that only other runs set
 * (marked `whole` in records.ts) as constants of 0. All that asks for them is left out by the compiler, so that rules which a run
 * does not use cost it nothing, however many there will be.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const MARKED = /^ {2}(\w+): (\w+) \/\/ whole$/gm

/** The records of plain runs: what is marked keeps its place, under a name that nobody asks for. */
export function plainRecords(/** @type {string} */ text) {
  return text.replace(MARKED, '  $1Field: $2\n  // @ts-ignore: decorator\n  @inline get $1(): $2 { return 0 }')
}

/** The compiler's way to read files; null where there is none. */
export function readFrom(/** @type {boolean} */ plain) {
  return (/** @type {string} */ name, /** @type {string} */ folder) => {
    let text
    try {
      text = readFileSync(resolve(folder, name), 'utf8')
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return null
      throw error
    }
    return plain && name.replaceAll('\\', '/') === 'assembly/records.ts' ? plainRecords(text) : text
  }
}

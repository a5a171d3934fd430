// Files that the build makes are written where they change alone: what is made of them is then not made anew.
import { readFileSync, writeFileSync } from 'node:fs'

/** What a file holds; undefined where there is none. */
export function textOf(/** @type {URL} */ file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    return undefined
  }
}

/** Writes a text, where it is another one than the file has. */
export function writeChanged(/** @type {URL} */ file, /** @type {string} */ text) {
  if (textOf(file) !== text) writeFileSync(file, text)
}

import { FillgridError, messageOf } from '../errors.ts'
import { Journal } from '../io/journal.ts'
import type { FinishedRows, RowKeeper } from './keep.ts'

/** Before the numbers of an entry: how many sets it has, as 32 bits, and 32 bits that make doubles lie on their line. */
const HEAD = 8

/**
 * Keeps the rows of a sweep in a file (`Journal`), each some tens of milliseconds after it is finished. Where the file cannot
 * be written any more, because the disk is full, the sweep goes on and a warning says so.
 *
 * @throws FillgridError when the sweep begins: file_access, invalid_file, journal_mismatch
 */
export function journalKeeper(path: string): RowKeeper {
  const warnings: { code: string; message: string }[] = []
  let journal: Journal | undefined
  let width = 0
  return {
    warnings,
    begin(plan, figures, take) {
      width = figures
      journal = new Journal(path, plan, (entry) => take(decodeRows(entry, width, path)))
    },
    keep(rows) {
      try {
        journal?.add(encodeRows(rows, width))
      } catch (error) {
        // The reason without the path, since warnings stand in results, which hold no place.
        const reason = messageOf(error instanceof Error ? error.cause : error)
        if (warnings.length === 0)
          warnings.push({
            code: 'rows_not_kept',
            message: `Finished rows could not be kept on disk while the sweep ran (${reason.replace(/,? '.*$/, '')}). Had it been killed, they would be lost.`,
          })
      }
    },
    end() {
      journal?.close()
      journal = undefined
    },
  }
}

/** Rows as an entry: the bytes of their numbers as they are, since NaN has many. */
function encodeRows({ sets, metrics, failures }: FinishedRows, width: number): Uint8Array {
  const words = new TextEncoder().encode(JSON.stringify(failures.map(({ at, message }) => [at, message])))
  const numbers = sets.length * width
  const entry = new Uint8Array(HEAD + 8 * (sets.length + numbers) + words.length)
  new DataView(entry.buffer).setUint32(0, sets.length, true)
  const doubles = new Float64Array(entry.buffer, HEAD, sets.length + numbers)
  doubles.set(sets)
  doubles.set(metrics.subarray(0, numbers), sets.length)
  entry.set(words, HEAD + doubles.byteLength)
  return entry
}

/** @throws FillgridError invalid_file for an entry that is none of rows */
function decodeRows(entry: Uint8Array, width: number, path: string): FinishedRows {
  const count = entry.length < HEAD ? 0 : new DataView(entry.buffer, entry.byteOffset).getUint32(0, true)
  const numbers = count * (1 + width)
  const end = HEAD + 8 * numbers
  try {
    const doubles = new Float64Array(entry.slice(HEAD, end).buffer)
    const failures = JSON.parse(new TextDecoder().decode(entry.subarray(end))) as [number, string][]
    if (doubles.length !== numbers) throw new RangeError('an entry is cut')
    return {
      sets: doubles.subarray(0, count),
      metrics: doubles.subarray(count),
      failures: failures.map(([at, message]) => ({ at, message })),
    }
  } catch (cause) {
    throw new FillgridError(
      'invalid_file',
      `journal: an entry must be finished rows, found "${messageOf(cause)}" at ${path}. Take the file away and run the sweep again.`,
      { file: path },
      { cause },
    )
  }
}

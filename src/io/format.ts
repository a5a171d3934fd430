import { FillgridError, show } from '../errors.ts'

/**
 * Runs a reader of a binary format. What it finds wrong with the bytes (RangeErrors) becomes a sentence that names the
 * file and the format.
 *
 * @param needed what the file should be, for example 'an Arrow IPC file or stream'
 * @throws FillgridError invalid_file, memory_limit; other errors as they are
 */
export function reading<T>(file: string, needed: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw readError(file, needed, error)
  }
}

function readError(file: string, needed: string, cause: unknown): unknown {
  if (!(cause instanceof RangeError)) return cause
  const why = cause.message
  if (/bytes come out$|allocation failed|Invalid (typed array|array|string) length/.test(why)) {
    return new FillgridError(
      'memory_limit',
      `file: ${file} does not fit into the memory that is allowed (${why}). Split it and load the parts that are needed.`,
      { file },
      { cause },
    )
  }
  return new FillgridError(
    'invalid_file',
    `file: ${needed} is needed, found ${show(why)} at ${file}. Is the file complete?`,
    { file },
    { cause },
  )
}

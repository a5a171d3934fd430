import { FillgridError } from '../errors.ts'
import { UsageError } from './values.ts'

/** Where a command writes: results to standard output, all else to standard error. */
export interface Console {
  /** Text of a result. */
  print(text: string): void
  /** The one JSON document of `--json`. */
  json(text: string): void
  /** A line beside the result. */
  note(text: string): void
  /** Set when not all was done: the command was stopped, or one of several files could not be read. */
  stopped: boolean
}

/**
 * The console of this process. From here on whatever else is printed, by a strategy for example, goes to standard error,
 * so that standard output carries the result alone.
 */
export function processConsole(): Console {
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = process.stderr.write.bind(process.stderr)
  // Who reads no further, like `| head`, has what they wanted.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  return {
    print: (text) => void write(text),
    json: (text) => void write(text),
    note: (text) => void process.stderr.write(`${text}\n`),
    stopped: false,
  }
}

/** Codes that, met while the command line is read, mean that it is wrong. */
const USAGE = new Set(['unknown_name', 'invalid_value', 'conflicting_settings', 'invalid_space'])

/** Runs what only reads the command line: what it finds wrong is a UsageError. Works for promises too. */
export function usage<T>(read: () => T): T {
  const blame = (error: unknown) => {
    if (error instanceof FillgridError && USAGE.has(error.code)) throw new UsageError(error.message)
    throw error
  }
  try {
    const value = read()
    return value instanceof Promise ? (value.catch(blame) as T) : value
  } catch (error) {
    return blame(error)
  }
}

/** Bits of colour of standard output: 0 when it is no terminal or NO_COLOR is set. */
export function colourDepth(): 0 | 8 | 24 {
  if (!process.stdout.isTTY || process.env.NO_COLOR) return 0
  const depth = process.stdout.getColorDepth()
  return depth >= 24 ? 24 : depth >= 8 ? 8 : 0
}

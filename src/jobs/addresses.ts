import { FillgridError, show } from '../errors.ts'
import { csvRows } from '../io/csv.ts'
import { jsonRows } from '../io/json.ts'
import { marketOptions, type ReadOptions, rowChoice } from '../io/options.ts'
import { parquetRows } from '../io/parquet.ts'
import { marketFromRows } from '../io/rows.ts'
import type { RowTable } from '../io/rowtable.ts'
import type { MarketLoader } from './runners.ts'

/** Options of loading that need what only Node has. */
const NODE_ALONE = ['cache', 'ticks'] as const

/**
 * A market from http: and https: addresses of text, JSON or Parquet, as it is or in gzip: what every host can load.
 *
 * @throws FillgridError file_access, invalid_value for what is no address, and what reading throws
 */
export const loadAddresses: MarketLoader = async ({ files, options = {} }) => {
  for (const name of NODE_ALONE) if (options[name] !== undefined) throw nodeAlone(`options.${name}`, options[name])
  const read = options as ReadOptions
  if (typeof options.context === 'string') throw nodeAlone('options.context', options.context)
  const tables: RowTable[] = []
  for (const given of files) {
    const { address, symbol } = addressOf(given)
    const bytes = await fetchBytes(address)
    const source = { bytes, file: `${address.origin}${address.pathname}`, symbol }
    if (startsWith(bytes, 'PAR1')) tables.push(parquetRows(source, read))
    else if (/^\s*[[{]/.test(new TextDecoder('latin1').decode(bytes.subarray(0, 64))))
      tables.push(jsonRows(source, read))
    else tables.push(csvRows(source, read))
  }
  return marketFromRows(tables, marketOptions(read, read.context), rowChoice(read).symbols)
}

function nodeAlone(name: string, value: unknown): FillgridError {
  return new FillgridError(
    'invalid_value',
    `market: ${name} needs fillgrid/node, found ${show(value)} where only addresses can be loaded. Run the job there, or pass the market in \`markets\`.`,
  )
}

function addressOf(given: string | { path: string; symbol?: string }): { address: URL; symbol?: string } {
  const text = typeof given === 'string' ? given : given.path
  const named = typeof given === 'string' ? /^([^=:/]+)=(https?:.*)$/is.exec(given) : null
  const symbol = named ? named[1] : typeof given === 'string' ? undefined : given.symbol
  const address = /^https?:\/\//i.test(named?.[2] ?? text) ? asUrl(named?.[2] ?? text) : undefined
  if (address) return { address, symbol }
  throw new FillgridError(
    'file_access',
    `file: ${text} cannot be loaded here, an http: or https: address is needed. Run the job with fillgrid/node, which reads files, or pass the market in \`markets\`.`,
    { file: text },
  )
}

function asUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    // What is no address is refused with the sentence of all others.
    return undefined
  }
}

async function fetchBytes(address: URL): Promise<Uint8Array> {
  const file = `${address.origin}${address.pathname}`
  const fail = (why: string, cause?: unknown) =>
    new FillgridError('file_access', `file: ${file} cannot be read, ${why}. Check the address.`, { file }, { cause })
  try {
    const answer = await fetch(address)
    if (!answer.ok) throw fail(`the answer was ${answer.status} ${answer.statusText}`.trim())
    const bytes = new Uint8Array(await answer.arrayBuffer())
    if (!(bytes[0] === 0x1f && bytes[1] === 0x8b)) return bytes
    const packed = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
    return new Uint8Array(await new Response(packed).arrayBuffer())
  } catch (cause) {
    if (cause instanceof FillgridError) throw cause
    const { message, cause: deeper } = cause as Error
    throw fail((deeper as Error | undefined)?.message ?? message, cause)
  }
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  return [...magic].every((letter, i) => bytes[i] === letter.charCodeAt(0))
}

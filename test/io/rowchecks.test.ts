/** Rows without prices, closes or times meet the same policies whatever format they come in. */
import * as arrow from 'apache-arrow'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { openMarket } from '../../src/io/open.ts'
import type { CheckPolicies } from '../../src/market/checks.ts'

const NAMES = ['time', 'open', 'high', 'low', 'close', 'volume']
type Row = (number | null)[]

const START = Date.UTC(2024, 0, 1)
const whole = (i: number): Row => [START + i * 60000, 10, 11, 9, 10.5, 100]

/** One bad row between good ones, by what is bad about it. */
const BAD: [what: string, row: Row, check: string | undefined][] = [
  ['no price at all', [START + 60000, null, null, null, null, null], 'missing'],
  ['no price but a volume', [START + 60000, null, null, null, null, 0], 'missing'],
  ['no number but NaN', [START + 60000, Number.NaN, Number.NaN, Number.NaN, Number.NaN, 5], 'missing'],
  ['no close', [START + 60000, 10, 11, 9, null, 100], 'incomplete'],
  ['NaN for a close', [START + 60000, 10, 11, 9, Number.NaN, 100], 'incomplete'],
  ['no time', [null, 10, 11, 9, 10, 100], 'unparsable'],
  ['an infinite close', [START + 60000, 10, 11, 9, Number.POSITIVE_INFINITY, 100], 'unparsable'],
  ['an infinite low', [START + 60000, 10, 11, Number.NEGATIVE_INFINITY, 10, 100], 'unparsable'],
  ['an infinite volume', [START + 60000, 10, 11, 9, 10, Number.POSITIVE_INFINITY], 'unparsable'],
  ['no volume', [START + 60000, 10, 11, 9, 10, null], undefined],
  ['no open', [START + 60000, null, 11, 9, 10, 100], undefined],
]

const word = (value: number | null) =>
  value === null || Number.isNaN(value)
    ? 'null'
    : Number.isFinite(value)
      ? String(value)
      : value > 0
        ? '1e999'
        : '-1e999'

const FORMATS: Record<string, (rows: Row[]) => Uint8Array> = {
  csv: (rows) =>
    new TextEncoder().encode(
      `${NAMES.join(',')}\n${rows.map((row) => row.map((value) => value ?? '').join(',')).join('\n')}\n`,
    ),
  json: (rows) =>
    new TextEncoder().encode(
      `[${rows.map((row) => `{${row.map((value, i) => `"${NAMES[i]}":${word(value)}`).join(',')}}`).join(',')}]`,
    ),
  arrow: (rows) =>
    arrow.tableToIPC(
      new arrow.Table(
        Object.fromEntries(
          NAMES.map((name, i) => {
            const type = i === 0 ? new arrow.TimestampMillisecond() : new arrow.Float64()
            return [
              name,
              arrow.vectorFromArray(
                rows.map((row) => row[i]),
                type as arrow.DataType,
              ),
            ]
          }),
        ),
      ),
      'file',
    ),
  parquet: (rows) =>
    new Uint8Array(
      parquetWriteBuffer({
        columnData: NAMES.map((name, i) => ({
          name,
          data: rows.map((row) => (i === 0 && row[0] !== null ? new Date(row[0]) : row[i])),
          type: i === 0 ? ('TIMESTAMP' as const) : ('DOUBLE' as const),
          nullable: true,
        })),
      }),
    ),
}

/** How many bars there are and what was left out; or what was refused. */
async function outcome(bytes: Uint8Array, file: string, checks: CheckPolicies) {
  try {
    const market = await openMarket({ bytes, file }, { checks })
    const said = market.remarks.filter(({ code }) => code === 'rows_dropped')
    const found = {
      bars: market.bars,
      checks: market.provenance!.checks.map(({ check, count, policy }) => [check, count, policy]),
      said: said.map(({ count, message }) => [count, message.replace(/, the first at .*/, '')]),
    }
    market.release()
    return found
  } catch (error) {
    if (!(error instanceof FillgridError)) throw error
    return { refused: error.code, way: /`checks: .*/.exec(error.message)?.[0] }
  }
}

describe.each(Object.entries(FORMATS))('%s', (name, write) => {
  it.each(BAD)('a row with %s', async (_, bad, check) => {
    const bytes = write([whole(0), bad, whole(2)])
    const drop = await outcome(bytes, `x.${name}`, { missing: 'drop', incomplete: 'drop', unparsable: 'drop' })
    if (check === undefined) {
      expect(drop).toEqual({ bars: 3, checks: [], said: [] })
      return
    }
    expect(drop).toEqual({ bars: 2, checks: [[check, 1, 'drop']], said: [[1, expect.stringContaining('left out')]] })
    expect(await outcome(bytes, `x.${name}`, { [check]: 'error' })).toEqual({
      refused: 'invalid_file',
      way: `\`checks: { ${check}: 'drop' }\` leaves all such rows out.`,
    })
    // What is done unasked.
    expect(await outcome(bytes, `x.${name}`, {})).toMatchObject(
      check === 'missing' ? { bars: 2, checks: [['missing', 1, 'drop']] } : { refused: 'invalid_file' },
    )
  })
})

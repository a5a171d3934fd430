/** What other packages give for the series of bench/peers/record_indicators.py, which has recorded it with their versions. */
import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { INDICATORS } from '../../src/signals/catalogue.ts'
import { compute } from './columns.ts'
import { DIFFERENCES } from './differences.ts'

interface Column {
  /** Runs of NaN: [first, after the last]. */
  nan: [number, number][]
  /** What is not NaN, of the bars that `kept` names. */
  values: number[]
}

interface Case {
  name: string
  parameters: Record<string, unknown>
  package: string
  outputs: Record<string, Column>
}

const FOLDER = new URL('recorded/', import.meta.url)
const STANDARD: Record<string, string> = { source: 'close', other: 'open' }

function read<T>(name: string): T {
  return JSON.parse(gunzipSync(readFileSync(new URL(name, FOLDER))).toString())
}

const series = read<{ columns: Record<string, number[]> }>('series.json.gz').columns
const bars = series.close.length

/** The recorded values bar by bar: NaN where it was, undefined where it was not kept. */
function expand({ nan, values }: Column, kept: (bar: number) => boolean): (number | undefined)[] {
  const out = new Array<number | undefined>(bars).fill(undefined)
  for (const [from, to] of nan) out.fill(Number.NaN, from, to)
  let at = 0
  for (let bar = 0; bar < bars; bar++) if (out[bar] === undefined && kept(bar)) out[bar] = values[at++]
  if (at !== values.length) throw new Error(`${values.length} values for ${at} bars`)
  return out
}

/** The months or weeks (from Monday on) of the days that the series has, from 2015 on; one period of all where nobody asks for any. */
function periods(every: string | undefined): number[] {
  return Array.from({ length: bars }, (_, t) => {
    const day = new Date(Date.UTC(2015, 0, 1 + t))
    if (every === 'month') return day.getUTCFullYear() * 12 + day.getUTCMonth()
    return every === 'week' ? Math.floor((day.getTime() / 86_400_000 + 3) / 7) : 0
  })
}

const files = readdirSync(FOLDER).filter((name) => name !== 'series.json.gz')
const used = new Set<string>()

describe.each(files)('%s', (file) => {
  // A file with a series of its own has all values.
  const { cases, columns: own } = read<{ cases: Case[]; columns?: Record<string, number[]> }>(file)
  const columns = own ?? series
  const kept = (bar: number) => own !== undefined || bar < 250 || bar % 5 === 0
  it.each(cases.map((one) => [`${one.name} ${JSON.stringify(one.parameters)} as ${one.package} has it`, one] as const))(
    '%s',
    (_, { name, parameters, package: where, outputs }) => {
      const indicator = INDICATORS.find((one) => one.name === name)
      if (!indicator) throw new Error(`there is no ${name}`)
      const { source, other, ...values } = { ...STANDARD, ...parameters } as Record<string, string>
      const chosen: Record<string, string> = { source, other }
      const inputs = indicator.inputs.map((input) =>
        input === 'period' ? periods(values.period) : columns[chosen[input] ?? input],
      )
      const found = compute(name, inputs, values)
      for (const [output, column] of Object.entries(outputs)) {
        const key = [`${name}.${output} ${where}`, `${name} ${where}`].find((one) => one in DIFFERENCES)
        const { from = 0, tolerance = 1e-10 } = key === undefined ? {} : DIFFERENCES[key]
        if (key !== undefined) used.add(key)
        const expected = expand(column, kept)
        // The unit of an indicator is what its values are like, and no more than what they are made of.
        const large = (all: readonly (number | undefined)[]) =>
          all.reduce((most: number, x) => (x !== undefined && Math.abs(x) > most ? Math.abs(x) : most), 0)
        const unit = Math.min(large(expected), Math.max(...inputs.map(large)))
        const wrong: string[] = []
        for (let bar = from; bar < bars; bar++) {
          const want = expected[bar]
          const have = found[output][bar]
          if (want === undefined) {
            if (Number.isNaN(have)) wrong.push(`bar ${bar}: NaN, expected a number`)
          } else if (Number.isNaN(want) !== Number.isNaN(have)) wrong.push(`bar ${bar}: ${have}, expected ${want}`)
          else if (Math.abs(have - want) > tolerance * Math.max(Math.abs(want), unit))
            wrong.push(`bar ${bar}: ${have}, expected ${want}`)
        }
        expect(wrong.slice(0, 6), `${output}: ${wrong.length} bars`).toEqual([])
      }
    },
  )
})

it('every difference that is listed is one of a recording', () => {
  expect(Object.keys(DIFFERENCES).filter((key) => !used.has(key))).toEqual([])
})

it('every indicator that says it is a function of TA-Lib is compared with it', () => {
  const compared = new Set(
    files.flatMap((file) =>
      read<{ cases: Case[] }>(file)
        .cases.filter((one) => one.package === 'TA-Lib')
        .map((one) => one.name),
    ),
  )
  expect(INDICATORS.filter(({ name, talib }) => talib && !compared.has(name)).map(({ name }) => name)).toEqual([])
})

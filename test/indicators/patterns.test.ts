/** The independent versions of the candlestick patterns where these occur: random bars seldom have them. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { PATTERNS } from '../../src/signals/catalogue/patterns.ts'
import { patterns } from '../oracle/indicators/patterns.ts'
import { compute } from './columns.ts'

const file = new URL('recorded/patterns.json.gz', import.meta.url)
const { columns } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as { columns: Record<string, number[]> }
const bars = ['open', 'high', 'low', 'close'].map((name) => columns[name])

it.each(PATTERNS.map(({ name }) => [name]))('%s occurs, and is what its sentence says', (name) => {
  const { value } = compute(name, bars)
  const penetration = PATTERNS.find((one) => one.name === name)?.parameters as { penetration?: { default: number } }
  expect(value.filter((x) => x !== 0 && !Number.isNaN(x)).length).toBeGreaterThan(1)
  expect(value).toEqual(patterns[name](bars, { penetration: penetration.penetration?.default }).value)
})

/**
 * The TypeScript of docs/time.md is run, block after block, over markets made here under the names that the page uses. A
 * comment that begins with a number says what the statement before it gives, and is compared.
 */
import { transformSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { makeMinutes } from '../../data/minutes.ts'
import * as index from '../../src/index.ts'
import * as fillgrid from '../../src/node.ts'
import { textOf } from './sources.ts'

const page = textOf('docs/time.md')
const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text]) => text)

/** Minutes of three New York days, daily bars before and after a split, and a factor file. */
function scope() {
  const { open, high, low, close, volume } = makeMinutes({ bars: 3 * 390 })
  const days = ['2024-07-01', '2024-07-02', '2024-07-03']
  const time = days.flatMap((day) => Array.from({ length: 390 }, (_, i) => Date.parse(`${day}T13:30:00Z`) + i * 60000))
  // 3 July is a half day.
  const inside = (i: number) => i < 2 * 390 + 210
  const cut = (values: Float64Array) => values.filter((_, i) => inside(i))
  const minutes = fillgrid.Market.from([
    {
      asset: 'A',
      time: time.filter((_, i) => inside(i)),
      open: cut(open),
      high: cut(high),
      low: cut(low),
      close: cut(close),
      volume: cut(volume),
    },
  ])
  const dates = ['2020-08-28', '2020-08-31', '2020-11-05', '2020-11-06']
  const closes = [500, 125, 119, 118]
  const signals = { adjusted_close: [124.5, 124.6, 118.8, 118], split_coefficient: [1, 4, 1, 1] }
  const market = fillgrid.Market.from([
    { asset: 'AAPL', time: dates.map((date) => Date.parse(date)), close: closes, signals },
  ])
  const text = '20200828,0.998,0.25\n20501231,1,1\n'
  const actions = [{ time: '2020-08-31', split: 4 }]
  return { ...fillgrid, minutes, prices: minutes, market, text, actions }
}

function run(block: string, given: Record<string, unknown>): [expression: string, said: number, found: unknown][] {
  const plain = block.replace(/^import .*$/gm, '')
  // Hooks stand in the page without their class.
  const code = /^override /m.test(plain)
    ? `class Mine extends Strategy { [name: string]: unknown\n${plain}}\nmine(Mine)`
    : plain
  const checked = code.replace(
    /^((?!const |\/\/)\S.*?) \/\/ (-?\d+(?:\.\d+)?)\b.*$/gm,
    (_, expression, said) => `compare(${JSON.stringify(expression)}, ${said}, ${expression})`,
  )
  const { code: js } = transformSync(checked, { loader: 'ts', target: 'es2022' })
  const compared: [string, number, unknown][] = []
  const mine = (strategy: fillgrid.StrategyClass) => fillgrid.backtest(given.minutes as fillgrid.Market, strategy)
  const all: Record<string, unknown> = {
    ...given,
    mine,
    compare: (...one: [string, number, unknown]) => compared.push(one),
  }
  new Function(...Object.keys(all), `{${js}}`)(...Object.values(all))
  return compared
}

describe('docs/time.md', () => {
  it('has examples of all that it describes', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(7)
    expect(blocks.join('')).toMatch(/zone\([\s\S]*calendar\([\s\S]*resample\([\s\S]*alignTimeframe\([\s\S]*adjust\(/)
  })

  it.each(blocks.map((block, i) => [i + 1, block] as const))('example %i runs', (_, block) => {
    for (const [expression, said, found] of run(block, scope())) expect([expression, found]).toEqual([expression, said])
  })

  it('imports what there is', () => {
    for (const [, names, module] of page.matchAll(/^import \{([^}]*)\} from '([^']+)'/gm)) {
      expect(module).toBe('fillgrid')
      for (const name of names.split(',')) expect(index).toHaveProperty([name.trim()])
    }
  })

  it('compares what the page says', () => {
    const all = blocks.flatMap((block) => run(block, scope()))
    expect(all.length).toBeGreaterThan(0)
    expect(() => run('zone("Mars")', scope())).toThrow('Mars')
  })
})

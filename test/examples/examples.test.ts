/**
 * The strategies of examples/: each is run as its first line says, by the command line, and what comes of it stands in
 * examples/README.md, which `npx vitest run test/examples --update` writes anew, as it does the data.
 */
import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { makeEquities } from '../../data/equities.ts'
import { makeMinutes } from '../../data/minutes.ts'
import { backtest, Market, type SignalStrategy, type StrategyClass } from '../../src/index.ts'
import { formatNumber } from '../../src/report/format.ts'
import { root, textOf, trackedFiles } from '../policy/sources.ts'

const files = trackedFiles().filter((file) => /^examples\/.*\.ts$/.test(file))
const examples = await Promise.all(
  files.map(async (file) => {
    const module: Record<string, unknown> = await import(resolve(root, file))
    const main = module.default as SignalStrategy | StrategyClass
    const [command, ...lines] = textOf(file).split('\n')
    return {
      name: file.slice('examples/'.length, -'.ts'.length),
      file,
      words: /^\/\/ npx fillgrid (run .*)$/.exec(command)?.[1].split(' ') ?? [],
      says: /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport default/
        .exec(lines.join('\n'))?.[1]
        .replace(/\s*\n \*/g, '')
        .trim(),
      main,
      hooks: Object.values(module).find((one) => typeof one === 'function' && one !== main) as
        | StrategyClass
        | undefined,
    }
  }),
)

const equities = () => makeEquities({ bars: 750, assets: 4 })
const quarters = () => makeMinutes({ bars: 5760, minutes: 15, volatility: 0.003 })

describe('examples', () => {
  it('say in their first line how they are run, and what they do', () => {
    expect(examples.length).toBeGreaterThan(5)
    for (const { file, words, says } of examples) expect([words[0], !says], file).toEqual(['run', false])
  })

  it('have data that the generator makes', async () => {
    const { bars, time, open, high, low, close, volume } = quarters()
    const lines = ['timestamp,open,high,low,close,volume']
    for (let bar = 0; bar < bars; bar++)
      lines.push(
        [
          `${new Date(time[bar]).toISOString().slice(0, 16)}Z`,
          open[bar],
          high[bar],
          low[bar],
          close[bar],
          volume[bar],
        ].join(','),
      )
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../../data/quarter-hours.csv')
  })

  it('give what their page says, run by the command line', async () => {
    const rows: string[] = []
    for (const { file, name, words, says, main, hooks } of examples) {
      const { stdout } = await promisify(execFile)(process.execPath, ['build/src/cli/main.js', ...words, '--json'], {
        cwd: root,
        maxBuffer: 1 << 26,
      })
      const summary = JSON.parse(stdout)
      const forms = typeof main === 'function' ? 'hooks' : hooks ? 'expressions, hooks' : 'expressions'
      const shown = [
        formatNumber(summary.num_trades, 'count'),
        formatNumber(summary.total_return, 'fraction'),
        formatNumber(summary.max_drawdown, 'fraction'),
      ]
      expect(summary.num_exits, file).toBeGreaterThan(5)
      rows.push(`| [${name}](${name}.ts) | ${forms} | ${says} | ${shown.join(' | ')} |`)
    }
    const page = [
      '# Examples',
      '',
      'Strategies as people trade them. The first line of each is the command that runs it; the figures are those of generated prices, with',
      'the costs of that line: they say that it trades, not that it earns. A portfolio that is only rebalanced has no closed trade.',
      '',
      '| Example | Written as | What it does | Trades | Return | Max drawdown |',
      '|---|---|---|--:|--:|--:|',
      ...rows,
    ]
    await expect(`${page.join('\n')}\n`).toMatchFileSnapshot('../../examples/README.md')
  })

  const { assets, time, series } = equities()
  const markets: Record<string, Market> = {
    'data/equities.csv': Market.from(assets.map((asset, k) => ({ asset, time, ...series[k] }))),
    'data/quarter-hours.csv': Market.from([quarters()]),
  }
  const marketOf = (words: readonly string[]) => markets[words[words.indexOf('--data') + 1]]

  it.each(examples)('$name does not look ahead', ({ words, main }) => {
    const lots = words.includes('fifo') ? { lots: 'fifo' as const } : {}
    const result = backtest(marketOf(words), main, { verify: 'lookahead', ...lots })
    expect(result.fills.length).toBeGreaterThan(10)
  })

  const both = examples.filter(({ hooks }) => hooks)

  it.each(both)('$name has the same bytes as expressions and as hooks', ({ words, main, hooks }) => {
    for (const settings of [{}, { commission: 0.001, slippage: 0.0005 }]) {
      const expressed = backtest(marketOf(words), main, settings)
      const hooked = backtest(marketOf(words), hooks!, settings)
      expect(hooked.trades.length).toBe(expressed.trades.length)
      expect(hooked.fingerprint.outcome).toBe(expressed.fingerprint.outcome)
    }
  })

  it('four and more are there in both forms', () => {
    expect(both.length).toBeGreaterThanOrEqual(4)
  })
})

/** The page of a run, as it is written; test/browser/report.test.ts opens it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { FillgridError } from '../../src/errors.ts'
import { readResult, writeResult } from '../../src/io/resultfolder.ts'
import { tearSheet, writeReport } from '../../src/report/file.ts'
import { columnOf, unpack } from '../../src/report/page/decode.ts'
import type { SheetMeta } from '../../src/report/sheetdata.ts'
import { breakdownsText } from '../../src/report/summary.ts'
import { holdings } from '../../src/results/holdings.ts'
import { METRICS } from '../../src/results/metrics.ts'
import { TRADE_METRICS } from '../../src/results/trademetrics.ts'
import { smaCross } from '../../src/strategies/sma-cross.ts'
import { at, flat, market, walk } from '../engine/script.ts'

const folder = mkdtempSync(join(tmpdir(), 'fillgrid-report-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What stands in the elements of a kind. */
function texts(page: string, tag: string): string[] {
  return [...page.matchAll(new RegExp(`<${tag}[^>]*>([^<]*)</${tag}>`, 'g'))].map(([, text]) => text)
}

/** What the page's script reads. */
async function dataOf(page: string): Promise<{ meta: SheetMeta; column: (name: string) => Float64Array }> {
  const script = (id: string) => new RegExp(`id="${id}">([^<]*)</script>`).exec(page)?.[1] ?? ''
  const meta = JSON.parse(script('meta')) as SheetMeta
  const bytes = await unpack(script('data'))
  return { meta, column: (name) => columnOf(bytes, meta.columns[name]) }
}

/** The document without its script, style and data. */
function words(page: string): string {
  return page.replace(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, '')
}

const prices = market({ 'A & <b>': walk(400, 3), C: walk(400, 4) })
const config = { parameters: { fast: 5, slow: 20, direction: 'both' }, commission: 0.001, band: true } as const
const result = backtest(prices, smaCross, config)
const page = tearSheet(result)

describe('the page of a run', () => {
  it('has all figures, sections and the fingerprint', () => {
    // The mean of trades is their expectancy, and fractions are not said in percent too.
    const own = METRICS.filter(({ unit, name }) => unit !== 'percent' && name !== 'avgTrade').map(({ label }) => label)
    const trades = TRADE_METRICS.filter(
      ({ name }) => name !== 'edgeRatio' && !METRICS.some((spec) => spec.name === name),
    )
    const shown = texts(words(page), 'dt').map((text) => text.replaceAll('&amp;', '&'))
    expect(shown.slice(8)).toEqual([...own, ...trades.map(({ label }) => label)])
    expect(texts(words(page), 'h2')).toEqual([
      'Overview',
      'Equity',
      'Prices and trades',
      'Returns by month',
      'Years',
      'Rolling figures',
      'Distribution of returns',
      'Trades',
      'How trades went',
      'Trades by',
      'What was held',
      'Costs',
      'All figures',
      'How it was made',
    ])
    expect(page).toContain(`<code>${result.fingerprint.all}</code>`)
    expect(page).toContain('1970-01-01 to 1971-02-04, 400 bars')
    expect(texts(words(page), 'h3')).toContain('Path policies')
    const { numTrades } = result.summary
    expect(numTrades).toBeLessThan(100)
    for (const { message } of result.warnings) expect(page.replaceAll('&quot;', '"')).toContain(message)
  })

  it('is the same for the same, names nothing outside but whose code it has, and no asset can break it', () => {
    expect(tearSheet(backtest(prices, smaCross, config))).toBe(page)
    expect(words(page)).not.toContain('<b>')
    expect(page).toContain('A &amp; &lt;b&gt;')
    expect(page.match(/id="meta">[^<]*<\/script>/)).not.toBeNull()
    expect(words(page)).not.toMatch(/src=|<link(?! rel="icon" href="data:,">)|@import/)
    const links = [...words(page).matchAll(/href="([^#"][^"]*)"/g)].map(([, href]) => href)
    expect(links).toEqual(['data:,', 'https://www.tradingview.com/', 'https://github.com/leeoniya/uPlot'])
    expect(page).toContain('TradingView, Inc.')
    // A script that holds its own end would stop there.
    expect(page.match(/<\/script>/g)).toHaveLength(3)
  })

  it('holds what its charts are drawn from', async () => {
    const { meta, column } = await dataOf(page)
    expect([...column('time')]).toEqual([...result.time])
    const close = (found: Float64Array, expected: ArrayLike<number>, digits = 6) => {
      expect(found.length).toBe(expected.length)
      const most = Math.max(...Array.from(expected, Math.abs).filter(Number.isFinite))
      for (let i = 0; i < found.length; i++) {
        if (Number.isNaN(expected[i])) expect(found[i]).toBeNaN()
        else expect(Math.abs(found[i] - expected[i])).toBeLessThanOrEqual(most * 10 ** -digits)
      }
    }
    close(column('equity'), result.equity)
    const held = holdings(result, prices)
    close(column('positions'), held.values('positions'))
    close(column('long'), held.values('long').map((value, i) => value / result.equity[i]) as Float64Array)
    for (const { name } of meta.trades) close(column(`trades.${name}`), result.trades.values(name), 8)
    for (const asset of meta.charted) {
      const rows = [...prices.time.keys()].filter((bar) => !Number.isNaN(prices.close[bar * 2 + asset]))
      expect([...column(`${asset}.rows`)]).toEqual(rows)
      for (const name of ['open', 'high', 'low', 'close'] as const)
        close(
          column(`${asset}.${name}`),
          rows.map((bar) => prices[name][bar * 2 + asset]),
          5,
        )
    }
    const normal = meta.histogram.normal.reduce((sum, value) => sum + value, 0)
    const returns = meta.histogram.count.reduce((sum, value) => sum + value, 0)
    expect(returns).toBe(result.equityCurve().returns.length)
    expect(normal / returns).toBeGreaterThan(0.9)
    expect(normal / returns).toBeLessThan(1.05)
  })

  it('knows the targets of trades', async () => {
    const rules = [{ type: 'target', distance: 0.02 }] as const
    const ruled = backtest(prices, smaCross, { ...config, rules: [...rules] })
    const { column } = await dataOf(tearSheet(ruled))
    const [entry, quantity] = ['entryPrice', 'quantity'].map((name) => ruled.trades.values(name))
    column('target').forEach((target, row) => {
      expect(target / entry[row]).toBeCloseTo(1 + Math.sign(quantity[row]) * 0.02, 5)
    })
  })

  it('has the trades by what they have in common, folded, with headings that a person reads', () => {
    const analysis = result.tradeAnalysis()
    const shown = words(page)
    expect(texts(shown, 'summary').slice(0, -1)).toEqual(
      ['Side', 'Asset', 'Exit reason', 'Month', 'Weekday', 'Bars held'].filter(
        (label) => label !== 'Exit reason' || analysis.by('exitReason').length > 1,
      ),
    )
    const bySide = shown.slice(shown.indexOf('<summary>Side'), shown.indexOf('</details>'))
    expect(texts(bySide, 'th')).toEqual([
      'Side',
      'Trades',
      'Win rate',
      'P&amp;L',
      'Profit factor',
      'Expectancy',
      'Average win',
      'Average loss',
      'Average bars',
      'short',
      'long',
    ])
    const cells = texts(bySide, 'td')
    expect(Number(cells[0]) + Number(cells[8])).toBe(result.summary.numTrades)
    const text = breakdownsText(analysis)
    expect(text).toMatch(/^trades by side\n\nSide +Trades +Win rate +P&L +Profit factor/)
    expect(breakdownsText(backtest(market(flat(1, 2, 3)), at({})).tradeAnalysis())).toBe('no trades that differ')
  })

  it('of very many groups has those with the most trades', () => {
    const many = market(walk(900, 5, 0), {}, { step: 40 * 86_400_000 })
    const wide = backtest(many, smaCross, { parameters: { fast: 2, slow: 3, direction: 'both' } })
    const months = wide.tradeAnalysis().by('month').length
    expect(months).toBeGreaterThan(50)
    const html = tearSheet(wide)
    expect(html).toContain(`<summary>Month, the 50 with the most trades of ${months}</summary>`)
    const table = html.slice(html.indexOf('<summary>Month'))
    expect(table.slice(0, table.indexOf('</details>')).match(/<tr>/g)).toHaveLength(51)
  })

  it('leaves out what there is not', () => {
    const idle = words(tearSheet(backtest(market(flat(1, 2, 3)), at({}))))
    expect(idle).toContain('The strategy gave no orders.')
    expect(idle).toContain('No position was closed.')
    expect(texts(idle, 'h2')).not.toContain('Trades by')
    const single = words(tearSheet(backtest(market(flat(1)), at({}))))
    expect(texts(single, 'h2')).not.toContain('Equity')
  })

  it('takes in the bars of as many assets as it is to, those with the most trades, and says so', async () => {
    const { meta } = await dataOf(tearSheet(result, { chartAssets: 1 }))
    const exits = [0, 1].map((asset) => result.trades.values('asset').filter((one) => one === asset).length)
    expect(exits[0]).not.toBe(exits[1])
    expect(meta.charted).toEqual([exits[0] > exits[1] ? 0 : 1])
    expect(tearSheet(result, { chartAssets: 1 })).toContain('those of 1 others were left out')
    expect((await dataOf(tearSheet(result, { chartAssets: 0 }))).meta.charted).toEqual([])
  })
})

describe('a result from a folder', () => {
  it('has the same page with the bars, and says what is missing without', async () => {
    const place = join(folder, 'kept')
    await writeResult(place, result)
    const read = await readResult(place)
    expect(tearSheet(read, { market: prices })).toBe(page)
    const bare = tearSheet(read)
    expect(words(bare)).toContain('the bars of the run are not at hand')
    expect((await dataOf(bare)).meta).toMatchObject({ charted: [], benchmark: false })
    const other = market({ 'A & <b>': walk(400, 3), C: walk(400, 5) })
    const error = (make: () => void) => {
      try {
        make()
      } catch (thrown) {
        if (thrown instanceof FillgridError) return thrown
      }
      return undefined
    }
    expect(error(() => tearSheet(read, { market: other }))).toMatchObject({
      code: 'invalid_value',
      message: expect.stringMatching(/^report\.market: the bars of the run expected/),
    })
    expect(error(() => tearSheet(read, { chartAssets: 1.5 }))?.message).toContain('report.chartAssets')
    expect(error(() => tearSheet(read, { assets: 1 } as never))?.code).toBe('unknown_name')
    expect(error(() => tearSheet({} as never))?.code).toBe('invalid_value')
    expect(error(() => writeReport(join(folder, 'none', 'a.html'), read))?.code).toBe('file_access')
    expect(error(() => writeReport('', read))?.code).toBe('invalid_value')
    const file = join(folder, 'report.html')
    writeReport(file, read, { market: prices })
    expect(readFileSync(file, 'utf8')).toBe(page)
  })
})

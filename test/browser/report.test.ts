/** The page of a run in real browsers: what is drawn, what its table does, who can use it; and the pages of odd runs. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import type { Market } from '../../src/market/market.ts'
import { comparison, tearSheet } from '../../src/report/file.ts'
import type { Result } from '../../src/results/result.ts'
import { smaCross } from '../../src/strategies/sma-cross.ts'
import { sweepReport } from '../../src/sweep/report.ts'
import { sweep } from '../../src/sweep/sweep.ts'
import { at, flat, market, type Row, walk } from '../engine/script.ts'
import { BROWSERS, launch } from './launch.ts'

const folder = mkdtempSync(join(tmpdir(), 'fillgrid-pages-'))
afterAll(() => rmSync(folder, { recursive: true }))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const HOUR = 3_600_000
const scaled = (rows: readonly Row[], by: number) =>
  rows.map((row) => row && [...row.slice(0, 4).map((value) => value * by), ...row.slice(4)])
const cross = (bars: Market, more = {}) =>
  backtest(bars, smaCross, { parameters: { fast: 3, slow: 8, direction: 'both' }, commission: 0.001, ...more })

/** A run with everything in it: several assets, one with markup in its name, hours, stops, targets, more bars than a chart has points. */
const full = cross(
  market(
    { '<img src=x onerror=alert(1)>': walk(6000, 3), B: walk(6000, 4) },
    {},
    { from: Date.UTC(2021, 0, 4), step: HOUR },
  ),
  {
    rules: [
      { type: 'stop', distance: 0.02 },
      { type: 'target', distance: 0.04 },
    ],
    band: true,
  },
)

const odd: Record<string, Result> = {
  'no trade': backtest(market(flat(1, 2, 3)), at({})),
  'one bar': backtest(market(flat(1)), at({})),
  ruin: backtest(
    market([...flat(100), [100, 100, 85, 85], [80, 99, 80, 99], ...flat(99, 99)]),
    at({ 0: (broker) => broker.submitOrder({ asset: 0, quantity: 10 }) }),
    { cash: 100, account: { type: 'margin', initial: 0.1 } },
  ),
  'an asset without bars': cross(market({ A: walk(60, 3), none: new Array(60).fill(null) })),
  'tiny prices': cross(market(scaled(walk(90, 3), 1e-10))),
  'huge prices': cross(market(scaled(walk(90, 4), 1e7))),
}

function written(name: string, html: string): string {
  const file = join(folder, `${name.replaceAll(' ', '-')}.html`)
  writeFileSync(file, html)
  return pathToFileURL(file).href
}
const swept = await sweep(
  market(walk(400, 3)),
  'sma-cross',
  { fast: [2, 4, 6], slow: [10, 20, 30], direction: ['long', 'both'] },
  { objective: 'sharpe' },
)
const pages = {
  swept: written('swept', sweepReport(swept)),
  full: written('full', tearSheet(full)),
  compared: written(
    'compared',
    comparison([
      { name: 'tiny', result: odd['tiny prices'] },
      { name: '<i>huge</i>', result: odd['huge prices'] },
    ]),
  ),
  ...Object.fromEntries(Object.entries(odd).map(([name, run]) => [name, written(name, tearSheet(run))])),
} as Record<string, string>

describe.each(BROWSERS)('in %s', (name) => {
  let browser: Browser | undefined
  let page: Page
  let said: string[] = []
  beforeAll(async () => {
    browser = await launch(name)
    page = await browser.newPage()
    page.on('console', (message) => message.type() === 'error' && said.push(message.text()))
    page.on('pageerror', (error) => said.push(String(error)))
    page.on('request', (request) => /^(file|data|blob):/.test(request.url()) || said.push(request.url()))
  })
  afterAll(async () => {
    await browser?.close()
  })

  /** Opens a page, and expects it to be drawn, to ask for nothing and to complain of nothing. */
  async function open<T>(which: string, width: number, use: (page: Page) => Promise<T>): Promise<T> {
    said = []
    await page.setViewportSize({ width, height: 900 })
    await page.goto(pages[which])
    await page.waitForFunction("document.documentElement.dataset.drawn === 'yes'", undefined, { timeout: 30_000 })
    const found = await use(page)
    expect(said).toEqual([])
    return found
  }

  /** Names of the places whose canvases have something on them. */
  const drawn = (page: Page) =>
    page.evaluate<string[]>(`[...document.querySelectorAll('[data-chart]')].filter((place) => {
      place.scrollIntoView()
      return [...place.querySelectorAll('canvas')].some(({ width, height, getContext }, i, all) => {
        if (width === 0 || height === 0) return false
        return all[i].getContext('2d').getImageData(0, 0, width, height).data.some((value) => value !== 0)
      })
    }).map((place) => place.dataset.chart)`)

  it('every chart is drawn, in a wide window and a narrow one, which does not scroll sideways', async () => {
    for (const width of [1440, 390]) {
      const { charts, places, wide } = await open('full', width, async (page) => ({
        places: await page.evaluate<string[]>(
          "[...document.querySelectorAll('[data-chart]')].map((p) => p.dataset.chart)",
        ),
        wide: await page.evaluate('document.documentElement.scrollWidth'),
        charts: await drawn(page),
      }))
      expect(places).toEqual(
        ['equity', 'drawdown', 'price', 'sharpe', 'volatility', 'beta', 'histogram', 'excursions', 'durations'].concat([
          'exposure',
          'positions',
        ]),
      )
      expect(charts).toEqual(places)
      expect(wide).toBeLessThanOrEqual(width)
    }
  })

  it('runs beside each other have their curves', async () => {
    const charts = await open('compared', 390, async (page) => {
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
      return drawn(page)
    })
    expect(charts).toEqual(['growth', 'falls'])
  })

  it('a sweep has its map, which goes by the figure, the parameters and the sliders, and its lines', async () => {
    await open('swept', 390, async (page) => {
      expect(await drawn(page)).toEqual(['map', 'parallel', 'objective'])
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
      const told = async () => {
        const map = page.locator('[data-chart=map] canvas')
        await map.scrollIntoViewIfNeeded()
        const box = await map.boundingBox()
        // The lower left cell: the least values of both parameters.
        await page.mouse.move(1, 1)
        await page.mouse.move(box!.x + 80, box!.y + box!.height - 50)
        return page.locator('[data-tool=cell]').textContent()
      }
      const best = (direction?: string) => {
        const rows = [...swept.table].filter((row) => row.fast === 2 && row.slow === 10)
        const kept = rows.filter((row) => direction === undefined || row.direction === direction)
        return Math.max(...kept.map((row) => Number(row.sharpe)))
      }
      expect(await told()).toBe(`fast 2, slow 10: ${best().toFixed(3)}`)
      const labels = swept.table.column('direction').labels!
      const level = [...new Set<number>(swept.table.values('direction'))].sort((a, b) => a - b)[1]
      await page.locator('[data-slider=direction] input').fill('2')
      expect(await page.locator('[data-slider=direction] output').textContent()).toBe(labels[level])
      expect(await told()).toBe(`fast 2, slow 10: ${best(labels[level]).toFixed(3)}`)
      await page.locator('[data-tool=x]').selectOption('direction')
      expect(await told()).toMatch(/^direction \w+, slow 10: /)
    })
  })

  it('the table of trades sorts, filters, turns its pages, is saved, and shows a trade among the prices', async () => {
    await open('full', 1440, async (page) => {
      const { trades } = full
      const table = page.locator('[data-table=trades]')
      const column = (label: string) =>
        table.evaluate<string[], string>((place, wanted) => {
          const heads = [...place.querySelectorAll('thead tr > *')].map(({ textContent }) => textContent)
          return [...place.querySelectorAll('tbody tr')].map(
            (row) => row.children[heads.indexOf(wanted)].textContent ?? '',
          )
        }, label)
      const numbers = async () => (await column('pnl')).map((text) => Number(text.replaceAll(',', '')))
      const pnl = [...trades.values('pnl')]
      const rounded = (values: number[]) => values.map((value) => Number(value.toFixed(2)))
      expect(await numbers()).toEqual(rounded(pnl.slice(0, 25)))
      await table.getByRole('button', { name: 'Next page' }).click()
      expect(await numbers()).toEqual(rounded(pnl.slice(25, 50)))
      await table.getByRole('button', { name: 'pnl', exact: true }).click()
      const down = [...pnl].sort((a, b) => b - a)
      expect(await numbers()).toEqual(rounded(down.slice(0, 25)))
      await table.getByRole('button', { name: 'pnl', exact: true }).click()
      expect(await numbers()).toEqual(rounded(down.reverse().slice(0, 25)))
      expect(await table.locator('th[aria-sort=ascending]').textContent()).toBe('pnl')
      await table.locator('select').selectOption('winning')
      await table.getByLabel('Find').fill('b')
      const wins = [...trades].filter((trade) => Number(trade.pnl) > 0 && trade.asset === 'B')
      expect(await table.getByRole('status').textContent()).toBe(`1 to 25 of ${wins.length} of ${trades.length}`)
      // Not every build of Firefox tells of downloads: what is saved is looked at on its way.
      await page.evaluate(
        '{ const made = URL.createObjectURL; URL.createObjectURL = (blob) => made.call(URL, (globalThis.saved = blob)) }',
      )
      await table.getByRole('button', { name: 'Save as CSV' }).click()
      const [head, ...lines] = (await page.evaluate<string>('globalThis.saved.text()')).trimEnd().split('\n')
      const at = head.split(',').indexOf('pnl')
      const written = lines.map((line) => Number(line.split(',')[at]))
      const expected = wins.map((trade) => Number(trade.pnl)).sort((a, b) => a - b)
      expect(written).toHaveLength(expected.length)
      written.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 4)
      })
      expect(await page.locator('[data-tool=asset]').inputValue()).toBe('0')
      await table
        .getByRole('button', { name: /^Show trade/ })
        .first()
        .click()
      expect(await page.locator('[data-tool=asset]').inputValue()).toBe('1')
      expect(
        await page.locator('[data-chart=price]').evaluate((place) => place.getBoundingClientRect().top < innerHeight),
      ).toBe(true)
      await page.locator('[data-tool=log]').click()
      expect(await drawn(page)).toContain('equity')
    })
  })

  // What it looks at is the document, which is the same in both.
  it.skipIf(name !== 'chromium')('has nothing that keeps people out, in light and dark', async () => {
    await open('full', 1440, async (page) => {
      await page.evaluate(axe)
      for (const scheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: scheme })
        const only = scheme === 'dark' ? ", runOnly: ['color-contrast']" : ''
        const { violations } = await page.evaluate<{
          violations: { id: string; impact: string; nodes: { html: string }[] }[]
        }>(`axe.run(document, { resultTypes: ['violations']${only} })`)
        const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        expect(grave.map(({ id, nodes }) => [id, nodes[0].html])).toEqual([])
      }
    })
  })

  it.each(Object.keys(odd))('a run with %s has its page', async (which) => {
    const { text, charts, places } = await open(which, 1000, async (page) => ({
      text: await page.evaluate<string>("document.querySelector('main').innerText"),
      charts: await drawn(page),
      places: await page.evaluate<string[]>(
        "[...document.querySelectorAll('[data-chart]')].map((p) => p.dataset.chart)",
      ),
    }))
    expect(text).not.toMatch(/\b(NaN|undefined|null|Infinity)\b/)
    expect(charts).toEqual(places)
  })
})

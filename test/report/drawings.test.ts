import { describe, expect, it } from 'vitest'
import { equitySvg } from '../../src/report/equity.ts'
import { heatMap } from '../../src/report/heatmap.ts'
import { heatSvg } from '../../src/report/heatsvg.ts'
import { heatText } from '../../src/report/heattext.ts'
import { escapeXml } from '../../src/report/svg.ts'
import { type Column, Table } from '../../src/results/table.ts'

/** A table of a grid fast x slow x mode; sharpe is worked out by `value`, NaN where it gives undefined. */
function gridTable(
  nx: number,
  ny: number,
  value: (x: number, y: number, mode: number) => number | undefined,
  modes = 1,
): Table {
  const column = (name: string, more: Partial<Column> = {}): Column => ({
    name,
    field: name,
    kind: 'f64',
    unit: '',
    doc: '',
    ...more,
  })
  const rows: [number, number, number, number][] = []
  for (let y = 0; y < ny; y++)
    for (let x = 0; x < nx; x++)
      for (let m = 0; m < modes; m++) rows.push([x * 5, y * 10, m, value(x, y, m) ?? Number.NaN])
  const pick = (i: number) => Float64Array.from(rows, (row) => row[i])
  return new Table(
    [
      column('fast'),
      column('slow'),
      column('mode', { kind: 'label', labels: ['a', 'b'] }),
      column('sharpe'),
      column('maxDrawdown', { field: 'max_drawdown', unit: 'fraction' }),
    ],
    new Map<string, Float64Array | Int32Array>([
      ['fast', pick(0)],
      ['slow', pick(1)],
      ['mode', Int32Array.from(pick(2))],
      ['sharpe', pick(3)],
      ['maxDrawdown', pick(3)],
    ]),
    [],
  )
}

/** Every start tag is closed or ended, in order: enough to tell a broken drawing. */
function isWellFormed(xml: string): boolean {
  const open: string[] = []
  for (const [tag, name] of xml.matchAll(/<\/?([A-Za-z]+)[^<>]*>/g)) {
    if (tag.startsWith('</')) {
      if (open.pop() !== name) return false
    } else if (!tag.endsWith('/>')) open.push(name)
  }
  return open.length === 0 && !/NaN|Infinity|undefined/.test(xml)
}

const options = { x: 'fast', y: 'slow', metric: 'sharpe', higherIsBetter: true }

describe('a heat map', () => {
  it('has the best over what it does not show', () => {
    const table = gridTable(2, 2, (x, y, mode) => (x === 1 && y === 1 ? undefined : x + y * 2 - mode), 2)
    const map = heatMap(table, { ...options, over: ['mode'] })
    expect([...map.values]).toEqual([0, 1, 2, Number.NaN])
    expect([map.best, map.worst, map.bestCell]).toEqual([2, 0, 2])
    const least = heatMap(table, { ...options, metric: 'maxDrawdown', higherIsBetter: false })
    expect([...least.values]).toEqual([-1, 0, 1, Number.NaN])
    expect([least.best, least.worst, least.bestCell]).toEqual([-1, 1, 0])
    expect([...heatMap(table, { ...options, include: (row) => row % 2 === 1 }).values]).toEqual([-1, 0, 1, Number.NaN])
  })

  it('is drawn in blocks, shaded without any escape code', () => {
    const map = heatMap(
      gridTable(3, 2, (x, y) => (x === 0 && y === 1 ? undefined : x + 3 * y)),
      options,
    )
    expect(heatText(map)).toBe(
      [
        'sharpe by fast and slow',
        'slow',
        '  10       ████████████',
        '   0 ······░░░░░░▒▒▒▒▒▒',
        '     0     5     10  fast',
        '0 ····░░░░▒▒▒▒▓▓▓▓████ 5',
        'best 5 at fast 10, slow 10',
      ].join('\n'),
    )
  })

  it('is drawn in colours where there are any, two rows a line', () => {
    const map = heatMap(
      gridTable(3, 4, (x, y) => x + 3 * y),
      options,
    )
    for (const colours of [8, 24] as const) {
      const lines = heatText(map, { colours }).split('\n')
      expect(lines.filter((line) => line.includes('▀'))).toHaveLength(3)
      expect(lines[2]).toContain(colours === 24 ? '\u001b[38;2;253;231;37m' : '\u001b[38;5;')
      expect(lines[2].endsWith('\u001b[0m')).toBe(true)
    }
  })

  it('is drawn in tiles where it is larger than the terminal, and says so', () => {
    const map = heatMap(
      gridTable(200, 100, (x, y) => x + y),
      options,
    )
    const lines = heatText(map, { width: 80, height: 25 }).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(lines).toContain('each tile is the best of 3 x 4 sets')
  })

  it('is a small, well-formed drawing, the same every time', () => {
    const map = heatMap(
      gridTable(100, 100, (x, y) => (y > x ? Math.sin(x) * y : undefined)),
      options,
    )
    const svg = heatSvg(map)
    expect(isWellFormed(svg)).toBe(true)
    expect(svg.length).toBeLessThan(250_000)
    expect(heatSvg(map)).toBe(svg)
    const small = heatSvg(
      heatMap(
        gridTable(3, 3, (x, y) => x * y),
        options,
      ),
    )
    expect(isWellFormed(small)).toBe(true)
    expect(small).toContain('>4</text>')
  })

  it('may be one row, one cell, flat or empty', () => {
    for (const table of [
      gridTable(5, 1, (x) => x),
      gridTable(1, 1, () => 2),
      gridTable(4, 4, () => 7),
      gridTable(2, 2, () => undefined),
    ]) {
      const map = heatMap(table, options)
      expect(isWellFormed(heatSvg(map))).toBe(true)
      expect(heatText(map).length).toBeGreaterThan(0)
    }
    expect(
      heatText(
        heatMap(
          gridTable(2, 2, () => undefined),
          options,
        ),
      ),
    ).toContain('no set has a value')
    const alone = heatMap(
      gridTable(5, 1, (x) => x),
      { ...options, y: undefined },
    )
    expect(alone.values).toHaveLength(5)
    expect(heatSvg(alone)).toContain('sharpe by fast<')
  })
})

describe('an equity drawing', () => {
  const time = Float64Array.from({ length: 100_000 }, (_, i) => Date.UTC(2023, 0, 1) + i * 60000)
  const equity = time.map((_, i) => 100_000 + 5000 * Math.sin(i / 9000) + (i % 7) * 30)

  it('is well-formed, small however long the run is, and the same every time', () => {
    const svg = equitySvg({ title: 'a <b> & "c"', time, equity, initialCash: 100_000 })
    expect(isWellFormed(svg)).toBe(true)
    expect(svg).toContain('a &lt;b&gt; &amp; &quot;c&quot;')
    expect(svg.length).toBeLessThan(120_000)
    expect(equitySvg({ title: 'a <b> & "c"', time, equity, initialCash: 100_000 })).toBe(svg)
  })

  it('keeps the highest and the lowest bar', () => {
    const spiked = equity.slice()
    spiked[50_001] = 200_000
    spiked[50_003] = 50_000
    expect(equitySvg({ title: '', time, equity: spiked })).toContain('drawdown, largest 75.00%')
    const bottom = equitySvg({ title: '', time, equity: spiked }).match(/class="line" d="([^"]+)"/)![1]
    const ys = [...bottom.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map((m) => Number(m[1]))
    expect(Math.max(...ys) - Math.min(...ys)).toBeGreaterThan(240)
  })

  it('stands no bars, one bar, flat and undefined equity', () => {
    const one = Float64Array.of(Date.UTC(2023, 0, 1))
    for (const [t, e] of [
      [new Float64Array(0), new Float64Array(0)],
      [one, Float64Array.of(5)],
      [time, equity.map(() => 100)],
      [time, equity.map(() => Number.NaN)],
      [time, equity.map((value, i) => (i < 500 ? Number.NaN : value - 200_000))],
    ]) {
      expect(isWellFormed(equitySvg({ title: 't', time: t, equity: e }))).toBe(true)
    }
  })
})

it('escapes text', () => expect(escapeXml(`<a href="x">&\u0001`)).toBe('&lt;a href=&quot;x&quot;&gt;&amp; '))

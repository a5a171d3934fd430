import type { Result } from '../results/result.ts'
import type { Table } from '../results/table.ts'
import { count, type HtmlCell, htmlTable, signed } from './elements.ts'
import { formatCell, formatNumber } from './format.ts'
import { escapeXml } from './svg.ts'

/** A run among others, and what it is called there. */
export interface NamedResult {
  readonly name: string
  readonly result: Result
}

/** Trades of each kind that the page lists. */
const MOST = 25
const SHOWN = ['asset', 'side', 'quantity', 'entryTime', 'entryPrice', 'exitTime', 'exitPrice', 'exitReason']

/** Rows of two tables of trades by what became of them. */
export interface TradeDifference {
  /** Asset, side, entry and exit at the same times in both, as rows of the one and of the other. */
  both: readonly (readonly [number, number])[]
  /** Those of `both` whose results differ. */
  changed: readonly (readonly [number, number])[]
  onlyFirst: readonly number[]
  onlySecond: readonly number[]
}

/** Which trades are in both of two runs, and which in one alone: by asset, side, and times of entry and exit, one for one. */
export function differenceOf(first: Result, second: Result): TradeDifference {
  const waiting = new Map<string, number[]>()
  const keys = keysOf(second)
  for (const [row, key] of keys.entries()) {
    const rows = waiting.get(key)
    if (rows) rows.push(row)
    else waiting.set(key, [row])
  }
  const [pnl, other] = [first.trades.values('pnl'), second.trades.values('pnl')]
  const both: [number, number][] = []
  const onlyFirst: number[] = []
  const taken = new Set<number>()
  for (const [row, key] of keysOf(first).entries()) {
    const found = waiting.get(key)?.shift()
    if (found === undefined) onlyFirst.push(row)
    else {
      both.push([row, found])
      taken.add(found)
    }
  }
  return {
    both,
    changed: both.filter(([a, b]) => pnl[a] !== other[b]),
    onlyFirst,
    onlySecond: Array.from(keys.keys()).filter((row) => !taken.has(row)),
  }
}

/** What makes a trade the same in two runs. */
function keysOf({ trades, assets }: Result): string[] {
  const [asset, side, entry, exit] = ['asset', 'side', 'entryTime', 'exitTime'].map((name) => trades.values(name))
  return Array.from(asset, (place, row) => JSON.stringify([assets[place], side[row], entry[row], exit[row]]))
}

/** Each run's trades beside those of the first, as parts of a page. */
export function tradeDifferences([first, ...others]: readonly NamedResult[]): string[] {
  return others.map((run) => {
    const { both, changed, onlyFirst, onlySecond } = differenceOf(first.result, run.result)
    const words = [
      `${count(both.length, 'trade')} in both`,
      `${formatNumber(changed.length, 'count')} of them with another result`,
      `${formatNumber(onlyFirst.length, 'count')} in ${first.name} alone (${sumText(first.result.trades, onlyFirst)})`,
      `${formatNumber(onlySecond.length, 'count')} in ${run.name} alone (${sumText(run.result.trades, onlySecond)})`,
    ]
    return [
      `<h3>${escapeXml(`${first.name} and ${run.name}`)}</h3><p>${escapeXml(`${words.join(', ')}.`)}</p>`,
      folded(`In ${first.name} alone`, first.result.trades, onlyFirst),
      folded(`In ${run.name} alone`, run.result.trades, onlySecond),
      changedTable(first, run, changed),
    ].join('\n')
  })
}

function sumText(trades: Table, rows: readonly number[]): string {
  const pnl = trades.values('pnl')
  return `P&L ${formatNumber(
    rows.reduce((sum, row) => sum + pnl[row], 0),
    'currency',
  )}`
}

function folded(label: string, trades: Table, rows: readonly number[]): string {
  if (rows.length === 0) return ''
  const columns = SHOWN.map((name) => trades.column(name))
  const cells = rows
    .slice(0, MOST)
    .map((row): HtmlCell[] => [
      ...columns.map((column) => formatCell(trades.cell(column, row), column)),
      signed(trades.values('pnl')[row], 'currency'),
    ])
  const head = [...columns.map(({ field }) => field.replaceAll('_', ' ')), 'pnl']
  return details(label, rows.length, htmlTable(label, head, cells, 2))
}

/** Trades of both whose results differ most. */
function changedTable(first: NamedResult, second: NamedResult, pairs: TradeDifference['changed']): string {
  if (pairs.length === 0) return ''
  const { trades } = first.result
  const [own, other] = [trades.values('pnl'), second.result.trades.values('pnl')]
  const size = ([a, b]: readonly [number, number]) => Math.abs(other[b] - own[a])
  const largest = [...pairs].sort((x, y) => size(y) - size(x) || x[0] - y[0]).slice(0, MOST)
  const columns = ['asset', 'side', 'entryTime', 'exitTime'].map((name) => trades.column(name))
  const cells = largest.map(([a, b]): HtmlCell[] => [
    ...columns.map((column) => formatCell(trades.cell(column, a), column)),
    signed(own[a], 'currency'),
    signed(other[b], 'currency'),
    signed(other[b] - own[a], 'currency'),
  ])
  const head = ['asset', 'side', 'entry time', 'exit time', first.name, second.name, 'difference']
  const label = 'In both, with another result, the largest differences first'
  return details(label, pairs.length, htmlTable(label, head, cells, 2))
}

function details(label: string, all: number, table: string): string {
  const of = all > MOST ? `${label}: ${MOST} of ${formatNumber(all, 'count')}` : `${label}: ${all}`
  return `<details><summary>${escapeXml(of)}</summary>\n${table}\n</details>`
}

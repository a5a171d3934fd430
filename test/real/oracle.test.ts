import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadMarketSync } from '../../src/io/load.ts'
import type { Market } from '../../src/market/market.ts'
import { sma } from '../oracle/indicators.ts'
import { runSignalsOracle } from '../oracle/signals.ts'
import type { SignalScenario } from '../oracle/types.ts'

// The built-in SMA cross from the command line, on real files, against the oracle: every trade, to the last digit.

const root = fileURLToPath(new URL('../../', import.meta.url))
const data = join(root, '../shared/data')
const equities = join(data, 'daily_equities_merged/us_equities_160x2010-2021_adj.csv.gz')
const months = ['05', '06'].map((month) => join(data, `crypto_1m_binance_klines/FILUSDT-1m-2023-${month}.csv.gz`))

describe('SMA cross on real files equals the oracle', () => {
  it.skipIf(!existsSync(equities))(
    `160 equities, 2010-2021${existsSync(equities) ? '' : ' (skipped: ../shared is absent)'}`,
    { timeout: 300_000 },
    () => {
      check(['--data', equities], [equities], { fast: 10, slow: 50 })
    },
  )

  it.skipIf(!existsSync(months[0]))(
    `two months of FILUSDT minutes${existsSync(months[0]) ? '' : ' (skipped: ../shared is absent)'}`,
    { timeout: 300_000 },
    () => {
      check(
        months.flatMap((path) => ['--data', `FILUSDT=${path}`]),
        months.map((path) => `FILUSDT=${path}`),
        { fast: 20, slow: 100 },
      )
    },
  )
})

function check(args: string[], inputs: string[], lengths: { fast: number; slow: number }): void {
  const out = mkdtempSync(join(tmpdir(), 'fillgrid-real-'))
  try {
    const cli = join(root, 'build/src/cli/main.js')
    const options = [
      '--param',
      `fast=${lengths.fast}`,
      '--param',
      `slow=${lengths.slow}`,
      '--stop',
      '5%',
      '--target',
      '10%',
      '--commission',
      '0.1%',
      '--json',
      '--out',
      out,
    ]
    execFileSync(process.execPath, [cli, 'run', ...args, '--strategy', 'sma-cross', ...options], {
      maxBuffer: 1 << 28,
      stdio: 'pipe',
    })
    const market = loadMarketSync(inputs.map(split))
    const expected = runSignalsOracle(scenario(market, lengths))
    const rows = readTrades(join(out, 'trades.csv'))
    expect(rows.length).toBe(expected.trades.length)
    expect(rows.length).toBeGreaterThan(500)
    for (const [i, trade] of expected.trades.entries()) {
      const row = rows[i]
      const found = [
        row.asset,
        Number(row.entry_bar),
        Number(row.exit_bar),
        Number(row.quantity),
        Number(row.entry_price),
        Number(row.exit_price),
        Number(row.pnl),
      ]
      expect(found, `trade ${i}`).toEqual([
        market.assets[trade.asset],
        trade.entryBar,
        trade.exitBar,
        trade.quantity,
        trade.entryPrice,
        trade.exitPrice,
        trade.pnl,
      ])
    }
    const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))
    const final = summary.final_value ?? summary.metrics?.final_value ?? summary.summary?.final_value
    expect(final).toBe(expected.equity.at(-1))
    market.release()
  } finally {
    rmSync(out, { recursive: true })
  }
}

function split(input: string): string | { symbol: string; path: string } {
  const at = input.indexOf('=')
  return at > 0 && at < 12 ? { symbol: input.slice(0, at), path: input.slice(at + 1) } : input
}

function scenario(market: Market, { fast, slow }: { fast: number; slow: number }): SignalScenario {
  const { bars, assetCount } = market
  const panel = (column: Float64Array) =>
    Array.from({ length: bars }, (_, t) => Array.from(column.subarray(t * assetCount, (t + 1) * assetCount)))
  const close = panel(market.close)
  const entries = close.map((row) => row.map(() => false))
  const exits = close.map((row) => row.map(() => false))
  for (let a = 0; a < assetCount; a++) {
    const own = close.map((row) => row[a])
    const [f, s] = [sma(own, fast), sma(own, slow)]
    for (let t = 1; t < bars; t++) {
      if (f[t] > s[t] && f[t - 1] <= s[t - 1]) entries[t][a] = true
      else if (f[t] < s[t] && f[t - 1] >= s[t - 1]) exits[t][a] = true
    }
  }
  return {
    market: {
      assets: assetCount,
      bars,
      open: panel(market.open),
      high: panel(market.high),
      low: panel(market.low),
      close,
      volume: panel(market.volume),
    },
    settings: {
      commission: { type: 'fraction', rate: 0.001 },
      rules: [
        { type: 'stop', distance: 0.05 },
        { type: 'target', distance: 0.1 },
      ],
    },
    entries,
    exits,
    sizeType: 'fraction',
    defaultSize: 1 / assetCount,
  }
}

function readTrades(path: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split('\n')
  const names = header.split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, i) => [names[i], value])))
}

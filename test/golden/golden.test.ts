/**
 * Ledgers worked out by hand from docs/semantics.md. Every `ledgers/name.json` has a `name.csv`; both are found in the
 * folder, and one without the other fails. The engine is run through its public interface and held against the ledger,
 * and then, in every digit, against the oracle.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import type { Result } from '../../src/results/result.ts'
import type { SignalColumns } from '../../src/strategy/strategy.ts'
import { difference, makeMarket, runEngine, runEngineSignals, Scripted } from '../kernel/adapter.ts'
import { runOracle } from '../oracle/broker.ts'
import { runSignalsOracle } from '../oracle/signals.ts'
import { ledgerRows, readLedger, sameCell } from './ledger.ts'
import { type Golden, type GoldenFile, readGolden } from './read.ts'

const folder = new URL('./ledgers/', import.meta.url)
const files = readdirSync(folder)
const scenarios = files.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5))
const ledgers = files.filter((name) => name.endsWith('.csv')).map((name) => name.slice(0, -4))
const text = (name: string) => readFileSync(new URL(name, folder), 'utf8')

/** Runs a scenario through the public interface. */
function run(golden: Golden): Result {
  const market = makeMarket(golden.scenario.market)
  if (golden.kind === 'hooks') {
    const result = backtest(
      market,
      new Scripted(golden.scenario.commands, golden.scenario.market),
      golden.scenario.settings,
    )
    return result
  }
  const { entries, exits, shortEntries, shortExits, targetPosition, size, stop, target, trail } = golden.scenario
  const given = { entries, exits, shortEntries, shortExits, targetPosition, size, stop, target, trail }
  const columns: SignalColumns = { sizeType: golden.scenario.sizeType }
  for (const [name, rows] of Object.entries(given)) if (rows) Object.assign(columns, { [name]: rows.flat() })
  const config: BacktestConfig = {
    ...golden.scenario.settings,
    size: { type: golden.scenario.sizeType, amount: golden.scenario.defaultSize },
  }
  return backtest(market, columns, config)
}

describe('golden ledgers', () => {
  it('come in pairs', () => {
    expect(scenarios.length).toBeGreaterThan(40)
    expect(ledgers).toEqual(scenarios)
  })

  it('name rules that docs/semantics.md has', () => {
    const rules = new Set(
      readFileSync(new URL('../../docs/semantics.md', import.meta.url), 'utf8').match(/\b\d+\.\d+\b/g),
    )
    for (const name of scenarios) {
      const file = JSON.parse(text(`${name}.json`)) as GoldenFile
      expect(file.rules.length, name).toBeGreaterThan(0)
      for (const rule of file.rules) expect(rules.has(rule), `${name}: ${rule}`).toBe(true)
    }
  })

  describe.each(scenarios)('%s', (name) => {
    const file = JSON.parse(text(`${name}.json`)) as GoldenFile
    const ledger = readLedger(text(`${name}.csv`))

    it.each([{}, ...(file.also ?? [])])('has its ledger under %j', (more) => {
      expect(ledger.map((table) => table.name)).toContain('fills')
      const result = run(readGolden(file, more))
      for (const table of ledger) {
        const found = ledgerRows(result, table)
        const same =
          found.length === table.rows.length &&
          found.every((row, i) => row.every((cell, c) => sameCell(table.rows[i][c] ?? '', cell)))
        // The whole table is shown where anything differs.
        if (!same)
          expect({ [table.name]: [table.columns, ...found] }).toEqual({ [table.name]: [table.columns, ...table.rows] })
      }
    })

    it('is the oracle’s in every digit', () => {
      for (const more of [{}, ...(file.also ?? [])]) {
        const golden = readGolden(file, more)
        if (golden.kind === 'hooks')
          expect(difference(runEngine(golden.scenario), runOracle(golden.scenario))).toBeUndefined()
        else expect(difference(runEngineSignals(golden.scenario), runSignalsOracle(golden.scenario))).toBeUndefined()
      }
    })
  })

  it('opens as a stepped run with the same outcome', () => {
    const golden = readGolden(JSON.parse(text('gap-stop-long.json')))
    if (golden.kind !== 'hooks') throw new Error('golden: hooks expected')
    const stepped = openRun(
      makeMarket(golden.scenario.market),
      new Scripted(golden.scenario.commands, golden.scenario.market),
      golden.scenario.settings,
    )
    let hooks = 0
    while (stepped.advance()) hooks++
    expect(hooks).toBe(golden.scenario.market.bars)
    expect(stepped.ended).toBe(true)
    stepped.release()
  })
})

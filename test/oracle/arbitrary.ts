/**
 * Random scenarios for the oracle and the kernel. Everything is drawn as small integers, one row a bar, and turned into
 * prices and orders afterwards, so that dropping a row or lowering a number leaves a valid, simpler scenario.
 */
import fc from 'fast-check'
import {
  type BarDraw,
  barDraw,
  buildMarket,
  instrumentsOf,
  int,
  type MarketDraw,
  marketDraw,
  mostly,
  pick,
  tradedDraw,
} from './bars.ts'
import {
  buildRule,
  buildSettings,
  excludes,
  type RuleDraw,
  ruleDraw,
  type SettingsDraw,
  settingsDraw,
  settingsOfOwn,
  settingsWithRules,
} from './options.ts'
import {
  atMarket,
  type CommandDraw,
  Commander,
  commandDraw,
  commandsDraw,
  FRACTIONS,
  livingDraw,
  scaledDraw,
  TARGET_FRACTIONS,
  TARGETS,
  UNITS,
  waitingDraw,
} from './requests.ts'
import type { AnySettings, Scenario, ScenarioMarket, SignalScenario } from './types.ts'

const assetCount = fc.oneof(
  { weight: 60, arbitrary: fc.constant(1) },
  { weight: 35, arbitrary: int(2, 3) },
  { weight: 4, arbitrary: int(4, 8) },
  { weight: 1, arbitrary: int(9, 50) },
)

/** Bars times assets stays modest. */
function rowsOf<T>(assets: number, rest: fc.Arbitrary<T>): fc.Arbitrary<{ bars: BarDraw[]; rest: T }[]> {
  const row = fc.record({ bars: fc.array(barDraw, { minLength: assets, maxLength: assets }), rest })
  const most = assets > 8 ? 5 : assets > 3 ? 10 : assets > 1 ? 25 : 40
  return fc.array(row, { minLength: 1, maxLength: most, size: 'max' })
}

/** Without a share of volumes that there are none of, and costs in ticks or pips that an asset lacks, which is refused. */
function settingsFor(draw: SettingsDraw, drawn: MarketDraw, market: ScenarioMarket): AnySettings {
  const { participation, ...settings } = buildSettings(draw, drawn.tick)
  for (const name of ['slippage', 'spread'] as const) {
    const cost = settings[name]
    if (typeof cost !== 'object' || (cost.type !== 'ticks' && cost.type !== 'pips')) continue
    const size = cost.type === 'ticks' ? 'tickSize' : 'pipSize'
    if (!instrumentsOf(drawn, settings, market.assets).every((one) => one?.[size])) delete settings[name]
  }
  const { open, high, low, close, volume } = market
  const trades = volume.some((row, t) =>
    row.some((units, a) => units > 0 && Number.isFinite(open[t][a] + high[t][a] + low[t][a] + close[t][a])),
  )
  return trades && participation !== undefined ? { ...settings, participation } : settings
}

const QUARTER = 900_000
/** Where markets begin: a few hours before clocks of one zone or another change. */
const STARTS: Readonly<Record<number, number>> = {
  100: Date.UTC(2024, 10, 3, 2),
  60: Date.UTC(2024, 2, 10, 3, 30),
  20: Date.UTC(2024, 9, 5, 12),
  8: Date.UTC(2024, 3, 6, 12),
}

/** Bars of quarters of an hour or of a day, or days; days of several bars where a loss of them counts. By other draws, so that these stay as they are. */
function stampsOf({ tick, start }: MarketDraw, { lossADay }: AnySettings): Pick<ScenarioMarket, 'step' | 'from'> {
  const step = tick === 1 ? QUARTER : tick === 0.5 || lossADay ? 24 * QUARTER : 96 * QUARTER
  return { step, from: STARTS[start] }
}

/** The market with what its assets are traded in, where something is said; with limits that entries of so many units are within. */
function traded(given: ScenarioMarket, draw: MarketDraw, settings: AnySettings, units?: number): ScenarioMarket {
  const market = { ...given, ...stampsOf(draw, settings) }
  const instruments = instrumentsOf(draw, settings, market.assets)
  if (units !== undefined)
    for (const one of instruments) {
      if ((one?.quantityStep ?? 0) > units) delete one?.quantityStep
      if ((one?.minimumQuantity ?? 0) > units) delete one?.minimumQuantity
      if ((one?.maximumQuantity ?? units) < units) delete one?.maximumQuantity
    }
  return instruments.every((one) => one === null) ? market : { ...market, instruments }
}

function scenariosOf(
  assets: number,
  market: fc.Arbitrary<MarketDraw>,
  settings: fc.Arbitrary<SettingsDraw>,
  commands: fc.Arbitrary<CommandDraw[]>,
): fc.Arbitrary<Scenario> {
  return fc.record({ market, settings, rows: rowsOf(assets, commands) }).map(({ market, settings, rows }) => {
    const built = buildMarket(market, assets, rows)
    const commander = new Commander(market, built, settings.cash ?? 1000, settings.rules ?? [], settings.extras)
    const made = settingsFor(settings, market, built.market)
    return {
      market: traded(built.market, market, made),
      settings: made,
      commands: rows.map((row, t) => row.rest.map((draw) => commander.command(t, draw))),
    }
  })
}

/** The first asset ends and is sold, while others are bought by fractions of what there is (3.11, 3.2). */
export const ending = fc.record({ assets: int(2, 3), early: int(1, 6) }).chain(({ assets, early }) =>
  scenariosOf(
    assets,
    marketDraw.map((draw) => ({ ...draw, lives: [{ late: 0, early }] })),
    settingsDraw.map((draw) => ({ ...draw, plain: { ...draw.plain, ended: 'close' as const } })),
    fc.array(commandDraw('order', { asset: int(0, 2), order: atMarket }), { maxLength: 2 }),
  ),
)

/** Scenarios whose settings are drawn so. */
export function scenariosWith(
  settings: fc.Arbitrary<SettingsDraw>,
  commands: fc.Arbitrary<CommandDraw[]> = commandsDraw,
): fc.Arbitrary<Scenario> {
  return assetCount.chain((assets) => scenariosOf(assets, marketDraw, settings, commands))
}
/** Shorts and longs with little cash, closed by orders and by rules, under funds that ask both legs for it (10.4), in every sequence (10.6). */
export function payingWith(settings: fc.Arbitrary<SettingsDraw>): fc.Arbitrary<Scenario> {
  return fc.record({ assets: int(1, 3), step: pick(0, 0, 1, 0.1) }).chain(({ assets, step }) =>
    scenariosOf(
      assets,
      marketDraw.map((draw) => ({ ...draw, start: draw.start > 20 ? 8 : draw.start })),
      fc
        .record({
          draw: settings,
          funds: pick('credit' as const, 'vectorbt' as const, 'lock' as const, 'lock' as const),
          sequence: pick(undefined, undefined, 'submission' as const, 'value' as const),
          cash: pick(30, 60, 100, 300),
        })
        .map(({ draw, funds, sequence, cash }) => ({
          ...draw,
          cash,
          extras: {
            ...Object.fromEntries(Object.entries(draw.extras).filter(([name]) => !excludes(name, 'funds'))),
            funds,
            ...(sequence ? { sequence } : {}),
          },
          plain: { ...draw.plain, quantityStep: step },
        })),
      commandsDraw,
    ),
  )
}
export const paying = payingWith(settingsDraw)

/** Scenarios with costs of the strategy's own (7.9). */
export const owning = fc.oneof(
  { weight: 3, arbitrary: scenariosWith(settingsOfOwn, fc.oneof(livingDraw, commandsDraw)) },
  { weight: 1, arbitrary: payingWith(settingsOfOwn) },
)

/** Scenarios over assets that are traded in something (1.9). */
export function instrumentedWith(commands: fc.Arbitrary<CommandDraw[]>): fc.Arbitrary<Scenario> {
  return assetCount.chain((assets) => scenariosOf(assets, tradedDraw, settingsDraw, commands))
}
export const instrumented = instrumentedWith(commandsDraw)

/** Rules of the clock over quarters of an hour, in nights in which clocks change (6.14); half of all chains have others too. */
export const clocked = fc
  .record({ assets: int(1, 3), others: fc.boolean(), zone: pick('America/New_York', 'Australia/Lord_Howe', '-05:00') })
  .chain(({ assets, others, zone }) =>
    scenariosOf(
      assets,
      marketDraw.map((draw) => ({ ...draw, tick: 1 })),
      settingsWithRules.map(({ rules, ...draw }) => ({
        ...draw,
        plain: { ...draw.plain, zone },
        rules: rules.map((rule, i) => (others && i > 0 ? rule : { ...rule, type: 'clock' as const })),
      })),
      commandsDraw,
    ),
  )

export const scenarios: fc.Arbitrary<Scenario> = fc.oneof(
  { weight: 11, arbitrary: scenariosWith(settingsDraw) },
  { weight: 1, arbitrary: ending },
  { weight: 1, arbitrary: paying },
  { weight: 1, arbitrary: scenariosWith(settingsDraw, scaledDraw) },
  { weight: 1, arbitrary: scenariosWith(settingsDraw, waitingDraw) },
)

interface SignalDraw {
  /** Bits: entry, exit, short entry, short exit. */
  signals: number
  size: number
  /** Bits: stop, target, trail. */
  rules: number
  target: number
  /** Bars to hold, 0 for none, also as bits: which rules of a chain are there. */
  hold: number
}

const signalDraw: fc.Arbitrary<SignalDraw> = fc.record({
  signals: fc.oneof(
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: pick(1, 2, 4, 8) },
    { weight: 1, arbitrary: int(0, 15) },
  ),
  size: int(0, 13),
  rules: int(0, 7),
  target: int(-1, 13),
  hold: int(0, 7),
})

const signalScenariosWith = (settings: fc.Arbitrary<SettingsDraw>): fc.Arbitrary<SignalScenario> =>
  assetCount.chain((assets) =>
    fc
      .record({
        market: marketDraw,
        settings,
        rows: rowsOf(assets, fc.array(signalDraw, { minLength: assets, maxLength: assets })),
        sizeType: pick('units' as const, 'value' as const, 'fraction' as const),
        defaultSize: int(0, 13),
        /** Bits: the columns that are present. */
        columns: int(0, 511),
        targets: mostly(3, false, true),
        hold: mostly(2, false, true),
        chain: fc.oneof(
          { weight: 3, arbitrary: fc.constant<RuleDraw[]>([]) },
          { weight: 1, arbitrary: fc.array(ruleDraw, { minLength: 1, maxLength: 3 }) },
        ),
      })
      .map(({ market, settings, rows, sizeType, defaultSize, columns, targets, hold, chain }) => {
        const built = buildMarket(market, assets, rows)
        const cash = Math.min(settings.cash ?? 1000, 1000)
        const sizeOf = (i: number) =>
          sizeType === 'units' ? UNITS[i] : sizeType === 'value' ? FRACTIONS[i] * cash : FRACTIONS[i]
        const column = <T>(of: (draw: SignalDraw) => T): T[][] => rows.map((row) => row.rest.map(of))
        const made = settingsFor(settings, market, built.market)
        const s: SignalScenario = {
          market: traded(built.market, market, made, sizeType === 'units' ? sizeOf(defaultSize) : undefined),
          settings: made,
          sizeType,
          defaultSize: sizeOf(defaultSize),
        }
        if (targets) {
          const goal = (i: number) =>
            sizeType === 'units' ? TARGETS[i] : sizeType === 'value' ? TARGET_FRACTIONS[i] * cash : TARGET_FRACTIONS[i]
          s.targetPosition = column((d) => (d.target < 0 || d.signals === 0 ? Number.NaN : goal(d.target)))
        } else {
          s.entries = column((d) => (d.signals & 1) > 0)
          if (columns & 3) s.exits = column((d) => (d.signals & 2) > 0)
          if (columns & 12) s.shortEntries = column((d) => (d.signals & 4) > 0)
          if (columns & 12) s.shortExits = column((d) => (d.signals & 8) > 0)
          if (columns & 16) s.size = column((d) => sizeOf(d.size))
        }
        if (chain.length > 0) {
          const thereAt = (i: number) => column((d) => (d.hold & (1 << i)) > 0)
          // A time of day is no number that a column could leave out.
          const everywhere = column(() => true)
          s.rules = chain.map((draw, i) => {
            const rule = buildRule(market.tick, draw)
            return { rule, there: rule.type === 'clock' ? everywhere : thereAt(i) }
          })
          return s
        }
        if (hold) s.hold = column((d) => (d.hold === 0 ? Number.NaN : d.hold))
        if (columns & 32) s.stop = column((d) => (d.rules & 1 ? 0.05 : Number.NaN))
        if (columns & 64) s.target = column((d) => (d.rules & 2 ? 0.06 : Number.NaN))
        if (columns & 128) s.trail = column((d) => (d.rules & 4 ? 0.04 : Number.NaN))
        return s
      }),
  )

export const signalScenarios = signalScenariosWith(settingsDraw)
/** Signal columns with costs of the strategy's own. */
export const owningSignals = signalScenariosWith(settingsOfOwn)

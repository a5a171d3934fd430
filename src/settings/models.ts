import * as L from '../../assembly/layout.ts'
import type { Model, NumberField, Unit } from './spec.ts'

// The models that settings come in: each variant with what it takes, the code that the kernel knows it by, and the short ways
// that it admits. A new variant stands here, in one function of the kernel (`assembly/broker/costs.ts` for costs), in its rule
// (docs/semantics.md) and in the oracle, which is written from the rule.

/** Short ways that nothing here stands against; see ways.ts. */
export const ALL = L.WAY_CALM | L.WAY_QUIET | L.WAY_LEAP | L.WAY_BATCH | L.WAY_CERTAIN

const rate = { kind: 'number', unit: 'fraction', least: 0, below: 1 } as const
const money = { kind: 'number', unit: 'currency', least: 0 } as const
/** A column of the market, and what its values are. */
const column = {
  kind: 'column',
  by: 'unit',
  doc: 'Name of a column by asset and bar (`signals` of the market).',
} as const
const columnUnit = {
  kind: 'choice',
  values: ['fraction', 'price'],
  default: 'fraction',
  doc: 'Whether its values are fractions of the price or amounts of it.',
} as const

/** A cost that the strategy works out (rule 7.9). No short way knows what it takes. */
const own = (code: number, doc: string) =>
  ({
    code,
    ways: 0,
    doc,
    fields: { model: { kind: 'own', doc: "Name of one of the strategy's `costModels`." } },
  }) as const

/** Rule 7.2. */
export const COMMISSIONS = {
  none: { code: L.COMMISSION_NONE, ways: ALL, doc: 'None.', fields: {} },
  fraction: {
    code: L.COMMISSION_FRACTION,
    ways: ALL,
    doc: 'A share of the order value.',
    fields: { rate: { ...rate, record: L.CHARGES_A, doc: 'Of order value.' } },
  },
  'per-unit': {
    code: L.COMMISSION_PER_UNIT,
    ways: ALL,
    doc: 'An amount a unit (share, contract), at least and at most so much an order.',
    fields: {
      amount: { ...money, record: L.CHARGES_A, doc: 'A unit.' },
      minimum: { ...money, record: L.CHARGES_B, default: 0, doc: 'An order.' },
      maximum: {
        ...money,
        record: L.CHARGES_C,
        default: Number.POSITIVE_INFINITY,
        infinite: true,
        doc: 'An order; Infinity is none.',
      },
    },
    refuse: ({ minimum, maximum }: { minimum: number; maximum: number }) =>
      maximum < minimum ? (['maximum', `an amount of at least the minimum, ${minimum}`] as const) : undefined,
  },
  'per-trade': {
    code: L.COMMISSION_PER_TRADE,
    ways: ALL,
    doc: 'An amount an order.',
    fields: { amount: { ...money, record: L.CHARGES_A, doc: 'An order.' } },
  },
  tiered: {
    code: L.COMMISSION_TIERED,
    ways: ALL,
    doc: 'A share of the order value that depends on the order value.',
    fields: {
      tiers: {
        kind: 'tiers',
        doc: 'Ascending `upTo` (order value, inclusive; the last is Infinity), `rate` of the whole value.',
      },
    },
  },
  'fraction-plus-fixed': {
    code: L.COMMISSION_FRACTION_PLUS_FIXED,
    ways: ALL,
    notation: { between: '+' },
    doc: 'A share of the order value and an amount an order.',
    fields: {
      rate: { ...rate, record: L.CHARGES_A, doc: 'Of order value.' },
      fixed: { ...money, record: L.CHARGES_B, doc: 'An order.' },
    },
  },
  'maker-taker': {
    code: L.COMMISSION_MAKER_TAKER,
    ways: ALL,
    doc: 'A share of the value of each fill: one of limits that rested before the price came to them, another one of all else.',
    fields: {
      maker: {
        kind: 'number',
        unit: 'fraction',
        above: -1,
        below: 1,
        record: L.CHARGES_A,
        doc: 'Of the value of limits that rested; below 0 it is paid to the account.',
      },
      taker: { ...rate, record: L.CHARGES_B, doc: 'Of the value of all else.' },
    },
  },
  own: own(L.COMMISSION_OWN, "What a function of the strategy's says, in currency, an order."),
} as const satisfies Model

/** Rule 7.2: what sells pay. */
export const SELL_COMMISSIONS = {
  same: { code: L.COMMISSION_SAME, ways: ALL, doc: 'As `commission`.', fields: {} },
  ...COMMISSIONS,
} as const satisfies Model

/** Rule 7.1. */
const steps = { kind: 'number', unit: 'number', least: 0 } as const
export const SLIPPAGES = {
  none: { code: L.SLIPPAGE_NONE, ways: ALL, doc: 'None.', fields: {} },
  fraction: {
    code: L.SLIPPAGE_FRACTION,
    ways: ALL,
    doc: 'A share of the price.',
    fields: { rate: { ...rate, record: L.RUN_SLIPPAGE_A, doc: 'Of the price.' } },
  },
  'per-unit': {
    code: L.SLIPPAGE_PER_UNIT,
    ways: ALL,
    doc: 'An amount of the price.',
    fields: {
      amount: {
        kind: 'number',
        unit: 'price',
        least: 0,
        record: L.RUN_SLIPPAGE_A,
        doc: 'Price units a unit of the asset.',
      },
    },
  },
  'volume-share': {
    code: L.SLIPPAGE_VOLUME_SHARE,
    ways: ALL,
    doc: '`rate * min(1, units / bar volume)` of the price.',
    fields: { rate: { ...rate, record: L.RUN_SLIPPAGE_A, doc: 'Of the price, for an order as large as the volume.' } },
  },
  ticks: {
    code: L.SLIPPAGE_TICKS,
    ways: ALL,
    doc: 'Ticks of the asset, each of the tick size that the market says.',
    fields: { amount: { ...steps, record: L.RUN_SLIPPAGE_A, doc: 'Ticks.' } },
  },
  pips: {
    code: L.SLIPPAGE_PIPS,
    ways: ALL,
    doc: 'Pips of the asset, each of the pip size that the market says.',
    fields: { amount: { ...steps, record: L.RUN_SLIPPAGE_A, doc: 'Pips.' } },
  },
  range: {
    code: L.SLIPPAGE_RANGE,
    ways: ALL,
    doc: "A share of the bar's range, high - low.",
    fields: {
      rate: { kind: 'number', unit: 'fraction', least: 0, most: 1, record: L.RUN_SLIPPAGE_A, doc: 'Of the range.' },
    },
  },
  column: {
    code: L.SLIPPAGE_COLUMN,
    ways: ALL,
    doc: 'What a column of the market says for the asset and bar; NaN is none.',
    fields: {
      column: { ...column, record: L.RUN_SLIPPAGE_COLUMN },
      unit: { ...columnUnit, record: L.RUN_SLIPPAGE_UNIT },
    },
  },
  own: own(L.SLIPPAGE_OWN, "What a function of the strategy's says, an amount of price."),
} as const satisfies Model

/** Rule 7.1: what an order moves the price by, before it slips. */
export const IMPACTS = {
  none: { code: L.IMPACT_NONE, ways: ALL, doc: 'None.', fields: {} },
  linear: {
    code: L.IMPACT_LINEAR,
    ways: ALL,
    doc: '`rate * min(1, units / bar volume)` of the price.',
    fields: { rate: { ...rate, record: L.RUN_IMPACT_A, doc: 'Of the price, for a fill as large as the volume.' } },
  },
  'square-root': {
    code: L.IMPACT_SQUARE_ROOT,
    ways: ALL,
    doc: '`rate * sqrt(min(1, units / bar volume))` of the price.',
    fields: { rate: { ...rate, record: L.RUN_IMPACT_A, doc: 'Of the price, for a fill as large as the volume.' } },
  },
  own: own(L.IMPACT_OWN, "What a function of the strategy's says, an amount of price."),
} as const satisfies Model

/** Rule 3.12. */
export const PARTICIPATIONS = {
  none: { code: 0, ways: ALL, doc: 'No limit.', fields: {} },
  volume: {
    code: 1,
    // What is left of an order waits: short ways take orders to be done in one bar, and a batch looks whether they are.
    ways: L.WAY_BATCH,
    doc: "A share of the bar's volume, over all orders and exits of the asset.",
    fields: {
      share: {
        kind: 'number',
        unit: 'fraction',
        above: 0,
        most: 1,
        record: L.RUN_PARTICIPATION,
        doc: "Of the bar's volume.",
      },
    },
  },
} as const satisfies Model

/** Rules 7.5 and 7.7. */
export const ACCOUNTS = {
  margin: {
    code: L.ACCOUNT_MARGIN,
    // The margin of a position has to be looked at in every bar.
    ways: ({ maintenance }: { maintenance: number }) => (maintenance > 0 ? L.WAY_BATCH | L.WAY_CERTAIN : ALL),
    doc: 'Shorts and, with less margin than 1, leverage.',
    fields: {
      initial: {
        kind: 'number',
        unit: 'fraction',
        above: 0,
        most: 1,
        record: L.RUN_INITIAL_MARGIN,
        default: 1,
        doc: 'Of the exposure that is opened; 1 is no leverage.',
      },
      maintenance: {
        kind: 'number',
        unit: 'fraction',
        least: 0,
        most: 1,
        record: L.RUN_MAINTENANCE,
        default: 0,
        doc: 'Of the exposure that is held.',
      },
    },
  },
  cash: { code: L.ACCOUNT_CASH, ways: ALL, doc: 'No shorts, and no more than the cash.', fields: {} },
  unlimited: { code: L.ACCOUNT_UNLIMITED, ways: ALL, doc: 'Nothing is checked.', fields: {} },
} as const satisfies Model

/** Rule 7.1. */
const charge = {
  kind: 'choice',
  values: ['half', 'entry'],
  default: 'half',
  record: L.RUN_SPREAD_CHARGE,
  doc: 'Half of it each way by what slips, or all of it by what opens a position or adds to one, limits too.',
} as const
export const SPREADS = {
  none: { code: L.SPREAD_NONE, ways: ALL, doc: 'None.', fields: {} },
  fixed: {
    code: L.SPREAD_FIXED,
    ways: ALL,
    doc: 'An amount of price between bid and ask.',
    fields: {
      amount: { kind: 'number', unit: 'price', least: 0, record: L.RUN_SPREAD_A, doc: 'Between bid and ask.' },
      charge,
    },
  },
  ticks: {
    code: L.SPREAD_TICKS,
    ways: ALL,
    doc: 'Ticks of the asset between bid and ask, each of the tick size that the market says.',
    fields: { amount: { ...steps, record: L.RUN_SPREAD_A, doc: 'Ticks.' }, charge },
  },
  pips: {
    code: L.SPREAD_PIPS,
    ways: ALL,
    doc: 'Pips of the asset between bid and ask, each of the pip size that the market says.',
    fields: { amount: { ...steps, record: L.RUN_SPREAD_A, doc: 'Pips.' }, charge },
  },
  fraction: {
    code: L.SPREAD_FRACTION,
    ways: ALL,
    doc: 'A share of the base price.',
    fields: { rate: { ...rate, record: L.RUN_SPREAD_A, doc: 'Of the base price.' }, charge },
  },
  column: {
    code: L.SPREAD_COLUMN,
    ways: ALL,
    doc: 'What a column of the market says for the asset and bar; NaN is none.',
    fields: {
      column: { ...column, record: L.RUN_SPREAD_COLUMN },
      unit: { ...columnUnit, record: L.RUN_SPREAD_UNIT },
      charge,
    },
  },
} as const satisfies Model

const amount = (unit: Unit, doc: string): NumberField & { kind: 'number' } => ({ kind: 'number', unit, above: 0, doc })

/** Rule 3.2: how entries are sized that give no size of their own. */
export const SIZES = {
  units: { code: L.SIZE_UNITS, doc: 'Units of the asset.', fields: { amount: amount('units', 'An entry.') } },
  value: {
    code: L.SIZE_VALUE,
    notation: { before: '$' },
    doc: 'Money.',
    fields: { amount: amount('currency', 'An entry.') },
  },
  fraction: {
    code: L.SIZE_FRACTION,
    notation: { behind: '%', words: 'of equity' },
    doc: 'A share of the equity as it is when the entry fills.',
    fields: { amount: amount('fraction', 'Of equity; above 1 with leverage.') },
  },
} as const satisfies Model

/** What a rule does (rule 6.1). */
export const ACTIONS = {
  exit: { code: L.ACTION_EXIT, doc: 'Exits the position.', fields: {} },
  'exit-fraction': {
    code: L.ACTION_EXIT_FRACTION,
    doc: 'Exits a share; once per position.',
    fields: {
      fraction: { kind: 'number', unit: 'fraction', above: 0, most: 1, doc: 'How large a share.' },
      of: {
        kind: 'choice',
        values: ['position', 'entries'],
        default: 'position',
        optional: true,
        doc: 'Of the position as it is then, or of all units that have entered it.',
      },
    },
  },
  'move-stop': {
    code: L.ACTION_MOVE_STOP,
    doc: 'Moves the first stop of the chain to basis * (1 + side * offset) where that tightens it; once per position.',
    fields: { offset: { kind: 'number', unit: 'fraction', above: -1, doc: 'Of the basis; 0 is break-even.' } },
  },
} as const satisfies Model

/** Bars of an average true range that says nothing else. */
export const ATR_PERIOD = 14

const level = {
  distance: {
    kind: 'number',
    unit: 'number',
    above: 0,
    by: 'unit',
    doc: 'A fraction of the basis, a distance in price, or a multiple of the average true range (rule 6.5), by `unit`.',
  },
  unit: { kind: 'choice', values: ['fraction', 'price', 'atr'], default: 'fraction', doc: 'Of the distance.' },
  action: { kind: 'model', model: ACTIONS, default: 'exit', doc: 'What the rule does.' },
  period: {
    kind: 'number',
    unit: 'bars',
    whole: true,
    least: 1,
    most: 10_000,
    optional: true,
    doc: `Of the average true range; ${ATR_PERIOD} where it is left out.`,
  },
} as const

/** Only an average has a period. */
const noPeriod = ({ unit, period }: { unit: string; period?: number }) =>
  period !== undefined && unit !== 'atr' ? (['period', "none without unit 'atr'"] as const) : undefined

/** A stop or trail of all of the price or more could never be reached. */
const belowAll = (value: { distance: number; unit: string; period?: number }) =>
  value.unit === 'fraction' && !(value.distance < 1)
    ? (['distance', 'a fraction above 0 and below 1 (5 percent is 0.05)'] as const)
    : noPeriod(value)

/** What goes by no price may not move the stop to one. */
function onlyExits(type: string) {
  return ({ action }: { action: { type: string } }) =>
    action.type === 'move-stop' ? (['action.type', `'exit' or 'exit-fraction' for a ${type} rule`] as const) : undefined
}

/** Position rules (section 6). */
export const RULES = {
  stop: { code: L.REASON_STOP, doc: 'At a distance against the position.', fields: level, refuse: belowAll },
  target: { code: L.REASON_TARGET, doc: 'At a distance for the position.', fields: level, refuse: noPeriod },
  trail: {
    code: L.REASON_TRAIL,
    doc: 'At a distance behind the best price so far.',
    fields: {
      ...level,
      from: {
        kind: 'number',
        unit: 'number',
        above: 0,
        by: 'unit',
        optional: true,
        doc: 'The profit from which on it follows (rule 6.6), in the unit of the distance; from the entry on where it is left out.',
      },
    },
    refuse: belowAll,
  },
  time: {
    code: L.REASON_TIME,
    doc: 'After so many bars held (rule 6.4).',
    fields: {
      bars: { kind: 'number', unit: 'bars', whole: true, least: 1, below: 2 ** 31, doc: 'Bars held.' },
      action: level.action,
    },
    refuse: onlyExits('time'),
  },
  clock: {
    code: L.REASON_CLOCK,
    doc: 'At a time of day, by the clocks of the setting `zone`: at the first price of a bar that starts at or after it (rule 6.14).',
    fields: {
      at: { kind: 'clock', doc: 'When days of the rule begin.' },
      action: level.action,
    },
    refuse: onlyExits('clock'),
  },
} as const satisfies Model

const pauseFields = {
  losses: {
    kind: 'number',
    unit: 'number',
    whole: true,
    least: 1,
    below: 2 ** 31,
    record: L.RUN_PAUSE_LOSSES,
    doc: 'Losing trades in a row.',
  },
  bars: {
    kind: 'number',
    unit: 'bars',
    whole: true,
    least: 1,
    below: 2 ** 31,
    record: L.RUN_PAUSE_BARS,
    doc: 'Bars of the market without entries.',
  },
} as const

/** Rule 6.8. */
export const LOSS_PAUSES = {
  none: { code: L.PAUSE_NONE, ways: ALL, doc: 'None.', fields: {} },
  asset: {
    code: L.PAUSE_ASSET,
    ways: 0,
    doc: "After losing trades of an asset, for the asset's entries.",
    fields: pauseFields,
  },
  account: {
    code: L.PAUSE_ACCOUNT,
    ways: 0,
    doc: 'After losing trades of any assets, for all entries.',
    fields: pauseFields,
  },
} as const satisfies Model

const haltFields = {
  fraction: {
    kind: 'number',
    unit: 'fraction',
    above: 0,
    below: 1,
    record: L.RUN_HALT_FRACTION,
    doc: 'Of the peak of the equity, that is lost.',
  },
} as const

/** Rule 6.9. */
export const DRAWDOWN_HALTS = {
  none: { code: L.HALT_NONE, ways: ALL, doc: 'None.', fields: {} },
  'until-cured': {
    code: L.HALT_UNTIL_CURED,
    ways: 0,
    doc: 'Entries are refused while the drawdown is larger.',
    fields: haltFields,
  },
  'until-end': {
    code: L.HALT_UNTIL_END,
    ways: 0,
    doc: 'Entries are refused from then on.',
    fields: haltFields,
  },
  close: {
    code: L.HALT_CLOSE,
    ways: 0,
    doc: 'Positions are closed at the next open, and entries refused from then on.',
    fields: haltFields,
  },
} as const satisfies Model

const dayLossFields = {
  action: {
    kind: 'choice',
    values: ['refuse', 'close'],
    default: 'refuse',
    record: L.RUN_DAY_LOSS_THEN,
    doc: 'Whether entries are refused alone, or positions closed at the next open too.',
  },
  zone: { kind: 'zone', optional: true, doc: 'By whose clocks days begin, where not by those of the setting `zone`.' },
} as const

/** Rule 6.13. */
export const DAY_LOSSES = {
  none: { code: L.DAY_LOSS_NONE, ways: ALL, doc: 'None.', fields: {} },
  fraction: {
    code: L.DAY_LOSS_FRACTION,
    ways: 0,
    doc: "A share of the equity of the day's start; entries are refused until the next day.",
    fields: {
      fraction: {
        kind: 'number',
        unit: 'fraction',
        above: 0,
        below: 1,
        record: L.RUN_DAY_LIMIT,
        doc: "Of the equity at the day's start, that is lost.",
      },
      ...dayLossFields,
    },
  },
  amount: {
    code: L.DAY_LOSS_AMOUNT,
    ways: 0,
    doc: 'An amount of money; entries are refused until the next day.',
    fields: {
      amount: { kind: 'number', unit: 'currency', above: 0, record: L.RUN_DAY_LIMIT, doc: 'That is lost.' },
      ...dayLossFields,
    },
  },
} as const satisfies Model

import type { Decision, Family } from './decisions.ts'
import type { Scenario } from './scenario.ts'

/** An engine that scenarios are played in, and how Fillgrid takes its part. */
export interface Engine {
  name: string
  /** The package whose version recordings name. */
  package: string
  /** Folder of the virtual environment, and the script that plays. */
  environment: '.venv' | '.venv-zipline'
  script: string
  /** Knows one asset; scenarios are played with their first. */
  oneAsset: boolean
  /** Stops and targets of signals are position rules from the fill, or children of a bracket at prices. */
  signals: 'rules' | 'bracket'
  /** Whether it can play a scenario at all. */
  plays(scenario: Scenario): boolean
}

const PRICED: readonly Family[] = ['stop-limit-orders', 'brackets-next-open']
const isNextOpen = (scenario: Scenario) => scenario.timing === 'next-open'

/** What comes with stops and targets of its own, which zipline's orders do not. */
const CHILDREN: readonly Decision['do'][] = ['bracket', 'trail', 'signal']

/** vectorbt knows signals and sizes, but no orders with prices. */
function hasNoPrices(scenario: Scenario): boolean {
  if (PRICED.includes(scenario.family) || scenario.family === 'trailing') return false
  return scenario.decisions.every((decision) => decision.do !== 'order' || decision.type === 'market')
}

function hasNoGroups(scenario: Scenario): boolean {
  return scenario.decisions.every((decision) => decision.do !== 'oco')
}

/** By the names of their profiles. */
export const ENGINES: readonly Engine[] = [
  {
    name: 'backtrader',
    package: 'backtrader',
    environment: '.venv',
    script: 'play_backtrader.py',
    oneAsset: false,
    signals: 'bracket',
    plays: isNextOpen,
  },
  {
    name: 'backtrader-coc',
    package: 'backtrader',
    environment: '.venv',
    script: 'play_backtrader.py',
    oneAsset: false,
    signals: 'bracket',
    plays: (scenario) => !isNextOpen(scenario),
  },
  {
    name: 'backtesting.py',
    package: 'backtesting',
    environment: '.venv',
    script: 'play_backtesting.py',
    oneAsset: true,
    signals: 'bracket',
    plays: (scenario) => hasNoGroups(scenario) && scenario.family !== 'multi-asset-targets',
  },
  {
    name: 'vectorbt',
    package: 'vectorbt',
    environment: '.venv',
    script: 'play_vectorbt.py',
    oneAsset: false,
    signals: 'rules',
    plays: hasNoPrices,
  },
  {
    name: 'vectorbt-lock',
    package: 'vectorbt',
    environment: '.venv',
    script: 'play_vectorbt.py',
    oneAsset: false,
    signals: 'rules',
    plays: hasNoPrices,
  },
  {
    name: 'ml4t',
    package: 'ml4t-backtest',
    environment: '.venv',
    script: 'play_ml4t.py',
    oneAsset: false,
    signals: 'rules',
    plays: (scenario) =>
      hasNoGroups(scenario) && scenario.decisions.every((one) => one.do !== 'trail' || one.amount !== undefined),
  },
  {
    name: 'zipline',
    package: 'zipline-reloaded',
    environment: '.venv-zipline',
    script: 'play_zipline.py',
    oneAsset: false,
    signals: 'bracket',
    plays: (scenario) =>
      isNextOpen(scenario) &&
      hasNoGroups(scenario) &&
      scenario.decisions.every(({ do: what }) => !CHILDREN.includes(what)),
  },
]

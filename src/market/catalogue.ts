import type { Instrument } from './instrument.ts'

// What common instruments are traded in, looked up only where somebody asks for it: brokers and venues differ, above all in
// pips of metals and in steps, and change them. What matters is compared with the venue's own specification.

const row = (
  quoteCurrency: string,
  tickSize: number,
  more: Omit<Instrument, 'quoteCurrency' | 'tickSize'> = {},
): Instrument => Object.freeze({ tickSize, ...more, quoteCurrency })

/** A currency pair in units of its first currency: five digits and a pip of four, of yen three and two. */
const pair = (quoteCurrency: string): Instrument =>
  quoteCurrency === 'JPY' ? row('JPY', 0.001, { pipSize: 0.01 }) : row(quoteCurrency, 0.00001, { pipSize: 0.0001 })

const pairs = (...names: string[]): [string, Instrument][] => names.map((name) => [name, pair(name.slice(3))])

/** A contract of a future: whole contracts. */
const future = (quoteCurrency: string, multiplier: number, tickSize: number): Instrument =>
  row(quoteCurrency, tickSize, { multiplier, quantityStep: 1 })

/** An index as brokers quote it: a unit is one currency a point. */
const index = (quoteCurrency: string): Instrument => row(quoteCurrency, 0.1, { pipSize: 1 })

/** A pair of a spot exchange. */
const coin = (tickSize: number, quantityStep: number): Instrument =>
  row('USDT', tickSize, { quantityStep, minimumQuantity: quantityStep, minimumNotional: 5 })

/** Common instruments by symbol: currency pairs, metals and indices as brokers quote them, coins as on spot exchanges, futures. */
export const COMMON_INSTRUMENTS: Readonly<Record<string, Instrument>> = Object.freeze(
  Object.fromEntries([
    ...pairs('EURUSD', 'GBPUSD', 'AUDUSD', 'NZDUSD', 'USDCAD', 'USDCHF', 'USDJPY'),
    ...pairs('EURGBP', 'EURJPY', 'EURCHF', 'EURAUD', 'EURCAD', 'EURNZD', 'GBPJPY', 'GBPCHF', 'GBPAUD', 'GBPCAD'),
    ...pairs('AUDJPY', 'AUDCAD', 'AUDNZD', 'CADJPY', 'CHFJPY', 'NZDJPY'),
    ['XAUUSD', row('USD', 0.01, { pipSize: 0.1 })],
    ['XAGUSD', row('USD', 0.001, { pipSize: 0.01 })],
    ['GER40', index('EUR')],
    ['FRA40', index('EUR')],
    ['EUSTX50', index('EUR')],
    ['UK100', index('GBP')],
    ['US500', index('USD')],
    ['US30', index('USD')],
    ['NAS100', index('USD')],
    ['JP225', index('JPY')],
    ['BTCUSDT', coin(0.01, 0.00001)],
    ['ETHUSDT', coin(0.01, 0.0001)],
    ['BNBUSDT', coin(0.01, 0.001)],
    ['SOLUSDT', coin(0.01, 0.001)],
    ['XRPUSDT', coin(0.0001, 0.1)],
    ['ES', future('USD', 50, 0.25)],
    ['MES', future('USD', 5, 0.25)],
    ['NQ', future('USD', 20, 0.25)],
    ['MNQ', future('USD', 2, 0.25)],
    ['YM', future('USD', 5, 1)],
    ['RTY', future('USD', 50, 0.1)],
    ['CL', future('USD', 1000, 0.01)],
    ['NG', future('USD', 10_000, 0.001)],
    ['GC', future('USD', 100, 0.1)],
    ['MGC', future('USD', 10, 0.1)],
    ['SI', future('USD', 5000, 0.005)],
    ['HG', future('USD', 25_000, 0.0005)],
    ['6E', future('USD', 125_000, 0.00005)],
    ['6B', future('USD', 62_500, 0.0001)],
    ['6J', future('USD', 12_500_000, 0.0000005)],
    ['ZN', future('USD', 1000, 1 / 64)],
    ['ZB', future('USD', 1000, 1 / 32)],
    ['FDAX', future('EUR', 25, 1)],
    ['FESX', future('EUR', 10, 1)],
  ] as [string, Instrument][]),
)

/** The common instrument of a symbol; case and what separates a pair (`EUR/USD`) do not matter. */
export function commonInstrument(symbol: string): Instrument | undefined {
  const name = symbol.toUpperCase().replace(/[/_\s-]/g, '')
  return Object.hasOwn(COMMON_INSTRUMENTS, name) ? COMMON_INSTRUMENTS[name] : undefined
}

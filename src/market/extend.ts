import { FillgridError } from '../errors.ts'
import type { Engine } from '../kernel/load.ts'
import type { MarketDescriptor } from './build.ts'
import { type Numbers, toDoubles } from './input.ts'

/** Columns to be added to a market; a name that it has already is replaced. */
export interface AddedColumns {
  /** Per asset, time-major: value of asset a at bar b is at [b * assets + a]. */
  signals?: Readonly<Record<string, Numbers>>
  /** One value a bar. */
  context?: Readonly<Record<string, Numbers>>
}

/** A descriptor with further columns beside those of the market, and the block that they lie in. */
export function extendDescriptor(
  engine: Engine,
  market: MarketDescriptor,
  added: AddedColumns,
): { descriptor: MarketDescriptor; block: number } {
  const { arena } = engine
  const cells = market.bars * market.assets.length
  const read = (columns: Readonly<Record<string, Numbers>>, length: number, shape: string) =>
    Object.entries(columns).map(([name, values]) => {
      const doubles = toDoubles(values, name)
      if (doubles.length === length) return { name, doubles }
      throw new FillgridError(
        'invalid_market',
        `market: column ${name} must have ${shape} = ${length} values, found ${doubles.length}.`,
        { column: name },
      )
    })
  const signals = read(added.signals ?? {}, cells, `${market.assets.length} assets x ${market.bars} bars`)
  const context = read(added.context ?? {}, market.bars, 'one value a bar')
  const line = (bytes: number) => Math.ceil(bytes / 64) * 64
  const bytes = line(cells * 8) * signals.length + line(market.bars * 8) * context.length
  const block = arena.allocate(Math.max(64, bytes), 'further columns of a market')
  let end = block
  const place = ({ name, doubles }: { name: string; doubles: Float64Array }) => {
    const pointer = end
    end += line(doubles.length * 8)
    const view = arena.f64(pointer, doubles.length)
    // Every NaN becomes the one canonical NaN, so that equal columns have equal bytes.
    for (let i = 0; i < doubles.length; i++) view[i] = Number.isNaN(doubles[i]) ? Number.NaN : doubles[i]
    return { name, pointer }
  }
  const merged = (old: MarketDescriptor['signals'], fresh: MarketDescriptor['signals']) => [
    ...old.filter(({ name }) => !fresh.some((one) => one.name === name)),
    ...fresh,
  ]
  const descriptor: MarketDescriptor = {
    ...market,
    signals: merged(market.signals, signals.map(place)),
    context: merged(market.context, context.map(place)),
    digest: undefined,
  }
  return { descriptor, block }
}

/** Markets from files. */
export {
  type BytesInput,
  type Inspection,
  inspect,
  type MarketInput,
  type OpenOptions,
  type OpenOptions as LoadOptions,
  openMarket,
  /** `openMarket` by its first name. */
  openMarket as loadMarket,
  openMarketSync as loadMarketSync,
  parseInput,
} from './open.ts'

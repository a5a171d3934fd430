import { type OpenOptions, openMarket } from '../io/load.ts'
import { executorHere } from './inline.ts'
import type { MarketLoader } from './runners.ts'

/** A market from whatever `loadMarket` takes. @throws FillgridError as it does */
export const loadFiles: MarketLoader = ({ files, options }) => openMarket(files, options as OpenOptions | undefined)

/** `localExecutor` of the index that loads the files of jobs too. */
export const localExecutor = executorHere(loadFiles)

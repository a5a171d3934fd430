import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtFile } from '../../src/jobs/bundle.ts'
import { root } from './site.ts'

export const bars: string = readFileSync(join(root, 'data/equities.csv'), 'utf8')

/** What the pages must find, worked out in Node by the built library from the same bars and the README's strategy. */
export async function expectedOfNode(strategyFile: string) {
  const library: typeof import('../../src/node.ts') = await import(builtFile('node.js').href)
  const market = library.readCsv(bars)
  const swept = await library.sweep(market, 'sma-cross', { fast: [5, 10, 20], slow: [40, 60, 80] }, { workers: 1 })
  const own = await library.sweep(market, await library.bundleStrategy(strategyFile), { trend: [20, 50, 100] })
  const run = (parameters: object) => library.backtest(market, 'sma-cross', { parameters: { ...parameters } })
  return {
    checked: {
      sharpes: [...swept.table.values('sharpe')],
      warnings: [],
      fingerprint: run({ fast: 10, slow: 60 }).fingerprint.all,
    },
    /** What the README's page.js writes. */
    page: [20, 50, 100].map((trend, row) => `trend ${trend}: sharpe ${own.table.row(row).sharpe}`).join('\n'),
    /** What its plain.html writes. */
    plain: library.summaryText(run(swept.parameters(swept.best)).metrics),
  }
}

/** Sweeps of a page's own strategies, in workers and on the page, and what goes wrong with workers. */
import { comlinkExecutor, FillgridError, readCsv, sweep } from './fillgrid.js'
import { Dips, dips, other } from './own.js'

const market = readCsv(await (await fetch('equities.csv')).text())
const from = (file) => comlinkExecutor({ workers: 2, spawn: () => new Worker(file, { type: 'module' }) })

async function run(strategy, executor, space = { days: [1, 2, 3, 4, 5, 6] }) {
  try {
    const { table, warnings } = await sweep(market, strategy, space, { executor })
    return { sharpes: [...table.values('sharpe')], warnings: warnings.map(({ code }) => code) }
  } catch (error) {
    return `${error instanceof FillgridError ? error.code : 'no FillgridError'}: ${error.message}`
  }
}

globalThis.swept = {
  isolated: globalThis.crossOriginIsolated === true,
  here: await run(Dips),
  hooks: await run(Dips, from('hooks.js')),
  signals: await run(dips, from('signals.js')),
  text: await run(dips, comlinkExecutor({ workers: 2 })),
  another: await run(other, from('signals.js')),
  bare: await run(Dips, from('bare.js')),
  wrong: await run(Dips, from('wrong.js')),
  builtIn: await run('sma-cross', comlinkExecutor({ workers: 2 }), { fast: [5, 10], slow: [50] }),
  module: await run({ module: new URL('own.js', location.href), export: 'Dips' }, comlinkExecutor({ workers: 2 })),
  missing: await run(Dips, from('missing.js')),
}
// A page whose policy allows no eval is read by its console.
console.log(JSON.stringify(globalThis.swept))

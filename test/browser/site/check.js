/** Beside the README's page: a run, and a sweep of a built-in strategy in workers that need no file. */
import { backtest, comlinkExecutor, readCsv, sweep } from 'fillgrid'

async function check() {
  const market = readCsv(await (await fetch('equities.csv')).text())
  const space = { fast: [5, 10, 20], slow: [40, 60, 80] }
  const { table, warnings } = await sweep(market, 'sma-cross', space, { executor: comlinkExecutor({ workers: 2 }) })
  const { fingerprint } = backtest(market, 'sma-cross', { parameters: { fast: 10, slow: 60 } })
  return { sharpes: [...table.values('sharpe')], warnings, fingerprint: fingerprint.all }
}

check().then((found) => {
  globalThis.checked = found
})

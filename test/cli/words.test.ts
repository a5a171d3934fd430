import { expect, it } from 'vitest'
import { commandWords } from '../../src/cli/words.ts'

it.each([
  [
    "Mend the row; `checks: { missing: 'drop' }` leaves all such rows out.",
    'Mend the row; --check missing=drop leaves all such rows out.',
  ],
  ['Mend the source, or choose `checks: { order: ... }`: ...', 'Mend the source, or choose --check order=...: ...'],
  ["Make bars of them: `ticks: { by: 'time', every: 60000 }`.", 'Make bars of them: --ticks time:60000.'],
  ["Say which column it is with `roles: { close: '...' }`.", 'Say which column it is with --columns close=....'],
  ['(`roles: { close: "Adj Close" }` takes it instead)', "(--columns 'close=Adj Close' takes it instead)"],
  ["in EET it would be 26. `timezone: 'EET'` reads it so.", 'in EET it would be 26. --timezone EET reads it so.'],
  ['`timezone` sets another.', '--timezone sets another.'],
  ["Choose with `decimal: ','` or `decimal: '.'`.", 'Choose with --decimal , or --decimal ..'],
  ["Choose with `dateOrder: 'dmy'` (day first)", 'Choose with --date-order dmy (day first)'],
  ['Sort the rows or pass `sort: true`.', 'Sort the rows or --check order=repair.'],
  ["say so: from: '1m'.", 'say so: --source-timeframe 1m.'],
  ["Pass outside: 'drop' to leave such bars out", 'Pass --outside drop to leave such bars out'],
  ['Run with band: true to see', 'Run with --band to see'],
  ['`overwrite: true` replaces it', '--overwrite replaces it'],
  [
    'Load at most 5 bars at a time (`from` and `to`), or at most 2 assets (`symbols`), leave out signal columns, or release markets that are no longer used.',
    'Load at most 5 bars at a time (--from and --to of `data convert`, or of `data resample` for longer bars), or at most 2 assets (--symbols), or leave out signal columns (--no-signals).',
  ],
  [
    'Read fewer at a time (`from` and `to`, or `symbols`), or leave out signal columns.',
    'Read fewer at a time (--from and --to of `data convert`, or of `data resample` for longer bars, or --symbols), or leave out signal columns (--no-signals).',
  ],
  [
    'Run fewer assets, a shorter range (Market.slice) or longer bars (resample) at a time, or release markets that are no longer used.',
    'Run fewer assets (--symbols), a shorter range (--to) or longer bars (--timeframe) at a time.',
  ],
  [
    'Run fewer assets, a shorter range or longer bars at a time.',
    'Run fewer assets (--symbols), a shorter range (--to) or longer bars (--timeframe) at a time.',
  ],
  [
    'config: periodsPerYear must be a number above 0, found 0.',
    '--periods-per-year must be a number above 0, found 0.',
  ],
  ['252 returns a year: given as periodsPerYear', '252 returns a year: given as --periods-per-year'],
  ['A plain sentence with a `word` in it.', 'A plain sentence with a `word` in it.'],
])('%s', (library, command) => {
  expect(commandWords(library)).toBe(command)
})

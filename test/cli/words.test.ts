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
  ['A plain sentence with a `word` in it.', 'A plain sentence with a `word` in it.'],
])('%s', (library, command) => {
  expect(commandWords(library)).toBe(command)
})

import { ALL_SETTINGS, optionOf } from './notation.ts'

/** Words of settings, as the library's sentences have them: "`ended: 'close'`". */
const SETTING_WORDS: readonly (readonly [RegExp, string])[] = Object.entries(ALL_SETTINGS).flatMap(([name, setting]) =>
  setting.kind === 'choice'
    ? [[new RegExp(`\`?\\b${name}: '([\\w-]+)'\`?`, 'g'), `${optionOf(name)} $1`] as const]
    : [],
)

/** How options are written in the library's sentences, and on the command line. Longer ones first. */
const NOTATIONS: readonly (readonly [RegExp, string])[] = [
  // Of `run`, --from trades a later part and reads all of it, so what does not fit is cut or made longer beforehand.
  [/\(`from` and `to`/g, '(--from and --to of `data convert`, or of `data resample` for longer bars'],
  [
    /, leave out signal columns, or release markets that are no longer used/g,
    ', or leave out signal columns (--no-signals)',
  ],
  [/(?<=, or) leave out signal columns(?= *\.)/g, ' leave out signal columns (--no-signals)'],
  [
    /Run fewer assets, a shorter range(?: \(Market\.slice\))? or longer bars(?: \(resample\))? at a time(?:, or release markets that are no longer used)?/g,
    'Run fewer assets (--symbols), a shorter range (--to) or longer bars (--timeframe) at a time',
  ],
  [/`?checks: \{ (\w+): '(\w+)' \}`?/g, '--check $1=$2'],
  [/`?checks: \{ (\w+): \.\.\. \}`?/g, '--check $1=...'],
  [/`?ticks: \{ by: '(\w+)', every: (\d+) \}`?/g, '--ticks $1:$2'],
  [/`?roles: \{ (\w+): ["']([^"'\s]+)["'] \}`?/g, '--columns $1=$2'],
  [/`?roles: \{ (\w+): ["']([^"']+)["'] \}`?/g, "--columns '$1=$2'"],
  [/(?:[Pp]ass )?`?sort: true`?/g, '--check order=repair'],
  [/`?allowNonPositive(?:: true)?`/g, '--check nonPositive=keep'],
  [/`?dateOrder: '(\w+)'`?/g, '--date-order $1'],
  [/`?barTime: '(\w+)'`?/g, '--bar-time $1'],
  [/\bfrom: '(\d+\w+)'/g, '--source-timeframe $1'],
  [
    /`?\b(timezone|decimal|encoding|calendar|dialect|day|outside|partial|align|stamp|timeframe): '([^'\s]+)'`?/g,
    '--$1 $2',
  ],
  [/`?\bband: true\b`?/g, '--band'],
  [/`?\boverwrite: true\b`?/g, '--overwrite'],
  [/`(timezone|decimal|encoding|calendar|dialect|day|columns|scale|separator|symbols|ticks|from|to|signals)`/g, '--$1'],
  [/`timeUnit`/g, '--time-unit'],
  [/\b(?:config: |market: )?periodsPerYear\b/g, '--periods-per-year'],
  [/`?\bcagr: '(\w+)'`?/g, '--cagr $1'],
  ...SETTING_WORDS,
]

/** A sentence of the library in the words of the command line: "`timezone: 'EET'`" becomes `--timezone EET`. */
export function commandWords(sentence: string): string {
  return NOTATIONS.reduce((text, [notation, option]) => text.replace(notation, option), sentence)
}

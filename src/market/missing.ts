/** What stands for no value in tables of text, in lower case. */
export const MISSING: ReadonlySet<string> = new Set(['', 'nan', 'null', 'none', 'na', 'n/a', '#n/a', '-'])

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../host.ts'
import type { Family } from './decisions.ts'

/** How many scenarios of a family came out identical in one engine. */
export interface Figure {
  engine: string
  version: string
  family: Family
  same: number
  total: number
}

const PAGE = join(root, 'docs', 'parity.md')
const BEGIN = '<!-- figures: npm run parity -- SEED --count N --docs -->\n'
const END = '<!-- end of figures -->'

/** Puts a table of figures into docs/parity.md, with the command that it comes from. */
export function writeFigures(figures: readonly Figure[], families: readonly Family[], command: string): void {
  const page = readFileSync(PAGE, 'utf8')
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`parity: the marks of the figures expected, found none in ${PAGE}.`)
  const engines = [...new Set(figures.map(({ engine }) => engine))]
  const cell = (of: readonly Figure[]) => {
    const [same, total] = [of.reduce((sum, f) => sum + f.same, 0), of.reduce((sum, f) => sum + f.total, 0)]
    return total === 0 ? '' : `${same} / ${total}`
  }
  const share = (of: readonly Figure[]) => {
    const [same, total] = [of.reduce((sum, f) => sum + f.same, 0), of.reduce((sum, f) => sum + f.total, 0)]
    // Rounded down, so that 100 % is all of them.
    return total === 0 ? '' : `${Math.floor((1000 * same) / total) / 10} %`
  }
  const of = (engine: string, family?: Family) =>
    figures.filter((f) => f.engine === engine && (family === undefined || f.family === family))
  const row = (name: string, cells: readonly string[]) => `| ${[name, ...cells].join(' | ')} |`
  const versions = engines.map((engine) => `${engine} ${of(engine)[0].version}`).join(', ')
  const table = [
    `\`${command}\` printed, identical / total:\n`,
    row('', engines),
    row(
      '---',
      engines.map(() => '---:'),
    ),
    ...families.map((family) =>
      row(
        family,
        engines.map((engine) => cell(of(engine, family))),
      ),
    ),
    row(
      'all',
      engines.map((engine) => cell(of(engine))),
    ),
    row(
      '',
      engines.map((engine) => share(of(engine))),
    ),
    `\nThe packages: ${versions}.\n`,
  ]
  writeFileSync(PAGE, `${page.slice(0, begin)}${BEGIN}\n${table.join('\n')}\n${page.slice(end)}`)
}

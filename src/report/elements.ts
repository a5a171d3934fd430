import { formatNumber } from './format.ts'
import { escapeXml } from './svg.ts'

/** A cell of a table of a page: text, or text with the classes and the weight (0..1) of its colour. */
export type HtmlCell = string | { text: string; style?: string; weight?: number; html?: string }

/**
 * A table of a page, which scrolls by itself where it is wider than that, and can be reached by keys then.
 *
 * @param label what a screen reader calls it
 * @param words columns from the left that hold words, not numbers
 */
export function htmlTable(
  label: string,
  head: readonly HtmlCell[],
  rows: readonly (readonly HtmlCell[])[],
  words: number,
  style = '',
): string {
  const line = (tag: 'th' | 'td', row: readonly HtmlCell[]) =>
    row.map((cell, i) => cellHtml(tag === 'td' && i === 0 ? 'th scope="row"' : tagOf(tag), cell, i < words)).join('')
  return [
    `<div class="scroll${style}" role="region" tabindex="0" aria-label="${escapeXml(label)}"><table>`,
    `<thead><tr>${line('th', head)}</tr></thead>`,
    '<tbody>',
    ...rows.map((row) => `<tr>${line('td', row)}</tr>`),
    '</tbody></table></div>',
  ].join('\n')
}

function tagOf(tag: 'th' | 'td'): string {
  return tag === 'th' ? 'th scope="col"' : tag
}

function cellHtml(tag: string, cell: HtmlCell, word: boolean): string {
  const { text, style = '', weight, html } = typeof cell === 'string' ? { text: cell } : cell
  const classes = [word ? 'word' : '', style].filter(Boolean).join(' ')
  const named = classes === '' ? '' : ` class="${classes}"`
  const weighed = weight === undefined ? '' : ` style="--w:${Math.round(weight * 100)}%"`
  // A header without words is none.
  const [open, close] =
    text === '' && html === undefined && tag.startsWith('th') ? ['td', 'td'] : [tag, tag.slice(0, 2)]
  return `<${open}${named}${weighed}>${html ?? escapeXml(text)}</${close}>`
}

/** A number with the colour of its sign. */
export function signed(value: number, unit: string): HtmlCell {
  return { text: formatNumber(value, unit), style: signOf(value) }
}

/** The class of a gain, of a loss, or none. */
export function signOf(value: number): string {
  return value > 0 ? 'good' : value < 0 ? 'bad' : ''
}

/** A number on a ground whose strength goes by its size among others. @param most the size at which it is strongest */
export function tinted(value: number, unit: string, most: number, style = ''): HtmlCell {
  if (Number.isNaN(value)) return { text: '', style }
  const weight = most > 0 ? Math.min(1, Math.abs(value) / most) : 0
  const tint = value > 0 ? 'gain' : value < 0 ? 'loss' : ''
  return { text: formatNumber(value, unit), style: [tint, style].filter(Boolean).join(' '), weight }
}

/** Plain data as a script of a page may hold them. */
export function scriptJson(id: string, data: unknown): string {
  return `<script type="application/json" id="${id}">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`
}

/** '3 bars', '1 bar'. */
export function count(n: number, one: string): string {
  return `${formatNumber(n, 'count')} ${n === 1 ? one : `${one}s`}`
}

/** The UTC date of a time, ms; '-' where it is none. */
export function day(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString().slice(0, 10) : '-'
}

/** A place that the page's script draws into. @param label what a screen reader says @param caption a line below it */
export function chartPlace(name: string, label: string, caption = ''): string {
  const below = caption === '' ? '' : `<figcaption class="muted">${escapeXml(caption)}</figcaption>`
  return `<figure><div class="chart" data-chart="${name}" role="group" aria-label="${escapeXml(label)}"></div>${below}</figure>`
}

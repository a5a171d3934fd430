import { pageScript, pageStyle } from './pagetext.ts'
import { escapeXml } from './svg.ts'

/** A part of a page: its anchor, its heading, and what stands in it, which may be nothing. */
export type Section = readonly [id: string, head: string, parts: readonly string[]]

/** What lightweight-charts asks to be said, and uPlot's licence. */
const NOTICE = [
  'Charts by <a href="https://www.tradingview.com/">TradingView Lightweight Charts™</a>, Copyright (c) 2026 TradingView, Inc., Apache-2.0,',
  'and <a href="https://github.com/leeoniya/uPlot">uPlot</a>, Copyright (c) Leon Sorokin, MIT.',
].join(' ')

/** A document that needs nothing else: style, sections with a list of them, data and script. */
export function pageDocument(page: {
  name: string
  about: string
  sections: readonly Section[]
  data: readonly string[]
  fingerprint?: string
  /** What that is of. */
  fingerprintOf?: string
  /** What the script draws; a run. */
  kind?: 'run' | 'compare' | 'sweep'
}): string {
  const { name, about, sections, data, fingerprint, fingerprintOf = 'Fingerprint', kind = 'run' } = page
  const shown = sections.filter(([, , parts]) => parts.length > 0)
  const links = shown.map(([id, head]) => `<a href="#${id}">${escapeXml(head)}</a>`)
  const bodies = shown.map(
    ([id, head, parts]) =>
      `<section id="${id}" aria-labelledby="${id}-head">\n<h2 id="${id}-head">${escapeXml(head)}</h2>\n${parts.join('\n')}\n</section>`,
  )
  return [
    '<!doctype html>',
    `<html lang="en" data-kind="${kind}">`,
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">',
    `<title>${escapeXml(name)}</title>`,
    `<style>${pageStyle}</style>`,
    '</head>',
    `<body>\n<header><h1>${escapeXml(name)}</h1>\n<p class="muted">${escapeXml(about)}</p></header>`,
    `<nav aria-label="Sections">${links.join('')}</nav>`,
    '<main>',
    '<noscript><p class="warning">Charts and the table of trades need JavaScript.</p></noscript>',
    ...bodies,
    '</main>',
    `<footer class="muted">${fingerprint === undefined ? '' : `<p>${fingerprintOf} <code>${fingerprint}</code></p>`}<p>${NOTICE}</p></footer>`,
    ...data,
    `<script type="module">${pageScript}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

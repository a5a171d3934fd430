/** Text as it may stand inside an SVG element or attribute. */
export function escapeXml(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids these characters.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ' ')
  )
}

/** A coordinate: one decimal, no zeros at the end. */
export function coordinate(value: number): string {
  const text = value.toFixed(1)
  return text.endsWith('.0') ? (text === '-0.0' ? '0' : text.slice(0, -2)) : text
}

/**
 * The frame of every drawing: a document that needs nothing else, follows the reader's light or dark setting,
 * and scales with its container.
 *
 * @param label what a screen reader says
 * @param body elements, one a line
 */
export function svgDocument(width: number, height: number, label: string, body: readonly string[]): string {
  const head =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `role="img" aria-label="${escapeXml(label)}">`
  return `${[head, STYLE, `<rect class="back" width="${width}" height="${height}"/>`, ...body, '</svg>'].join('\n')}\n`
}

/** A line of text; `style` is one of the classes of the style sheet, `anchor` start, middle or end. */
export function svgText(
  x: number,
  y: number,
  text: string,
  style: 'title' | 'note' | 'label',
  anchor = 'start',
  more = '',
): string {
  return `<text class="${style}" x="${coordinate(x)}" y="${coordinate(y)}" text-anchor="${anchor}"${more}>${escapeXml(text)}</text>`
}

const STYLE = `<style>
text { font-family: system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; fill: #24292f }
.title { font-size: 16px; font-weight: 600 }
.note { font-size: 12px; fill: #57606a }
.label { font-size: 11px; fill: #57606a; font-variant-numeric: tabular-nums }
.back { fill: #ffffff }
.grid { stroke: #d0d7de; stroke-width: 1; fill: none }
.base { stroke: #8c959f; stroke-width: 1; stroke-dasharray: 4 3; fill: none }
.line { stroke: #0969da; stroke-width: 1.5; stroke-linejoin: round; fill: none }
.area { fill: #0969da; fill-opacity: 0.08 }
.fall { stroke: #cf222e; stroke-width: 1; stroke-linejoin: round; fill: none }
.fallarea { fill: #cf222e; fill-opacity: 0.18 }
.ring { stroke: #ffffff; stroke-width: 4; fill: none }
.mark { stroke: #cf222e; stroke-width: 2; fill: none }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.note, .label { fill: #9198a1 }
.back { fill: #0d1117 }
.grid { stroke: #30363d }
.base { stroke: #6e7681 }
.line { stroke: #4493f8 }
.area { fill: #4493f8; fill-opacity: 0.12 }
.fall { stroke: #f85149 }
.fallarea { fill: #f85149; fill-opacity: 0.25 }
.ring { stroke: #0d1117 }
}
</style>`

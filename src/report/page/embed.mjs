// Writes the script and the style of pages as a text (pagetext.ts), with the libraries that draw: a page asks for nothing else.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { writeChanged } from '../../../assembly/written.mjs'

const here = new URL('./', import.meta.url)
const target = new URL('../pagetext.ts', here)
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('main.ts', here))],
  bundle: true,
  write: false,
  format: 'esm',
  target: 'es2022',
  minify: true,
  charset: 'utf8',
  // What licences ask for stands in the page's foot and in comments that stay.
  legalComments: 'inline',
  conditions: ['production'],
})
// A script ends at the first closing tag, wherever that stands.
const script = outputFiles[0].text.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')
const style = ['../../../node_modules/uplot/dist/uPlot.min.css', 'style.css'].map((file) =>
  readFileSync(new URL(file, here), 'utf8'),
)
const text = `// Made by the build (src/report/page/embed.mjs) from page/main.ts; not in git.
export const pageScript: string = ${JSON.stringify(script)}
export const pageStyle: string = ${JSON.stringify(style.join('\n'))}
`
writeChanged(target, text)

// Writes the module of web workers as a text (workertext.ts), so that a page starts them without a file of theirs: in
// any bundle, in `vite dev`, on a plain page. It has no engine inside, which workers get from the page.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { textOf, writeChanged } from '../../assembly/written.mjs'

const here = new URL('./', import.meta.url)

/** What a worker that is started from this text never uses: the engines' bytes, and the text itself. */
const withoutTexts = {
  name: 'without-texts',
  setup({ onLoad }) {
    const contents = "export const engineBase64 = '', wholeBase64 = '', workerText = ''"
    onLoad({ filter: /[/\\]src[/\\](kernel[/\\]binary|jobs[/\\]workertext)\.ts$/ }, () => ({ contents }))
  },
}

const target = new URL('workertext.ts', here)
// The bundler looks for the file before it is told what stands in it.
if (textOf(target) === undefined) writeChanged(target, '')
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('browser.ts', here))],
  bundle: true,
  write: false,
  format: 'esm',
  target: 'es2022',
  // Names stay: errors and tables tell them.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 200,
  charset: 'utf8',
  plugins: [withoutTexts],
})
const text = `// Made by the build (src/jobs/embed.mjs) from browser.ts; not in git.\nexport const workerText: string = ${JSON.stringify(outputFiles[0].text)}\n`
writeChanged(target, text)

// Writes the engines' bytes as a module, so that the library loads the same way in Node, in a
// browser and in a bundle: no fetch, no path, no asynchronous start.
import { readFileSync, writeFileSync } from 'node:fs'
import { wholeFields } from './offsets.mjs'
import { writeChanged } from './written.mjs'

const root = new URL('../', import.meta.url)
const base64 = (/** @type {string} */ name) => readFileSync(new URL(`build/${name}.wasm`, root)).toString('base64')
const text = `// Made by the build (assembly/embed.mjs) from build/*.wasm; not in git.
export const engineBase64: string = '${base64('engine')}'
export const wholeBase64: string = '${base64('whole')}'
`
const target = new URL('src/kernel/binary.ts', root)
writeChanged(target, text)

/** The functions as JavaScript sees them: numbers in, a number or nothing out. What AssemblyScript calls bool is 0 or 1. */
function functionsOf(/** @type {string} */ name) {
  const declared = readFileSync(new URL(`build/${name}.d.ts`, root), 'utf8')
  const adapted = declared.slice(0, declared.indexOf('\n}\n'))
  return [...adapted.matchAll(/^ {2}export function (\w+)\((.*)\): (\w+);$/gm)].map(
    ([, name, parameters, result]) =>
      `  ${name}(${parameters.replaceAll(': boolean', ': number')}): ${result === 'boolean' ? 'number' : result}\n`,
  )
}

const broker = functionsOf('whole')
const further = functionsOf('engine').filter((line) => !broker.includes(line))
const fields = wholeFields().map(({ offset, type }) => `[${offset}, '${type}']`)
writeFileSync(
  new URL('src/kernel/exports.ts', root),
  `// Made by the build (assembly/embed.mjs) from the compiler's own types; not in git.
/** What a run asks for, of both engines: pointers are byte offsets in their memory. */
export interface Broker {
${broker.join('')}}

/** The functions of the engine of plain runs. */
export interface Kernels extends Broker {
${further.join('')}}

/** Where the run record has what only other than plain runs set, and the types. */
export const WHOLE_FIELDS: readonly (readonly [offset: number, type: string])[] = [${fields.join(', ')}]
`,
)

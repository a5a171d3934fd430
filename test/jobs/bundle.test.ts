import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { builtFile, bundleStrategy } from '../../src/jobs/bundle.ts'

const folder = mkdtempSync(join(tmpdir(), 'fillgrid-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('bundling a strategy', () => {
  it('takes TypeScript and what it imports, once for the same content', async () => {
    write('helper.ts', 'export enum Kind { A = 7 }\nexport const where: string = import.meta.url')
    const path = write(
      'mine.ts',
      "import { join } from 'node:path'\nimport { Kind, where } from './helper'\nexport const kind: number = Kind.A\nexport const joined = join('a', 'b')\nexport { where }",
    )
    const first = await bundleStrategy(path)
    const again = await bundleStrategy(path)
    expect(again.module).toBe(first.module)
    const loaded = await import(/* @vite-ignore */ String(first.module))
    expect([loaded.kind, loaded.joined, loaded.where]).toEqual([7, 'a/b', new URL(`file://${path}`).href])
    write('mine.ts', 'export const kind = 8')
    expect((await bundleStrategy(path)).module).not.toBe(first.module)
  })

  it('leaves fillgrid to the library that is running', async () => {
    const path = write(
      'uses.ts',
      "import { Strategy } from 'fillgrid'\nimport { sweep } from 'fillgrid/node'\nimport 'fillgrid/browser'\nexport default class extends Strategy { sweep = sweep }",
    )
    const text = readFileSync(fileURLToPath(String((await bundleStrategy(path)).module)), 'utf8')
    expect(text).toContain(`from "${builtFile('index.js').href}"`)
    expect(text).toContain(`from "${builtFile('node.js').href}"`)
    expect(text.length).toBeLessThan(3000)
  })

  it('says file, line and column of what does not load', async () => {
    const broken = write('broken.ts', "const a = 1\nimport { x } from './nowhere'\nconsole.log(x)\n")
    await expect(bundleStrategy(broken)).rejects.toMatchObject({
      code: 'invalid_strategy',
      place: { line: 2, column: 19 },
      message: expect.stringContaining('Could not resolve "./nowhere" at '),
    })
    const syntax = write('syntax.ts', 'export default class {\n  onBar( {\n}\n')
    await expect(bundleStrategy(syntax)).rejects.toMatchObject({ code: 'invalid_strategy', place: { line: 4 } })
    await expect(bundleStrategy(join(folder, 'none.ts'))).rejects.toMatchObject({ code: 'file_access' })
    await expect(bundleStrategy(folder)).rejects.toMatchObject({ code: 'file_access' })
  })

  it('keeps the names of the own lines in stack traces', async () => {
    const path = write(
      'throws.ts',
      'interface A { b: number }\n\nexport function run(a: A): number {\n  throw new Error(String(a.b))\n}\n',
    )
    const text = readFileSync(fileURLToPath(String((await bundleStrategy(path)).module)), 'utf8')
    const map = JSON.parse(Buffer.from(text.match(/base64,(.+)/)![1], 'base64').toString())
    expect(map.sources).toEqual([expect.stringContaining('throws.ts')])
  })
})

/** The engine makes no garbage: however long a run is, nothing is allocated a bar. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const here = fileURLToPath(new URL('./', import.meta.url))
let folder = ''
let measured: Record<string, { bytes: number; numbers: number }> = {}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fillgrid-allocation-'))
  const contents = `export { openRun } from '../../src/drivers/driven.ts'
    export { Strategy } from '../../src/strategy/strategy.ts'
    export { Market } from '../../src/market/market.ts'`
  await build({
    stdin: { contents, resolveDir: here },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile: join(folder, 'engine.mjs'),
    logLevel: 'error',
  })
  copyFileSync(join(here, 'allocation.mjs'), join(folder, 'allocation.mjs'))
  const flags = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128', '--single-threaded-gc']
  measured = JSON.parse(
    execFileSync(process.execPath, [...flags, join(folder, 'allocation.mjs')], { encoding: 'utf8' }),
  )
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('bytes allocated a bar while a hook reads', () => {
  // A number that a call returns may be boxed by the compiler, which is 16 bytes at most; a view or a text would be far more.
  it.each(['nothing', 'columns', 'windows', 'indicators', 'account'])('%s: none but for boxed numbers', (name) => {
    const { bytes, numbers } = measured[name]
    expect(bytes).toBeLessThan(16 * numbers + 8)
  })
})

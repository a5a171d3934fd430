/** A page without a bundler: one file of the package, from a server of static files. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bars, expectedOfNode } from './expected.ts'
import { BROWSERS, launch, visit } from './launch.ts'
import { servePage } from './serve.ts'
import { makeSite, readmeBlock, root } from './site.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const serving = (strategy: string) =>
  `import { serveJobs } from './fillgrid.js'\nimport { Dips, dips } from './own.js'\n\nserveJobs(${strategy})\n`
const files = {
  '/plain.html': readmeBlock('plain.html'),
  '/sweeps.html': '<!doctype html><script type="module" src="sweeps.js"></script>',
  '/check.html': '<!doctype html><script type="module" src="check.js"></script>',
  '/fillgrid.js': read('build/browser.js'),
  '/equities.csv': bars,
  '/check.js': read('test/browser/site/check.js').replace("'fillgrid'", "'./fillgrid.js'"),
  '/sweeps.js': read('test/browser/site/sweeps.js'),
  '/own.js': read('test/browser/site/own.js'),
  '/hooks.js': serving('Dips'),
  '/signals.js': serving('dips'),
  '/bare.js': serving(''),
  '/wrong.js': serving("'Dips'"),
}
let wanted: Awaited<ReturnType<typeof expectedOfNode>>

beforeAll(async () => {
  const site = makeSite({ 'pullback.ts': readmeBlock('pullback.ts') })
  try {
    wanted = await expectedOfNode(join(site.folder, 'pullback.ts'))
  } finally {
    site.remove()
  }
})

it('the one file asks for nothing else, and says whose code is inside', () => {
  const text = files['/fillgrid.js']
  expect([...text.matchAll(/^(?:import|export)\b[^'"{]*(?:\{[^}]*\})?\s*from\s*["']([^"']+)/gm)]).toEqual([])
  expect(text).toContain('Copyright 2019 Google LLC')
  expect(text.length).toBeLessThan(2_600_000)
})

describe.each(BROWSERS)('in %s', (name) => {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await launch(name)
  })
  afterAll(async () => {
    await browser?.close()
  })

  /** What an expression of a page gives once it is true, the files that the page asked for and its workers. */
  async function look(path: string, expression: string, isolated: boolean) {
    const server = await servePage(files, isolated)
    try {
      const asked: string[] = []
      const { found, workers } = await visit(browser!, 'about:blank', async (page, workers) => {
        page.on('request', (request) => asked.push(request.url().replace(server.url, '/')))
        await page.goto(`${server.url}${path}`)
        await page.waitForFunction(expression, undefined, { timeout: 60_000 })
        return { found: await page.evaluate(expression), workers }
      })
      return { found, asked, workers: workers.map((url) => url.replace(server.url, '/')) }
    } finally {
      await server.close()
    }
  }

  it.each([true, false])("the README's page runs from one file, isolated %s", async (isolated) => {
    const { found, asked } = await look('plain.html', "document.querySelector('pre').textContent", isolated)
    expect(found).toBe(wanted.plain)
    expect(asked.filter((path) => !path.startsWith('blob:') && path !== '/favicon.ico')).toEqual([
      '/plain.html',
      '/fillgrid.js',
      '/equities.csv',
    ])
    const checked = await look('check.html', 'globalThis.checked', isolated)
    expect(checked.found).toEqual(wanted.checked)
    expect(checked.workers.map((url) => url.slice(0, 5))).toEqual(['blob:', 'blob:'])
  })

  it.each([true, false])('its own strategies run in workers that serve them, isolated %s', async (isolated) => {
    const { found, workers } = await look('sweeps.html', 'globalThis.swept', isolated)
    const swept = found as Record<string, { sharpes: number[]; warnings: string[] }>
    expect(swept.isolated).toBe(isolated)
    expect(new Set(swept.here.sharpes.filter(Number.isFinite)).size).toBeGreaterThan(3)
    expect(swept.hooks).toEqual(swept.here)
    expect(swept.signals).toEqual(swept.here)
    expect(swept.text).toEqual({ sharpes: swept.here.sharpes, warnings: ['inline_strategy'] })
    expect(swept.builtIn.warnings).toEqual([])
    expect(workers.filter((url) => url === '/hooks.js').length).toBe(2)
    expect(swept.another).toBe(
      'invalid_strategy: sweep: the worker must have the strategy that is swept, other (days), found dips (days). Call serveJobs(strategy) in its file with the same one.',
    )
    expect(swept.bare).toMatch(/^invalid_strategy: sweep: .* found none\./)
    expect(swept.wrong).toMatch(/^worker_failed: workers: .*serveJobs: a class .*found "Dips"/)
    expect(swept.module).toMatch(
      /^invalid_strategy: strategy: .* found Dips, which extends the Strategy of another copy/,
    )
    expect(swept.missing).toMatch(/^worker_failed: workers: a web worker must start and call serveJobs, found /)
  })

  it('a page that forbids workers from texts is told so, and takes files', async () => {
    const policy = "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; worker-src 'self'"
    const server = await servePage(files, false, policy)
    try {
      const swept = await visit(browser!, 'about:blank', async (page) => {
        const said = page.waitForEvent('console', (message) => message.text().startsWith('{'))
        await page.goto(`${server.url}sweeps.html`)
        return JSON.parse((await said).text())
      })
      expect(swept.here.sharpes.length).toBe(6)
      expect(swept.hooks).toEqual(swept.here)
      expect(swept.builtIn).toMatch(
        /^worker_failed: workers: a web worker must start .* allow workers from blob: addresses/,
      )
    } finally {
      await server.close()
    }
  })
})

/** The README's page and its worker, as Vite builds them, as `vite dev` serves them and as esbuild bundles them. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { createServer, build as viteBuild } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bars, expectedOfNode } from './expected.ts'
import { BROWSERS, launch, visit } from './launch.ts'
import { servePage } from './serve.ts'
import { filesOf, makeSite, readmeBlock, readmeCommand, root } from './site.ts'

const scripts = (...names: string[]) =>
  `<!doctype html><title>site</title><body></body>${names.map((name) => `<script type="module" src="${name}"></script>`).join('')}`
const files = {
  ...Object.fromEntries(['pullback.ts', 'worker.js', 'page.js'].map((name) => [name, readmeBlock(name)])),
  'check.js': readFileSync(join(root, 'test/browser/site/check.js'), 'utf8'),
  'index.html': scripts('page.js', 'check.js'),
  'package.json': '{ "type": "module" }',
  'public/equities.csv': bars,
}
const ways: Record<string, Record<string, string>> = {}
let site: ReturnType<typeof makeSite>
let wanted: Awaited<ReturnType<typeof expectedOfNode>>

beforeAll(async () => {
  site = makeSite(files)
  wanted = await expectedOfNode(join(site.folder, 'pullback.ts'))
  const [page, worker, ...options] = readmeCommand('npx esbuild')
  const esbuild = join(root, 'node_modules', 'esbuild', 'bin', 'esbuild')
  execFileSync(esbuild, [page, worker, 'check.js', ...options], { cwd: site.folder, stdio: 'pipe' })
  const bundles = filesOf(join(site.folder, 'dist'))
  ways.esbuild = {
    ...Object.fromEntries(Object.entries(bundles).map(([path, text]) => [`/dist${path}`, text])),
    '/index.html': scripts('dist/page.js', 'dist/check.js'),
    '/equities.csv': bars,
  }
  await viteBuild({ root: site.folder, configFile: false, logLevel: 'error' })
  ways['vite build'] = filesOf(join(site.folder, 'dist'))
})

afterAll(() => site.remove())

/** What stands on the page at last, what the check beside it found, and the workers that the page started. */
async function outcome(page: Page, workers: readonly string[]) {
  await page.waitForFunction("document.body.innerText.includes('sharpe') && globalThis.checked", undefined, {
    timeout: 60_000,
  })
  return {
    text: (await page.evaluate<string>('document.body.innerText')).trim(),
    checked: await page.evaluate('globalThis.checked'),
    workers,
  }
}

describe.each(BROWSERS)('in %s', (name) => {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await launch(name)
  })
  afterAll(async () => {
    await browser?.close()
  })

  const cases = ['vite build', 'esbuild'].flatMap((way) => [true, false].map((isolated) => ({ way, isolated })))
  it.each(cases)("$way: the README's page gives what Node gives, isolated $isolated", async ({ way, isolated }) => {
    const server = await servePage(ways[way], isolated)
    try {
      const found = await visit(browser!, server.url, outcome, true)
      expect(found).toMatchObject({ text: wanted.page, checked: wanted.checked })
      expect(found.workers.filter((url) => /worker\S*\.js$/.test(url)).length).toBeGreaterThan(0)
      expect(found.workers.filter((url) => url.startsWith('blob:')).length).toBe(2)
    } finally {
      await server.close()
    }
  })

  it("vite dev serves the README's page without settings", async () => {
    const dev = await createServer({
      root: site.folder,
      configFile: false,
      logLevel: 'error',
      server: { port: 0, host: '127.0.0.1' },
    })
    try {
      await dev.listen()
      const url = dev.resolvedUrls!.local[0]
      expect(await visit(browser!, url, outcome, true)).toMatchObject({ text: wanted.page, checked: wanted.checked })
    } finally {
      await dev.close()
    }
  })
})

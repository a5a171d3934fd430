import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runScenario } from '../determinism/scenario.ts'
import { bundleForBrowser } from './bundle.ts'
import { BROWSERS, launch } from './launch.ts'
import type { PageResult } from './page.ts'
import { servePage } from './serve.ts'

const modules: Record<string, string> = {}
let node: Awaited<ReturnType<typeof runScenario>>

beforeAll(async () => {
  modules['/page.js'] = (await bundleForBrowser('test/browser/page.ts')).text
  modules['/worker.js'] = (await bundleForBrowser('src/jobs/browser.ts')).text
  modules['/bars.csv'] = 'time,open,high,low,close\n2024-01-01,1,2,1,2\n2024-01-02,2,3,2,3\n'
  // The same library as in the browsers: the built one.
  const built = await bundleForBrowser('test/determinism/scenario.ts')
  const { runScenario: run } = await import(`data:text/javascript,${encodeURIComponent(built.text)}`)
  node = await run()
})

it('the library needs no package in a browser but the loader and comlink', async () => {
  const { metafile } = await bundleForBrowser('src/index.ts')
  const packages = Object.keys(metafile.inputs).flatMap(
    (file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? [],
  )
  expect([...new Set(packages)].sort()).toEqual(['@assemblyscript/loader', 'comlink'])
})

it('the built library gives what the sources give', async () => {
  expect(node).toEqual(await runScenario())
})

describe.each(BROWSERS)('in %s', (name) => {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await launch(name)
  })
  afterAll(async () => {
    await browser?.close()
  })

  it.each([
    { page: 'an isolated page, memory shared with its workers', isolated: true },
    { page: 'a page that is not isolated, memory unshared', isolated: false },
  ])('the fixed scenario gives the bytes of Node on $page', async ({ isolated }) => {
    const server = await servePage(modules, isolated)
    const page = await browser!.newPage()
    try {
      await page.goto(server.url)
      const found: PageResult = await page.evaluate("import('/page.js').then((page) => page.run('/worker.js'))")
      expect(found.isolated).toBe(isolated)
      expect(found.shared).toBe(isolated)
      expect(found.fingerprints).toEqual(node)
      expect(found.here.some((value) => value !== 0 && !Number.isNaN(value))).toBe(true)
      expect(found.workers).toEqual(found.here)
      expect(found.jobsInWorkers).toBe(found.jobsHere)
    } finally {
      await page.close()
      await server.close()
    }
  })
})

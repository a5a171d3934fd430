import { type Browser, chromium, firefox, type Page } from 'playwright-core'
import { findBrowser, missingBrowser } from './find.mjs'

/** The browsers that every page is tried in. */
export const BROWSERS = ['chromium', 'firefox'] as const

/** Starts a browser of this machine. @throws Error that says what to do where there is none */
export async function launch(name: (typeof BROWSERS)[number]): Promise<Browser> {
  const found = findBrowser(name)
  if (!found) throw new Error(missingBrowser(name))
  if (name === 'chromium') return chromium.launch({ executablePath: found.path, args: ['--no-sandbox'] })
  return firefox.launch({ executablePath: found.path, ...(found.patched ? {} : { channel: 'moz-firefox' }) })
}

/** Opens an address and gives `use` the page, with the addresses of its workers. `strict`: what the page throws is thrown here. */
export async function visit<T>(
  browser: Browser,
  url: string,
  use: (page: Page, workers: readonly string[]) => Promise<T>,
  strict = false,
): Promise<T> {
  const page = await browser.newPage()
  const workers: string[] = []
  page.on('worker', (worker) => workers.push(worker.url()))
  try {
    const failed = new Promise<never>((_, reject) => {
      if (strict) page.on('pageerror', reject)
    })
    return await Promise.race([page.goto(url).then(() => use(page, workers)), failed])
  } finally {
    await page.close()
  }
}

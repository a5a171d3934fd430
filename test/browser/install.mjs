/**
 * Makes sure of the two browsers that the tests need: those that are there, else the system's packages where we may
 * install them (Debian and its kin, as root), else playwright's own builds. Ends with code 1 and a sentence where none
 * of that works.
 */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { findBrowser, missingBrowser } from './find.mjs'

const PACKAGES = { chromium: 'chromium', firefox: 'firefox-esr' }
const names = /** @type {('chromium' | 'firefox')[]} */ (['chromium', 'firefox'])
const missing = () => names.filter((name) => !findBrowser(name))
process.on('uncaughtException', ({ message }) => {
  console.error(message)
  process.exit(1)
})

/** Runs a command, its output on standard error; whether it went well. */
function run(command, parameters, env = {}) {
  console.error(`browser tests: ${command} ${parameters.join(' ')}`)
  const { status } = spawnSync(command, parameters, {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...env },
  })
  return status === 0
}

if (missing().length > 0 && process.getuid?.() === 0) {
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' }
  if (run('apt-get', ['update', '-qq'], quiet)) {
    const packages = missing().map((name) => PACKAGES[name])
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet)
  }
}
if (missing().length > 0) {
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js')
  run(process.execPath, [cli, 'install', ...missing()])
}
for (const name of missing()) {
  console.error(missingBrowser(name))
  process.exitCode = 1
}

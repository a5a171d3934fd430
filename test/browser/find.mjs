/** Finds the browsers of the machine. Plain JavaScript: the test set-up runs before anything is built. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, firefox } from 'playwright-core'

/** The variable that names a browser's program, the commands it goes by, and where it lies on other systems. */
const PLACES = {
  chromium: {
    variable: 'CHROME_PATH',
    commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'],
    files: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
      'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
    ],
    own: chromium,
  },
  firefox: {
    variable: 'FIREFOX_PATH',
    commands: ['firefox-esr', 'firefox'],
    files: ['/Applications/Firefox.app/Contents/MacOS/firefox', 'C:\\Program Files\\Mozilla Firefox\\firefox.exe'],
    own: firefox,
  },
}

/**
 * A browser's program: the one its variable names, else one of the system, else playwright's own build of it.
 *
 * @param {'chromium' | 'firefox'} name
 * @returns {{ path: string, patched: boolean } | undefined} `patched`: playwright's own build
 */
export function findBrowser(name) {
  const { variable, commands, files, own } = PLACES[name]
  const given = process.env[variable]
  if (given) {
    if (isProgram(given)) return { path: given, patched: given === own.executablePath() }
    throw new Error(`${variable}: a program is needed, found none at ${given}. Correct it or leave it out.`)
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  for (const command of commands) {
    for (const folder of folders)
      if (isProgram(join(folder, command))) return { path: join(folder, command), patched: false }
  }
  for (const file of files) if (isProgram(file)) return { path: file, patched: false }
  const path = own.executablePath()
  return isProgram(path) ? { path, patched: true } : undefined
}

/**
 * What to do about a browser that is missing, as one sentence.
 *
 * @param {'chromium' | 'firefox'} name
 */
export function missingBrowser(name) {
  return `browser tests: ${name} is needed, found none. Install it, name its program in ${PLACES[name].variable}, or run node test/browser/install.mjs.`
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

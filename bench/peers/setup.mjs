/**
 * Makes the virtual environments with the engines that Fillgrid is compared with (`npm run peers:setup`), in the versions
 * that the recordings of test/parity name: `.venv`, `.venv-zipline` for zipline, whose pandas is another one, and
 * `.venv-indicators` with the indicators of other packages (test/indicators/recorded). Needs
 * Python 3.10 to 3.13. An engine that cannot be installed is named, and the others are there all the same.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const candidates = ['python3.11', 'python3.12', 'python3.10', 'python3.13', 'python3', 'python']

/** What is installed together, and how each engine says its version. */
const environments = [
  {
    folder: '.venv',
    engines: [
      { packages: ['vectorbt==1.2.0', 'vectorbt-rust==1.2.0'], import: 'vectorbt, vectorbt_rust', name: 'vectorbt' },
      { packages: ['backtesting==0.6.6'], import: 'backtesting', name: 'backtesting' },
      { packages: ['backtrader==1.9.78.123'], import: 'backtrader', name: 'backtrader' },
      { packages: ['ml4t-backtest==0.1.0a11'], import: 'ml4t.backtest', name: 'ml4t-backtest' },
    ],
  },
  {
    folder: '.venv-zipline',
    engines: [{ packages: ['zipline-reloaded==3.2.1', 'setuptools<81'], import: 'zipline', name: 'zipline-reloaded' }],
  },
  {
    folder: '.venv-indicators',
    engines: [
      { packages: ['ta-lib==0.8.2'], import: 'talib', name: 'ta-lib' },
      { packages: ['pandas-ta-classic==0.8.32'], import: 'pandas_ta_classic', name: 'pandas-ta-classic' },
    ],
  },
]

/** The version of an interpreter as [major, minor], or undefined where it does not run. */
function versionOf(command) {
  try {
    const text = execFileSync(command, ['-c', 'import sys; print(*sys.version_info[:2])'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    })
    return text.trim().split(' ').map(Number)
  } catch {
    return undefined
  }
}

/** Runs pip or Python; false where it failed, having said why. */
function runs(command, parameters) {
  try {
    execFileSync(command, parameters, { stdio: 'inherit' })
    return true
  } catch {
    return false
  }
}

const python = candidates.find((command) => {
  const version = versionOf(command)
  return version !== undefined && version[0] === 3 && version[1] >= 10 && version[1] <= 13
})

if (python === undefined) {
  console.log('peers: Python 3.10 to 3.13 was not found; the recordings in test/parity stand without it.')
} else {
  const missing = []
  for (const { folder, engines } of environments) {
    const venv = join(root, folder)
    const inside = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
    if (!existsSync(inside)) execFileSync(python, ['-m', 'venv', venv], { stdio: 'inherit' })
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', '--prefer-binary']
    // Together first, so that what they need in common is chosen once; one by one where that cannot be.
    const together = runs(inside, [...pip, ...engines.flatMap((engine) => engine.packages)])
    for (const engine of engines) {
      const installed = together || runs(inside, [...pip, ...engine.packages])
      const check = `import ${engine.import}; from importlib.metadata import version; print("peers: ${engine.name}", version("${engine.name}"))`
      if (!installed || !runs(inside, ['-c', check])) missing.push(engine.name)
    }
  }
  for (const name of missing) console.log(`peers: ${name} could not be installed; its comparisons are left out.`)
}

/**
 * Makes `.venv` with the engines that Fillgrid is compared with (`npm run peers:setup`): vectorbt with both of its
 * engines and backtesting.py, in the versions that the recordings of test/parity name. Needs Python 3.10 or later.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const venv = join(root, '.venv')
const packages = ['vectorbt==1.2.0', 'vectorbt-rust==1.2.0', 'backtesting==0.6.6']
const candidates = ['python3.11', 'python3.12', 'python3.10', 'python3.13', 'python3', 'python']

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

const python = candidates.find((command) => {
  const version = versionOf(command)
  return version !== undefined && (version[0] > 3 || (version[0] === 3 && version[1] >= 10))
})

if (python === undefined) {
  console.log('peers: Python 3.10 or later was not found; the recordings in test/parity stand without it.')
} else {
  const inside = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (!existsSync(inside)) execFileSync(python, ['-m', 'venv', venv], { stdio: 'inherit' })
  const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', ...packages]
  execFileSync(inside, install, { stdio: 'inherit' })
  const check =
    'import vectorbt, vectorbt_rust, backtesting; print("peers: vectorbt", vectorbt.__version__, "backtesting", backtesting.__version__)'
  execFileSync(inside, ['-c', check], { stdio: 'inherit' })
}

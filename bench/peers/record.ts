/**
 * Makes the recordings in test/parity anew: `npm run build`, `npm run peers:setup`, then
 * `node build/bench/peers/record.js`. Real files are read where they are; the others are generated.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { peerPython, root, scratchFolder } from '../host.ts'
import { writeEquities, writeMinutes, writeWorkload } from '../panels.ts'

const python = peerPython()
if (python === undefined) {
  console.log('peers: there is no .venv; run `npm run peers:setup` first.')
} else {
  const folder = scratchFolder()
  writeWorkload(folder)
  writeMinutes(folder, 20_000)
  writeEquities(folder)
  const scripts = join(root, 'bench', 'peers')
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', TQDM_DISABLE: '1' }
  for (const script of ['record_vectorbt.py', 'record_backtesting.py']) {
    const parameters = [join(scripts, script), folder, join(root, '..', 'shared', 'data'), join(root, 'test', 'parity')]
    execFileSync(python, parameters, { stdio: 'inherit', env })
  }
}

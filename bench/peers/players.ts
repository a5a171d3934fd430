import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, scratchFolder } from '../host.ts'
import type { Engine } from './engines.ts'
import type { Outcome } from './outcome.ts'
import type { Scenario } from './scenario.ts'

/** What a player of another engine wrote. */
export interface Played {
  version: string
  python: string
  outcomes: Outcome[]
}

/** The interpreter of an engine's environment (`npm run peers:setup`), if it is there. */
export function pythonOf(engine: Engine): string | undefined {
  const inside = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python'
  const path = join(root, engine.environment, inside)
  return existsSync(path) ? path : undefined
}

/**
 * Plays scenarios in an engine, in one process of its own. With a folder to keep outcomes in they are taken from there where
 * the same scenarios were played by the same script.
 * @throws where the player does not end well
 */
export function playPeer(python: string, engine: Engine, scenarios: readonly Scenario[], keep?: string): Played {
  const folder = scratchFolder()
  const scripts = join(root, 'bench', 'peers')
  const text = JSON.stringify(scenarios)
  const sha = createHash('sha256').update(engine.name).update(text)
  for (const name of [engine.script, 'scenarios.py']) sha.update(readFileSync(join(scripts, name)))
  const kept = keep === undefined ? undefined : join(keep, `${engine.name}-${sha.digest('hex').slice(0, 16)}.json`)
  if (kept !== undefined && existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8')) as Played
  const [source, out] = [join(folder, 'scenarios.json'), join(folder, 'outcomes.json')]
  writeFileSync(source, text)
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', TQDM_DISABLE: '1' }
  const parameters = [join(scripts, engine.script), source, out, engine.name]
  execFileSync(python, parameters, { stdio: ['ignore', 'ignore', 'pipe'], env, maxBuffer: 2 ** 26 })
  const played = readFileSync(out, 'utf8')
  if (kept !== undefined) {
    mkdirSync(join(kept, '..'), { recursive: true })
    writeFileSync(kept, played)
  }
  return JSON.parse(played) as Played
}

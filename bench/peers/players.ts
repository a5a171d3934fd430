import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
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

/** Plays scenarios in an engine, in one process of its own. @throws where the player does not end well */
export function playPeer(python: string, engine: Engine, scenarios: readonly Scenario[]): Played {
  const folder = scratchFolder()
  const [source, out] = [join(folder, 'scenarios.json'), join(folder, 'outcomes.json')]
  writeFileSync(source, JSON.stringify(scenarios))
  const script = join(root, 'bench', 'peers', engine.script)
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', TQDM_DISABLE: '1' }
  execFileSync(python, [script, source, out, engine.name], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env,
    maxBuffer: 2 ** 26,
  })
  return JSON.parse(readFileSync(out, 'utf8')) as Played
}

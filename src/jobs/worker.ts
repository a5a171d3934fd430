import { threadId, workerData } from 'node:worker_threads'
import { move, transferableSymbol, valueSymbol } from 'piscina'
import { Ledger } from '../kernel/ledger.ts'
import { adoptEngine, type Engine } from '../kernel/load.ts'
import type { JobReply, JobSetup } from './executor.ts'
import { movable } from './keep.ts'
import type { JobPiece } from './piece.ts'
import { Runners } from './runners.ts'

/** What a worker thread is started with. */
export interface WorkerData {
  modules: Engine['modules']
  memory: Engine['arena']['memory']
  /** Where it enters what it takes of the memory. */
  ledger: Ledger['buffer']
}

/** A piece of the job with this number; the setup comes when the worker has asked for it. */
export interface WorkerTask {
  id: number
  piece: JobPiece
  setup?: JobSetup
}

/** What strategies print in a worker goes to standard error: standard output belongs to the caller alone. */
process.stdout.write = process.stderr.write.bind(process.stderr)
process.setSourceMapsEnabled(true)

const { modules, memory, ledger } = workerData as WorkerData
const slot = new Ledger(ledger).enter(threadId)
const { arena } = adoptEngine(modules, memory)
if (slot) arena.inherit(slot)

/** Readers of files are loaded when there is a file to be read: most threads never have one. */
const runners = new Runners(async (reference) => (await import('./files.ts')).loadFiles(reference))

/** The worker thread's entry: runs one piece. A new job takes the place of the last one and its memory. */
export default async function work({ id, piece, setup }: WorkerTask): Promise<ReturnType<typeof move> | JobReply> {
  const reply = await runners.reply(id, piece, setup)
  if (!('metrics' in reply)) return reply
  return move({ [transferableSymbol]: [reply.metrics.buffer, ...movable(reply.runs)], [valueSymbol]: reply })
}

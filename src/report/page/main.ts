/** The script of a page: unpacks what the page holds and draws it. */
import { drawComparison } from './comparison.ts'
import { unpack } from './decode.ts'
import { drawRun } from './run.ts'
import { drawSweep } from './sweepcharts.ts'

const textOf = (id: string) => document.getElementById(id)?.textContent ?? ''

const draw = { run: drawRun, compare: drawComparison, sweep: drawSweep }[
  document.documentElement.dataset.kind as 'run' | 'compare' | 'sweep'
]

try {
  draw(JSON.parse(textOf('meta')), await unpack(textOf('data')))
  document.documentElement.dataset.drawn = 'yes'
} catch (error) {
  const said = document.createElement('p')
  said.className = 'warning'
  said.setAttribute('role', 'alert')
  said.textContent = `The charts of this page cannot be drawn: ${error instanceof Error ? error.message : String(error)}`
  document.querySelector('main')?.prepend(said)
  throw error
}

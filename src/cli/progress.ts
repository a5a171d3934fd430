import cliProgress from 'cli-progress'
import { formatNumber, formatSeconds } from '../report/format.ts'
import type { SweepProgress } from '../sweep/sweep.ts'

/** Shows how far a sweep is, on standard error. */
export interface ProgressView {
  show(progress: SweepProgress): void
  /** Ends it; on a terminal the bar goes, elsewhere a last line stays. */
  end(): unknown
}

/** Between two plain lines at least this many ms go by. */
const LINE_MS = 2000

/** A bar on a terminal, a plain line every two seconds elsewhere. */
export function progressView(stream: NodeJS.WriteStream = process.stderr): ProgressView {
  return stream.isTTY ? barView(stream) : lineView(stream)
}

function barView(stream: NodeJS.WriteStream): ProgressView {
  const bar = new cliProgress.SingleBar({
    format: '{bar} {percentage}%  {value} of {total} sets  {rate} a second  {left} left',
    stream,
    hideCursor: true,
    clearOnComplete: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    fps: 10,
  })
  let started = false
  return {
    show({ done, total, rate, secondsLeft }) {
      const words = { rate: whole(rate), left: formatSeconds(secondsLeft) }
      if (started) bar.update(done, words)
      else bar.start(total, done, words)
      started = true
    },
    end: () => started && bar.stop(),
  }
}

function lineView(stream: NodeJS.WriteStream): ProgressView {
  let last = performance.now()
  let pending: SweepProgress | undefined
  const write = ({ done, total, rate, secondsLeft }: SweepProgress) => {
    const left = done < total ? `, ${formatSeconds(secondsLeft)} left` : ''
    stream.write(`sweep: ${whole(done)} of ${whole(total)} sets, ${whole(rate)} a second${left}\n`)
  }
  return {
    show(progress) {
      pending = progress
      if (performance.now() - last < LINE_MS) return
      last = performance.now()
      pending = undefined
      write(progress)
    },
    end: () => pending && write(pending),
  }
}

function whole(value: number): string {
  return formatNumber(Math.round(value), 'count')
}

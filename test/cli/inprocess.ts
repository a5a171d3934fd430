import type { Console } from '../../src/cli/console.ts'
import { runCommandLine } from '../../src/cli/program.ts'

/** Runs the command line in this process; what it printed, and the exit status. */
export async function inProcess(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const [stdout, stderr]: string[][] = [[], []]
  const console: Console = {
    print: (text) => stdout.push(text),
    json: (text) => stdout.push(text),
    note: (text) => stderr.push(text),
    stopped: false,
  }
  return { status: await runCommandLine(args, console), stdout: stdout.join(''), stderr: stderr.join('\n') }
}

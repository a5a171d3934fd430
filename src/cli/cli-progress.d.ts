/** What is used of cli-progress, which ships no types. */
declare module 'cli-progress' {
  export interface Options {
    format?: string
    stream?: NodeJS.WritableStream
    hideCursor?: boolean
    clearOnComplete?: boolean
    barCompleteChar?: string
    barIncompleteChar?: string
    fps?: number
    etaBuffer?: number
  }
  export class SingleBar {
    constructor(options: Options)
    start(total: number, value: number, payload?: Record<string, unknown>): void
    update(value: number, payload?: Record<string, unknown>): void
    stop(): void
  }
  const all: { SingleBar: typeof SingleBar }
  export default all
}

/** Awaits promises of hooks, and gives them up where a signal says so. */
export class Awaiting {
  readonly #signal: AbortSignal | undefined
  readonly #aborted: () => Error
  #abandoned = false

  /** @param aborted makes the error of an abort */
  constructor(signal: AbortSignal | undefined, aborted: () => Error) {
    this.#signal = signal
    this.#aborted = aborted
  }

  /** A promise that was given up has not settled yet. */
  get abandoned(): boolean {
    return this.#abandoned
  }

  /** @throws the error of an abort, where the signal has been given */
  check(): void {
    if (this.#signal?.aborted) throw this.#aborted()
  }

  /**
   * Waits until a promise settles or the signal is given.
   *
   * @param givenUp told where the promise is left to itself
   */
  async wait(promise: PromiseLike<unknown>, givenUp: () => void): Promise<void> {
    const signal = this.#signal
    if (!signal) {
      await promise
      return
    }
    let settled = false
    const done = Promise.resolve(promise).finally(() => {
      settled = true
      this.#abandoned = false
    })
    let stop = () => {}
    const aborted = new Promise<never>((_, reject) => {
      stop = () => reject(this.#aborted())
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop, { once: true })
    })
    try {
      await Promise.race([done, aborted])
    } catch (error) {
      if (!settled) {
        this.#abandoned = true
        // Nobody waits for it any more.
        done.catch(() => {})
        givenUp()
      }
      throw error
    } finally {
      signal.removeEventListener('abort', stop)
      aborted.catch(() => {})
    }
  }
}

/** Whether something can be awaited. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as PromiseLike<unknown>).then === 'function'
  )
}

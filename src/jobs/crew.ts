/**
 * Workers that are hired together, lent out one at a time, and replaced when they die. Where one cannot be replaced the
 * others go on; where none is left whoever waits is told, and the next who asks has one hired again.
 */
export class Crew<W> {
  readonly #hire: () => Promise<W>
  readonly #idle: W[] = []
  readonly #waiting: { take: (one: W) => void; refuse: (cause: unknown) => void }[] = []
  /** Hired, or being hired. */
  #alive = 0
  /** How many could not be replaced. */
  #lacking = 0
  #closed = false

  /** @param hire makes a worker; what it rejects with is what whoever waits is told */
  constructor(hire: () => Promise<W>) {
    this.#hire = hire
  }

  /** Hires the first ones. Rejects where one cannot be had. */
  async fill(count: number): Promise<void> {
    for (const one of await Promise.all(Array.from({ length: count }, () => this.#another()))) this.give(one)
  }

  /** Workers that do nothing now. */
  get idle(): readonly W[] {
    return this.#idle
  }

  /** The next worker that is free. */
  async take(): Promise<W> {
    const one = this.#idle.pop()
    if (one) return one
    if (this.#lacking > 0) {
      this.#lacking--
      try {
        return await this.#another()
      } catch (cause) {
        this.#lacking++
        if (this.#alive === 0) throw cause
      }
    }
    return new Promise((take, refuse) => this.#waiting.push({ take, refuse }))
  }

  /** Gives a worker back. */
  give(one: W): void {
    const next = this.#waiting.shift()
    if (next) next.take(one)
    else this.#idle.push(one)
  }

  /** Hires another for one that was taken and is gone. */
  async replace(): Promise<void> {
    this.#alive--
    if (this.#closed) return
    try {
      this.give(await this.#another())
    } catch {
      // Whoever needed it has been told, or will be when asking for one.
      this.#lacking++
    }
  }

  /** Hires nobody any more. */
  close(): void {
    this.#closed = true
  }

  async #another(): Promise<W> {
    this.#alive++
    try {
      return await this.#hire()
    } catch (cause) {
      if (--this.#alive === 0) for (const { refuse } of this.#waiting.splice(0)) refuse(cause)
      throw cause
    }
  }
}

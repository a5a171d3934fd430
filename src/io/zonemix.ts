/** Stamps that name their zone, and those that do not. */
export interface ZoneMix {
  zoned: number
  naive: number
  /** Offsets of zoned stamps in minutes, in the order they appear, at most eight. */
  offsets: readonly number[]
  /** 1 where a row's stamp names its zone; undefined where all do or none does. */
  flags?: Uint8Array
}

/** Counts stamps with and without zone, row by row. */
export class ZoneTally {
  #zoned = 0
  #flags: Uint8Array | undefined
  readonly #offsets: number[] = []

  /**
   * Notes whether the stamp of a row names its zone; flags are kept from the first row that differs on. Rows before the
   * first with a zone need not be noted.
   *
   * @param capacity rows there is room for
   */
  mark(row: number, zoned: number, capacity: number): void {
    if (this.#zoned < row || zoned === 0) {
      if (this.#flags === undefined) {
        this.#flags = new Uint8Array(capacity)
        if (this.#zoned > 0) this.#flags.fill(1, 0, row)
      } else if (this.#flags.length <= row) {
        const flags = new Uint8Array(capacity)
        flags.set(this.#flags)
        this.#flags = flags
      }
      this.#flags[row] = zoned
    }
    this.#zoned += zoned
  }

  /** Whether a row with a zone was met. */
  get met(): boolean {
    return this.#zoned > 0
  }

  /** Notes the offset of a stamp, minutes east. */
  offset(minutes: number): void {
    const offsets = this.#offsets
    if (offsets.length < 8 && offsets.at(-1) !== minutes && !offsets.includes(minutes)) offsets.push(minutes)
  }

  /** What was counted over so many rows. */
  mix(rows: number): ZoneMix {
    const zoned = this.#zoned
    const flags = zoned > 0 && zoned < rows ? this.#flags?.subarray(0, rows) : undefined
    return { zoned, naive: rows - zoned, offsets: this.#offsets, flags }
  }
}

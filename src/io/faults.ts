import { type CheckName, type CheckOutcome, MOST_OFFENCES, type Offence, type Policy } from '../market/checks.ts'

/** Why a row cannot be read. Thrown by the row loop and no further: an Error would take the stack for every bad row. */
export interface RowFault {
  check: CheckName
  /** Name of the column; undefined where the row as a whole is wrong. */
  column: string | undefined
  /** Rule and finding, as `fileError` takes them. */
  rule: string
  found: string
  way: string
}

/** Rows that could not be read and were left out. */
export class Faults {
  readonly #found = new Map<CheckName, { count: number; first: Offence[] }>()

  /** One more row that fails a check. */
  add(check: CheckName, offence: Offence): void {
    const seen = this.#found.get(check) ?? { count: 0, first: [] }
    seen.count++
    if (seen.first.length < MOST_OFFENCES) seen.first.push(offence)
    this.#found.set(check, seen)
  }

  /** What was counted. */
  outcomes(policies: Readonly<Record<CheckName, Policy>>): CheckOutcome[] {
    return [...this.#found].map(([check, { count, first }]) => ({ check, policy: policies[check], count, first }))
  }
}

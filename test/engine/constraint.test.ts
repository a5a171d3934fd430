import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { parseConstraint } from '../../src/expression/constraint.ts'

const types = new Map([
  ['fast', 'number'],
  ['slow', 'number'],
  ['mode', 'string'],
  ['shorts', 'boolean'],
] as const)

function holds(source: string, ...values: (number | string | boolean)[]): boolean {
  return parseConstraint(source, types).every((condition) => condition.test(values))
}

describe('a constraint', () => {
  it.each([
    ['fast < slow', true],
    ['fast>slow', false],
    ['fast <= 10 and slow >= 30', true],
    ['fast == 10 && !(slow == 10)', true],
    ['fast != 10 or slow != 30', false],
    ['fast != 10 || slow == 30', true],
    ['5 < fast < slow < 31', true],
    ['5 < fast < 10', false],
    ['slow - fast * 2 == 10', true],
    ['(slow - fast) * 2 == 40', true],
    ['slow / fast == 3 and -fast < 0', true],
    ['slow - fast - 5 == 15', true],
    ['not shorts', false],
    ['shorts and mode == "ema"', true],
    ["mode != 'ema'", false],
    ['shorts == true', true],
    ['fast < 1e1 or fast < 10.5', true],
    ['false or .5 < 1', true],
    ['fast < 5 or slow < 5 and shorts', false],
  ])('%s is %s', (source, expected) => {
    expect(holds(source, 10, 30, 'ema', true)).toBe(expected)
  })

  it('splits what must hold together, with the parameters each part reads', () => {
    const parts = parseConstraint('fast < slow and (slow < 200 and shorts) and mode == "a"', types)
    expect(parts.map((part) => part.slots)).toEqual([[0, 1], [1], [3], [2]])
    expect(parseConstraint('fast < 5 or slow < 5', types)).toHaveLength(1)
  })

  it.each([
    ['', 1, 'a parameter, a number or a parenthesis must stand here, found the end'],
    ['fast <', 7, 'found the end'],
    ['fast < wide', 8, 'a name must be a parameter, found "wide"'],
    ['fast = slow', 6, 'two values are compared with =='],
    ['fast + slow', 1, 'a constraint must be true or false, not a number'],
    ['(fast < slow', 13, 'an open parenthesis must be closed'],
    ['fast < slow)', 12, 'an operator must join two values'],
    ['fast slow', 6, 'an operator must join two values'],
    ['fast < mode', 6, 'a number must stand beside this, a string does not fit'],
    ['mode == 1', 6, 'a string must stand beside this, a number does not fit'],
    ['fast and slow', 6, 'a boolean must stand beside this'],
    ['fast < slow ; process', 13, 'only names, numbers'],
    ['fast.constructor < 1', 5, 'only names, numbers'],
    ['mode == "a', 9, 'only names, numbers'],
    ['fast < and', 8, 'must stand here, found "and"'],
  ])('refuses %j at column %i', (source, column, message) => {
    let error: unknown
    try {
      parseConstraint(source, types)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(FillgridError)
    expect(error).toMatchObject({ code: 'invalid_space', place: { column } })
    expect((error as Error).message).toContain(message)
    expect((error as Error).message).toContain(`at column ${column} of`)
  })
})

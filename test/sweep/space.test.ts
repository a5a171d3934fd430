import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { makeAxis, parseAxis } from '../../src/sweep/axis.ts'
import { grid, Space } from '../../src/sweep/space.ts'

function failure(run: () => unknown): FillgridError {
  try {
    run()
  } catch (error) {
    if (error instanceof FillgridError) return error
    throw error
  }
  throw new Error('no error was thrown')
}

function valuesOf(text: string) {
  const { name, input } = parseAxis(text)
  const axis = makeAxis(name, input)
  return Array.from({ length: axis.count }, (_, i) => axis.value(i))
}

describe('an axis', () => {
  it('has both ends of a range', () => {
    expect(valuesOf('fast=5:50:5')).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50])
    expect(valuesOf('fast=5:52:5')).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50])
    expect(valuesOf('fast=3:5')).toEqual([3, 4, 5])
    expect(valuesOf('fast=5:5:1')).toEqual([5])
    expect(valuesOf('fast=30:10:-10')).toEqual([30, 20, 10])
  })

  it('works fractions out by index, as they are written', () => {
    expect(valuesOf('x=0.1:0.5:0.1')).toEqual([0.1, 0.2, 0.3, 0.4, 0.5])
    expect(valuesOf('x=0:1:0.001')).toHaveLength(1001)
    expect(valuesOf('x=0:1:0.001')[567]).toBe(0.567)
    expect(valuesOf('x=-0.3:0.3:0.3')).toEqual([-0.3, 0, 0.3])
    const third = makeAxis('x', { from: 0, to: 1, step: 1 / 3 })
    expect([third.count, third.value(3)]).toEqual([4, 1])
  })

  it('reads lists of numbers, words and flags', () => {
    expect(valuesOf('a=1,2.5,1e3')).toEqual([1, 2.5, 1000])
    expect(valuesOf('mode=sma, ema')).toEqual(['sma', 'ema'])
    expect(valuesOf('shorts=true,false')).toEqual([true, false])
    expect(valuesOf('length=14')).toEqual([14])
  })

  it.each([
    ['fast', 'a parameter and its values are needed'],
    ['fast=', 'a parameter and its values are needed'],
    ['=1:2', 'a parameter and its values are needed'],
    ['2fast=1', "a parameter's name must be a word"],
    ['fast=a:b', 'from:to or from:to:step in numbers'],
    ['fast=1:2:3:4', 'from:to or from:to:step in numbers'],
    ['fast=1::2', 'from:to or from:to:step in numbers'],
    ['fast=1:2:0', 'a step must not be 0, found fast=1:2:0, a range of zero values'],
    ['fast=2:1', 'a step must lead from the first value to the last, found fast=2:1, a range of zero values'],
    ['fast=0.1:0.9', 'a range of fractions needs a step'],
    ['fast=1:5e9', 'at most 2^32 values, found 5000000000'],
    ['fast=1,,2', 'no value may be empty'],
    ['fast=1,a', 'must be of one type, found 1 and "a"'],
    ['fast=1,2,1.0', 'found 1 twice'],
  ])('refuses %s', (text, message) => {
    const error = failure(() => valuesOf(text))
    expect(error.code).toBe('invalid_space')
    expect(error.message).toContain(message)
  })
})

describe('a space', () => {
  it('finds a set by its number, the last parameter first', () => {
    const space = grid({ fast: { from: 1, to: 3 }, mode: ['a', 'b'], stop: [0.1, 0.2] })
    expect(space.product).toBe(12)
    expect(space.count).toBe(12)
    expect(space.at(0)).toEqual({ fast: 1, mode: 'a', stop: 0.1 })
    expect(space.at(1)).toEqual({ fast: 1, mode: 'a', stop: 0.2 })
    expect(space.at(2)).toEqual({ fast: 1, mode: 'b', stop: 0.1 })
    expect(space.at(11)).toEqual({ fast: 3, mode: 'b', stop: 0.2 })
    expect(Object.keys(space.at(5))).toEqual(['fast', 'mode', 'stop'])
    expect([...space.indexes()]).toEqual(Array.from({ length: 12 }, (_, i) => i))
  })

  it('leaves out the sets that break a constraint, whatever parameter it stands on', () => {
    const input = { c: [1, 2], fast: { from: 1, to: 4 }, slow: { from: 1, to: 4 }, d: ['x', 'y', 'z'] }
    for (const where of [
      'fast < slow',
      'c == 2',
      'c + fast > slow and d != "y"',
      ['fast < slow', 'slow <= 3'],
      '1 < 2',
      'c < fast < slow',
    ]) {
      const space = new Space(input, where)
      const test = (p: Record<string, unknown>) => {
        const [c, fast, slow, d] = [p.c as number, p.fast as number, p.slow as number, p.d]
        if (where === 'fast < slow') return fast < slow
        if (where === 'c == 2') return c === 2
        if (where === '1 < 2') return true
        if (where === 'c < fast < slow') return c < fast && fast < slow
        return typeof where === 'string' ? c + fast > slow && d !== 'y' : fast < slow && slow <= 3
      }
      const expected = Array.from({ length: space.product }, (_, i) => i).filter((i) => test(space.at(i)))
      expect([...space.indexes()]).toEqual(expected)
      expect(space.count).toBe(expected.length)
    }
  })

  it('lists the sets that hold, gives way meanwhile, and stops where it is told', async () => {
    const some = grid({ a: { from: 1, to: 60 }, b: { from: 1, to: 60 } }, ['a < b'])
    expect(await some.list(10_000)).toEqual(Float64Array.from(some.indexes()))
    expect(await grid({ a: { from: 1, to: 5000 } }).list(5000)).toEqual(
      Float64Array.from({ length: 5000 }, (_, i) => i),
    )
    await expect(grid({ a: { from: 1, to: 5001 } }).list(5000)).rejects.toMatchObject({ code: 'memory_limit' })
    await expect(grid({ a: [1, 2], b: [1] }, 'a < b').list(9)).rejects.toMatchObject({ code: 'invalid_space' })
    // Nearly none of 2^32 holds: looking for them takes long.
    const side = { from: 1, to: 65536 }
    const stop = new AbortController()
    let turns = 0
    const count = setInterval(() => ++turns === 3 && stop.abort(), 1)
    const found = await grid({ a: side, b: side }, ['b < 0']).list(1e6, stop.signal)
    clearInterval(count)
    expect(turns).toBeGreaterThanOrEqual(3)
    expect(found.length).toBe(0)
  })

  it('counts 2^32 sets without listing them', () => {
    const space = grid({ a: { from: 1, to: 65536 }, b: { from: 0, to: 65535 } })
    expect(space.product).toBe(2 ** 32)
    expect(space.count).toBe(2 ** 32)
    expect(space.at(2 ** 32 - 1)).toEqual({ a: 65536, b: 65535 })
    const narrow = grid({ a: { from: 1, to: 65536 }, b: { from: 0, to: 65535 } }, 'a == 7')
    expect(narrow.count).toBe(65536)
  })

  it('refuses none and too many', () => {
    const most = failure(() => grid({ a: { from: 1, to: 65536 }, b: { from: 0, to: 65536 } }))
    expect([most.code, most.message]).toEqual([
      'invalid_space',
      expect.stringContaining('found 4295032832 (a 65536 x b 65537)'),
    ])
    expect(failure(() => grid({}))).toMatchObject({
      code: 'invalid_space',
      message: expect.stringContaining('zero sets'),
    })
    expect(failure(() => grid({ a: [] }))).toMatchObject({ code: 'invalid_space' })
    const none = failure(() => grid({ a: [1, 2], b: [1] }, 'a < b').count)
    expect([none.code, none.message]).toEqual(['invalid_space', expect.stringContaining('found zero of 2')])
    expect(failure(() => grid({ a: [1] }).at(1)).code).toBe('out_of_range')
    for (const where of [null, 5, {}, () => true, ['a < 2', () => true]])
      expect(failure(() => grid({ a: [1] }, where as never))).toMatchObject({
        code: 'invalid_space',
        message: expect.stringContaining('constraints must be text'),
      })
  })
})

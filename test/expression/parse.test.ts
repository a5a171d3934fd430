/** What can be written, and what is said of what cannot. */
import { describe, expect, it } from 'vitest'
import { Expression } from '../../src/expression/expression.ts'
import { readExpression } from '../../src/expression/json.ts'
import { parseExpression } from '../../src/expression/parse.ts'
import { printExpression } from '../../src/expression/print.ts'
import { expressions } from '../../src/signals/builders.ts'
import { vocabulary } from '../../src/signals/vocabulary.ts'

const WORDS = vocabulary(['mood'], new Map([['fast', 'number'] as const, ['on_', 'condition'] as const]))
const parse = (text: string) => parseExpression(text, WORDS)
const { bollinger, close, column, macd, sma, where, greaterThan } = expressions

describe('a text', () => {
  it.each([
    ['sma(20)', 'sma(close, 20)'],
    ['sma()', 'sma(close, 20)'],
    ['sma(high, length=5)', 'sma(high, 5)'],
    ['sma(fast)', 'sma(close, fast)'],
    ['close[2] > open', 'shift(close, 2) > open'],
    ['close[0]', 'close'],
    ['1 < close < 5', '1 < close and close < 5'],
    ['!(close > 1 || mood == 2) && true', 'not (close > 1 or mood == 2) and true'],
    ['-close * -2', '-close * -2'],
    ['--2', '2'],
    ['(close - open) - (high - low)', 'close - open - (high - low)'],
    ['a_', ''],
    ['macd(close, fast=5, smooth=3).signal', 'macd(close, 5, 26, 3).signal'],
    ['bollinger(close, 20, 2.5).upper', 'bollinger(close, 20, 2.5).upper'],
    ["session('09:30', '16:00')", "session('09:30', '16:00')"],
    ["on('1d', sma(close, 20), 'NYSE')", "on('1d', sma(close, 20), 'NYSE')"],
    ['5%', 'percent(5)'],
    ['sma(close / open, 3)', 'sma(close / open, 3)'],
    ['not not on_', 'not not on_'],
    ['1e3 + .5', '1000 + 0.5'],
  ])('%s', (text, printed) => {
    if (printed === '') expect(() => parse(text)).toThrow(/not a column or a parameter/)
    else {
      expect(printExpression(parse(text))).toBe(printed)
      expect(parse(printed)).toEqual(parse(text))
    }
  })

  it.each<[string, string, number, RegExp]>([
    ['close >', 'invalid_expression', 8, /found the end/],
    ['close > > 1', 'invalid_expression', 9, /found ">"/],
    ['(close > 1', 'invalid_expression', 11, /parenthesis must be closed/],
    ['close = 1', 'invalid_expression', 7, /compared with ==/],
    ['close > 1 close', 'invalid_expression', 11, /an operator or the end/],
    ['closee > 1', 'unknown_name', 1, /Did you mean close/],
    ['smaa(close, 3)', 'unknown_name', 1, /Did you mean sma/],
    ['sma', 'invalid_expression', 1, /called with parentheses/],
    ['macd(close).signall', 'unknown_name', 13, /Did you mean signal/],
    ['sma(close, lenght=3)', 'unknown_name', 1, /Did you mean length/],
    ['sma(close, 3, length=4)', 'invalid_expression', 1, /given twice/],
    ['sma(close, 0)', 'invalid_expression', 1, /from 1 to/],
    ['sma(close, 2.5)', 'invalid_expression', 1, /a whole number/],
    ['close and open', 'invalid_expression', 7, /a must be a condition, found a number/],
    ['rank(close > 1)', 'invalid_expression', 1, /x must be a number, found a condition/],
    ['shift(close, 0 - 1)', 'invalid_expression', 1, /bars must be a whole number/],
    ['close[-1]', 'invalid_expression', 6, /bars must be a whole number from 1/],
    ["asset('A', close", 'invalid_expression', 17, /a comma or a closing parenthesis/],
    ["session('09:30)", 'invalid_expression', 9, /quotation mark/],
    ['close # 1', 'invalid_expression', 7, /has no meaning here/],
    ['', 'invalid_expression', 1, /found the end/],
    [`${'('.repeat(300)}1${')'.repeat(300)}`, 'invalid_expression', 201, /at most 200/],
    [Array.from({ length: 300 }, () => 'close').join(' + '), 'invalid_expression', 1, /at most 200/],
  ])('%s is refused', (text, code, column, message) => {
    try {
      parse(text)
    } catch (error) {
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
      if (code !== 'invalid_expression' || !text.includes(' + '))
        expect((error as { place: object }).place).toEqual({ column })
      // The caret stands below its column.
      const lines = (error as Error).message.split('\n')
      expect(lines[2].length).toBe((error as { place: { column: number } }).place.column + 2)
      return
    }
    throw new Error('it was read')
  })
})

it('a name that is a column and a parameter is refused, not one of them taken', () => {
  const words = vocabulary([], new Map([['close', 'number' as const]]))
  expect(() => parseExpression('sma(20) > close', words)).toThrow(/a column and a parameter of the strategy too/)
})

describe('builders', () => {
  it('make what the text says', () => {
    expect(String(sma(close, 20))).toBe('sma(close, 20)')
    expect(String(sma({ length: 5 }))).toBe('sma(close, 5)')
    expect(String(macd(close, 12, 26).signal)).toBe('macd(close, 12, 26, 9).signal')
    expect(String(bollinger(close, { width: 3 }).upper)).toBe('bollinger(close, 20, 3).upper')
    expect(String(where(greaterThan(column('mood'), 0), 1, close))).toBe('where(mood > 0, 1, close)')
    expect(sma(close, 20).equals(sma(20))).toBe(true)
  })

  it('refuse what is none', () => {
    const loose = expressions as unknown as Record<string, (...given: unknown[]) => unknown>
    expect(() => loose.add(close, '1')).toThrow(/b must be a number/)
    expect(() => loose.add(close, null)).toThrow(/found null/)
    expect(() => loose.add(close, Number.NaN)).toThrow(/finite/)
    expect(() => loose.add(close)).toThrow(/2 arguments/)
    expect(() => loose.sma(close, { lenght: 3 })).toThrow(/length/)
  })
})

describe('JSON', () => {
  it('is read back', () => {
    const node = parse("crossedAbove(sma(close, fast), macd(close).signal) and session('09:30', '16:00')")
    expect(readExpression(JSON.parse(JSON.stringify(node)), WORDS)).toEqual(node)
  })

  it.each([
    [null, 'invalid_expression'],
    [{ kind: 'call', name: 'eval', of: [] }, 'unknown_name'],
    [{ kind: 'call', name: 'add', of: [{ kind: 'number', value: 1 }] }, 'invalid_expression'],
    [{ kind: 'number', value: null }, 'invalid_expression'],
    [{ kind: 'column', name: 'price' }, 'unknown_name'],
    [{ kind: 'parameter', name: 'fast', type: 'condition' }, 'invalid_expression'],
    [{ kind: 'indicator', name: 'sma', of: [], values: { size: { kind: 'number', value: 3 } } }, 'unknown_name'],
    [{ kind: 'indicator', name: 'sma', of: [], values: {}, output: 'upper' }, 'unknown_name'],
  ])('%j is refused', (data, code) => {
    expect(() => readExpression(data, WORDS)).toThrow(expect.objectContaining({ code }))
  })

  it('what circles in itself is refused', () => {
    const loop: { kind: string; name: string; of: unknown[] } = { kind: 'call', name: 'negate', of: [] }
    loop.of.push(loop)
    expect(() => readExpression(loop, WORDS)).toThrow(/at most 200/)
  })
})

it('expressions are frozen', () => {
  expect(Object.isFrozen(close)).toBe(true)
  expect(close).toBeInstanceOf(Expression)
})

import { describe, expect, it } from 'vitest'
import { parseSetting } from '../../src/cli/notation.ts'
import { parseFraction, parseParameter, readCount, readNumber, UsageError } from '../../src/cli/values.ts'

const parseCommission = (text: string) => parseSetting('commission', text)
const parseSlippage = (text: string) => parseSetting('slippage', text)
const parseAccount = (text: string) => parseSetting('account', text)
const parseSize = (text: string) => parseSetting('size', text)
const parseRule = (text: string) => parseSetting('rules', text)

describe('fractions', () => {
  it.each([
    ['5%', 0.05],
    ['0.05', 0.05],
    ['150%', 1.5],
    ['1', 1],
    ['.5', 0.5],
    [' 2.5% ', 0.025],
  ])('%s is %d', (text, value) => expect(parseFraction(text, '--stop')).toBe(value))

  it('refuses a bare number over 1, which may mean percent', () => {
    expect(() => parseFraction('5', '--stop')).toThrow(
      '--stop: a bare number over 1 may mean percent or a fraction, found "5". Write 5% or 0.05.',
    )
    expect(() => parseFraction('1.01', '--trail')).toThrow(UsageError)
  })

  it.each(['', '%', 'five', '0', '-5%', '5%%', 'NaN', 'Infinity', '1e999'])('refuses %j', (text) => {
    expect(() => parseFraction(text, '--stop')).toThrow(UsageError)
  })
})

it('reads commissions', () => {
  expect(parseCommission('0.1%')).toEqual({ type: 'fraction', rate: 0.001 })
  expect(parseCommission('0.0004')).toEqual({ type: 'fraction', rate: 0.0004 })
  expect(parseCommission('-0.01%')).toEqual({ type: 'fraction', rate: -0.0001 })
  expect(parseCommission('per-unit:0.005:1')).toEqual({ type: 'per-unit', amount: 0.005, minimum: 1 })
  expect(parseCommission('per-unit:0.005')).toEqual({ type: 'per-unit', amount: 0.005 })
  const upTo3 = { type: 'per-unit', amount: 0.005, minimum: 1, maximum: 3 }
  expect(parseCommission('per-unit:0.005:1:3')).toEqual(upTo3)
  expect(parseCommission('per-unit:0.005:1:inf')).toEqual({ ...upTo3, maximum: Number.POSITIVE_INFINITY })
  expect(parseCommission('maker-taker:-0.01%:0.05%')).toEqual({ type: 'maker-taker', maker: -0.0001, taker: 0.0005 })
  expect(parseCommission('per-trade:5')).toEqual({ type: 'per-trade', amount: 5 })
  expect(parseCommission('0.1%+1')).toEqual({ type: 'fraction-plus-fixed', rate: 0.001, fixed: 1 })
  expect(parseCommission('tiered:10000=0.2%,inf=0.1%')).toEqual({
    type: 'tiered',
    tiers: [
      { upTo: 10000, rate: 0.002 },
      { upTo: Number.POSITIVE_INFINITY, rate: 0.001 },
    ],
  })
  expect(parseCommission('none')).toEqual({ type: 'none' })
  for (const text of ['5', 'per-unit', 'per-unit:1:2:3:4', 'maker-taker:0.01%', 'tiered:1', 'free', '0.1%:1', ''])
    expect(() => parseCommission(text)).toThrow(UsageError)
})

it('reads slippage', () => {
  expect(parseSlippage('0.05%')).toEqual({ type: 'fraction', rate: 0.0005 })
  expect(parseSlippage('per-unit:0.01')).toEqual({ type: 'per-unit', amount: 0.01 })
  expect(parseSlippage('volume-share:10%')).toEqual({ type: 'volume-share', rate: 0.1 })
  expect(parseSlippage('pips:1.5')).toEqual({ type: 'pips', amount: 1.5 })
  expect(parseSlippage('ticks:2')).toEqual({ type: 'ticks', amount: 2 })
  for (const text of ['2', 'volume-share', 'points:1', '']) expect(() => parseSlippage(text)).toThrow(UsageError)
})

it('reads accounts', () => {
  expect(parseAccount('margin')).toEqual({ type: 'margin' })
  expect(parseAccount('margin:50%:25%')).toEqual({ type: 'margin', initial: 0.5, maintenance: 0.25 })
  expect(parseAccount('margin:0.5')).toEqual({ type: 'margin', initial: 0.5 })
  expect(parseAccount('cash')).toEqual({ type: 'cash' })
  expect(parseAccount('unlimited')).toEqual({ type: 'unlimited' })
  for (const text of ['margin:50', 'cash:1', 'credit', 'margin:1:1:1'])
    expect(() => parseAccount(text)).toThrow(UsageError)
})

it('reads sizes, and refuses a bare number', () => {
  expect(parseSize('50%')).toEqual({ type: 'fraction', amount: 0.5 })
  for (const text of ['30% of equity', '30%  OF equity', ' 30 % of equity '])
    expect(parseSize(text)).toEqual({ type: 'fraction', amount: 0.3 })
  for (const text of ['30% of cash', '30%ofequity', '% of equity', '30% of equity!'])
    expect(() => parseSize(text)).toThrow(UsageError)
  expect(parseSize('30% of equity')).toEqual({ type: 'fraction', amount: 0.3 })
  expect(parseSize('value:10000')).toEqual({ type: 'value', amount: 10000 })
  expect(parseSize('$10_000')).toEqual({ type: 'value', amount: 10000 })
  expect(parseSize('units:10')).toEqual({ type: 'units', amount: 10 })
  expect(() => parseSize('10')).toThrow('Write units:AMOUNT, value:AMOUNT, N%.')
  for (const text of ['lots:3', 'units:', '%', '$', '50% of it']) expect(() => parseSize(text)).toThrow(UsageError)
})

it('reads rules, field by field or by name', () => {
  expect(parseRule('stop:5%')).toEqual({ type: 'stop', distance: 0.05 })
  expect(parseRule('stop:2:price')).toEqual({ type: 'stop', distance: 2, unit: 'price' })
  expect(parseRule('target:5%:fraction:exit-fraction=50%')).toEqual({
    type: 'target',
    distance: 0.05,
    unit: 'fraction',
    action: { type: 'exit-fraction', fraction: 0.5 },
  })
  expect(parseRule('target:2%:action=move-stop=0%')).toEqual({
    type: 'target',
    distance: 0.02,
    action: { type: 'move-stop', offset: 0 },
  })
  expect(parseRule('time:10')).toEqual({ type: 'time', bars: 10 })
  expect(parseRule('clock:15:55')).toEqual({ type: 'clock', at: '15:55' })
  expect(parseRule('clock:at=09:05:30:action=exit')).toEqual({
    type: 'clock',
    at: '09:05:30',
    action: { type: 'exit' },
  })
  expect(parseRule('clock:15:55:exit-fraction=50%')).toEqual({
    type: 'clock',
    at: '15:55',
    action: { type: 'exit-fraction', fraction: 0.5 },
  })
  for (const text of [
    'stop',
    'stop:5',
    'stop:5%:percent',
    'stop:5%:distance=4%',
    'time:10:exit:exit',
    'clock',
    'clock:15:55:exit:exit',
    'clock:15:55:exit:30',
    'take:5%',
    'constructor:1',
    '',
  ])
    expect(() => parseRule(text), text).toThrow(UsageError)
})

it('reads words and numbers of settings', () => {
  expect([
    parseSetting('timing', 'same-close'),
    parseSetting('quantityStep', '1'),
    parseSetting('cash', '1e5'),
  ]).toEqual(['same-close', 1, 100000])
  for (const [name, text] of [
    ['timing', 'later'],
    ['timing', 'toString'],
    ['quantityStep', 'whole'],
  ])
    expect(() => parseSetting(name, text), text).toThrow(UsageError)
})

it('reads parameters, counts and choices', () => {
  expect(parseParameter('fast=10')).toEqual({ name: 'fast', value: 10 })
  expect(parseParameter(' mode = ema ')).toEqual({ name: 'mode', value: 'ema' })
  expect(parseParameter('shorts=false')).toEqual({ name: 'shorts', value: false })
  expect(() => parseParameter('fast')).toThrow(UsageError)
  expect(readCount('3', '--workers', 1)).toBe(3)
  expect(() => readCount('0', '--workers', 1)).toThrow(UsageError)
  expect(() => readCount('1.5', '--workers', 1)).toThrow(UsageError)
  expect(readNumber('1e5', '--cash')).toBe(100000)
})

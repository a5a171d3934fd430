import { expect, it } from 'vitest'
import { INDICATORS } from '../../src/signals/catalogue.ts'
import { inProcess } from './inprocess.ts'

it('lists every indicator with its defaults and outputs', async () => {
  const { status, stdout, stderr } = await inProcess('indicators')
  expect([status, stderr]).toEqual([0, ''])
  const lines = stdout.split('\n').map((line) => line.trim().split(/\s{2,}/))
  for (const { name, parameters, outputs } of INDICATORS) {
    const line = lines.find(([first, second]) => first === name && second !== 'parameters')
    const words = Object.entries(parameters).map(([parameter, { default: value }]) => `${parameter}=${value}`)
    expect(line?.slice(1), name).toEqual(
      expect.arrayContaining([...(words.length > 0 ? [words.join(' ')] : []), outputs.join(' ')]),
    )
  }
})

it('explains those that are named', async () => {
  const { stdout } = await inProcess('indicators', 'bollinger', 'atr')
  expect(stdout).toBe(`bollinger: Bollinger bands: middle = sma, upper and lower = middle +- width * stdev (population).

  reads    source
  takes    length=20 (whole, 1 to 10000000): Own bars of the asset that a value is made of.
           width=2 (0 to 1000): Standard deviations from the middle to a band.
  gives    upper, middle, lower
  source   Bollinger 2001
  TA-Lib   BBANDS

atr: Average true range: rma of trueRange.

  reads    high, low, close
  takes    length=14 (whole, 1 to 10000000): Own bars of the asset that a value is made of.
  gives    value
  source   Wilder 1978
  TA-Lib   ATR
  others   TA-Lib leaves the first bar out, and so begins a bar later; both agree once that is forgotten.
`)
})

it('gives them as data', async () => {
  const { stdout } = await inProcess('indicators', 'macd', '--json')
  expect(JSON.parse(stdout)).toMatchObject([{ name: 'macd', outputs: ['line', 'signal', 'histogram'] }])
  const all = await inProcess('indicators', '--json')
  expect(JSON.parse(all.stdout)).toHaveLength(INDICATORS.length)
})

it('refuses a name that is none', async () => {
  const { status, stdout, stderr } = await inProcess('indicators', 'smma')
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toContain('indicator "smma" is not one. Did you mean')
})

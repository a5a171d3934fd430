/** The public face is the one that was looked at, and users can name whatever they are given. */
import { describe, expect, it } from 'vitest'
import { ENTRIES, publicFace, REPORT, reportOf } from './api.mjs'
import { textOf } from './sources.ts'

describe('the public face', () => {
  const face = publicFace()

  it('is the committed one', () => {
    const committed = textOf(REPORT)
    const found = reportOf(face)
    const before = new Set(committed.split('\n'))
    const after = new Set(found.split('\n'))
    const changes = [
      ...[...after].filter((line) => !before.has(line)).map((line) => `+ ${line}`),
      ...[...before].filter((line) => !after.has(line)).map((line) => `- ${line}`),
    ]
    const wayOut = `${REPORT} differs from the sources. Where the change is meant, run: node test/policy/api.mjs`
    expect(changes, wayOut).toEqual([])
    expect(found === committed, wayOut).toBe(true)
  })

  it('names no type that users cannot name', () => {
    expect(face.unexported).toEqual([])
  })

  it('is what its entries have, each with a declaration', () => {
    expect(face.entries.map(({ name }) => name)).toEqual(ENTRIES.map(([name]) => name))
    const [first, node, arrow] = face.entries.map(({ exports }) => exports)
    for (const name of ['backtest', 'Market', 'Strategy', 'Summary', 'WholeColumns']) expect(first.has(name)).toBe(true)
    expect([node.has('loadMarket'), node.has('backtest'), node.has('sweep'), arrow.has('fromArrow')]).toEqual([
      true,
      false,
      true,
      true,
    ])
    for (const { exports } of face.entries) for (const [name, text] of exports) expect(text, name).toContain(name)
    // What classes keep to themselves, and what is only the library's own.
    const whole = reportOf(face)
    expect(whole).not.toMatch(/^ {2}(protected|private|#)/m)
    for (const name of ['Lane', 'Clock', 'Gate', 'Engine', 'MarketPointers', 'OpenSetup', 'ResultParts'])
      expect(whole, name).not.toMatch(new RegExp(`\\b${name}\\b`))
  })
})

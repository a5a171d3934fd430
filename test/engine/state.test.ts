/** The form of a strategy's state: what it keeps, that it keeps it whole, what it refuses. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeState, TAG } from '../../src/engine/state.ts'
import { decodeState } from '../../src/engine/statedecode.ts'
import { FillgridError } from '../../src/errors.ts'
import { failure } from './script.ts'

const back = <T>(value: T): T => decodeState(encodeState(value)) as T

describe('kept', () => {
  it.each([
    undefined,
    null,
    true,
    false,
    0,
    -0,
    1,
    -1,
    127,
    128,
    2 ** 31,
    2 ** 53 - 1,
    -(2 ** 53 - 1),
    2 ** 53,
    0.1,
    5e-324,
    1.7e308,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    '',
    'häß',
    '\u{1f600} and \ud800 alone',
    'x'.repeat(10_000),
    0n,
    -1n,
    2n ** 200n,
    -(2n ** 65n),
  ])('%s', (value) => {
    expect(Object.is(back(value), value)).toBe(true)
  })

  it('lists, holes and all', () => {
    const holed = Object.assign([1], { 2: 3 })
    expect(1 in back(holed)).toBe(false)
    expect(back([undefined])).toStrictEqual([undefined])
    const far: number[] = []
    far[2 ** 32 - 2] = 7
    far[3] = 1
    const kept = back(far)
    expect([kept.length, kept[2 ** 32 - 2], Object.keys(kept)]).toEqual([2 ** 32 - 1, 7, ['3', '4294967294']])
    expect(back(Array(5)).length).toBe(5)
    expect(back(Array.from({ length: 100_000 }, (_, i) => i)).length).toBe(100_000)
  })

  it('objects: the order of their keys, names that mean something elsewhere, none of a prototype', () => {
    const odd = JSON.parse('{"__proto__": 1, "constructor": 2, "b": 3, "1": 4, "": 5}')
    expect(Object.entries(back(odd))).toEqual(Object.entries(odd))
    expect(Object.getPrototypeOf(back(odd))).toBe(Object.prototype)
    const bare = Object.assign(Object.create(null), { a: 1 })
    expect(Object.getPrototypeOf(back(bare))).toBe(null)
    class Point {
      x = 1
    }
    expect(back(new Point())).toEqual({ x: 1 })
  })

  it('maps, sets, dates, buffers and views', () => {
    const map = new Map<unknown, unknown>([
      [Number.NaN, 1],
      [{ a: 1 }, new Set([1, '1', undefined])],
      ['k', new Map()],
    ])
    expect(back(map)).toEqual(map)
    expect([...back(map).keys()][0]).toBe(Number.NaN)
    expect(back(new Date(1e12)).getTime()).toBe(1e12)
    expect(back(new Date(Number.NaN)).getTime()).toBe(Number.NaN)
    const buffer = new ArrayBuffer(32)
    new Uint8Array(buffer).forEach((_, i, all) => {
      all[i] = i
    })
    const views = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array]
    const all = [
      ...views.map((view) => new view(buffer, 8, 2)),
      new Float32Array(buffer, 4, 2),
      new Float64Array(buffer, 8),
      new BigInt64Array(buffer, 16, 1),
      new BigUint64Array(buffer),
      new DataView(buffer, 3, 5),
    ]
    const kept = back({ all, buffer })
    kept.all.forEach((view, i) => {
      expect(view.constructor).toBe(all[i].constructor)
      expect([view.byteOffset, view.byteLength]).toEqual([all[i].byteOffset, all[i].byteLength])
      expect(view.buffer).toBe(kept.buffer)
    })
    expect(new Uint8Array(kept.buffer)).toEqual(new Uint8Array(buffer))
  })

  it('what is shared and what goes in circles', () => {
    const shared = { n: 1 }
    const all: Record<string, unknown> = { a: shared, b: [shared], c: new Map([[shared, shared]]) }
    all.self = all
    all.set = new Set([all])
    const kept = back(all) as typeof all & { a: object; b: object[]; c: Map<object, object>; set: Set<object> }
    expect(kept.b[0]).toBe(kept.a)
    expect(kept.c.get(kept.a)).toBe(kept.a)
    expect(kept.self).toBe(kept)
    expect(kept.set.has(kept)).toBe(true)
  })

  it('whatever its depth', () => {
    let list: { next?: unknown } = {}
    for (let i = 0; i < 300_000; i++) list = { next: list }
    let at = back(list) as typeof list
    let depth = 0
    while (at.next) {
      at = at.next as typeof list
      depth++
    }
    expect(depth).toBe(300_000)
  })

  it('anything of these, and equal data as equal bytes', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
      withSparseArray: true,
    })
    fc.assert(
      fc.property(anything, (value) => {
        const bytes = encodeState(value)
        const kept = decodeState(bytes)
        expect(kept).toStrictEqual(value)
        expect(encodeState(kept)).toEqual(bytes)
      }),
      { numRuns: 2000, seed: 5 },
    )
  })
})

describe('refused, with its place', () => {
  class Stack {
    items = [1]
    push(): void {}
  }
  class Twice extends Map {
    twice(): void {}
  }
  const named = Object.assign([1], { index: 2 })
  const hung = Object.assign(new Map(), { size2: 1 })
  const gone = new ArrayBuffer(8)
  const goneView = new DataView(gone)
  structuredClone(gone, { transfer: [gone] })
  const resizable = Reflect.construct(ArrayBuffer, [8, { maxByteLength: 16 }])
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const throwing = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error('no')
      },
    },
  )
  it.each<[string, unknown, RegExp]>([
    ['a function', { next: () => 1 }, /state\.next cannot be kept: .*found a function/],
    ['a method among many', { a: { b: [0, { c() {} }] } }, /state\.a\.b\[1\]\.c cannot/],
    ['a symbol', { s: Symbol('x') }, /state\.s cannot.*a symbol/],
    ['a name that is a symbol', { [Symbol('x')]: 1 }, /state\[Symbol\(x\)\]/],
    ['an instance', { stack: new Stack() }, /state\.stack .*an instance of Stack/],
    ['a map of its own', new Twice(), /state cannot.*Twice/],
    ['a weak map', { w: new WeakMap() }, /state\.w .*WeakMap/],
    ['a promise', [Promise.resolve()], /state\[0\] .*Promise/],
    ['an error', { e: new Error('x') }, /state\.e .*Error/],
    ['a regular expression', { e: /x/ }, /state\.e .*RegExp/],
    ['a boxed number', { n: Object(1) }, /state\.n .*Number/],
    ['in a map', new Map([['key', () => 1]]), /state\.get\("key"\) /],
    ['as a key of a map', new Map([[() => 1, 1]]), /state\.keys\(\)\[0\] /],
    ['in a set', new Set([() => 1]), /state\.values\(\)\[0\] /],
    [
      'a getter',
      {
        get now() {
          return 1
        },
      },
      /state\.now .*getter/,
    ],
    ['a hidden property', Object.defineProperty({}, 'x', { value: 1 }), /state\.x .*hidden/],
    ['a list with a name', { l: named }, /state\.l .*property index/],
    ['a map with a name', { m: hung }, /state\.m .*size2/],
    ['shared memory', { v: new Uint8Array(new SharedArrayBuffer(8)) }, /state\.v .*shared memory/],
    ['a list of its own', Object.setPrototypeOf([1], Object.prototype), /state cannot.*an instance/],
    ['a view without a prototype', { v: Object.setPrototypeOf(new Float64Array(2), null) }, /state\.v .*an instance/],
    ['a buffer that was given away', { a: { b: gone } }, /state\.a .*cannot be read \(.*detached/],
    ['a view of one', { v: goneView }, /state .*cannot be read \(/],
    ['a buffer that can be resized', { a: resizable }, /state\.a .*can be resized/],
    ['a view of one that can be', [new Uint8Array(resizable as ArrayBuffer)], /state\[0\] .*can be resized/],
    ['what can no longer be looked at', { deep: { p: revoked.proxy } }, /state\.deep .*cannot be read \(.*revoked/],
    ['what throws when it is read', { p: throwing }, /state\.p .*cannot be read \(no\)/],
    ['an odd name', { 'a b': { '1x': () => 1 } }, /state\["a b"\]\["1x"\] /],
  ])('%s', (_, value, message) => {
    const error = failure(() => encodeState(value))
    expect(error.code).toBe('invalid_strategy')
    expect(error.message).toMatch(message)
  })

  it('however deep, without a path that fills the screen', () => {
    let list: unknown = () => 1
    for (let i = 0; i < 100_000; i++) list = { next: list }
    expect(failure(() => encodeState(list)).message.length).toBeLessThan(800)
  })
})

describe('a list that grows while it is read', () => {
  it('is kept as long as it was', () => {
    const list: number[] = [1, 2, 3]
    Object.defineProperty(list, 0, { enumerable: true, configurable: true, get: () => list.push(9) })
    expect(back(list)).toEqual([4, 2, 3])
  })
})

describe('bytes that are damaged', () => {
  it('and go on without end in each other are refused', () => {
    // Views of views of views, four bytes each.
    const bomb = new Uint8Array(4 * 300_000 + 1)
    for (let i = 0; i < 300_000; i++) bomb.set([TAG.view, 1, 0, 0], 4 * i)
    bomb[bomb.length - 1] = 1
    expect(failure(() => decodeState(bomb)).code).toBe('snapshot_damaged')
    const itself = Uint8Array.of(TAG.view, 1, 0, 0, TAG.known, 0)
    expect(failure(() => decodeState(itself)).code).toBe('snapshot_damaged')
  })

  it('do not touch what all objects have', () => {
    const bytes = encodeState(JSON.parse('{"__proto__": {"x": 1}, "toString": 2, "a": {"__proto__": 3}}'))
    const kept = decodeState(bytes) as Record<string, unknown>
    expect(Object.keys(kept)).toEqual(['__proto__', 'toString', 'a'])
    expect(({} as { x?: number }).x).toBeUndefined()
    expect(Object.getPrototypeOf(kept)).toBe(Object.prototype)
  })

  it('are refused or mean something else; nothing else is thrown, nothing large is made', () => {
    const value = {
      a: [1, 2.5, 'text', -7n],
      b: new Map([['k', new Float64Array(4)]]),
      c: new Set([1]),
      d: new Date(5),
      e: Object.assign([1], { 2: 3 }),
    }
    const bytes = encodeState(value)
    const tryOut = (changed: Uint8Array) => {
      try {
        decodeState(changed)
      } catch (error) {
        if (!(error instanceof FillgridError)) throw error
        expect(error.code).toBe('snapshot_damaged')
      }
    }
    for (let length = 0; length < bytes.length; length++)
      expect(failure(() => decodeState(bytes.subarray(0, length))).code).toBe('snapshot_damaged')
    for (let at = 0; at < bytes.length; at++)
      for (let bit = 0; bit < 8; bit++) {
        const changed = bytes.slice()
        changed[at] ^= 1 << bit
        tryOut(changed)
      }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), tryOut), { numRuns: 5000, seed: 6 })
    expect(failure(() => decodeState(new Uint8Array([...bytes, 0]))).code).toBe('snapshot_damaged')
  })
})

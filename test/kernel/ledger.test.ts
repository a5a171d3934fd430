/** Memory of threads that have died: the next one begins with it. */
import { expect, it } from 'vitest'
import { Arena } from '../../src/kernel/arena.ts'
import { Ledger } from '../../src/kernel/ledger.ts'

const memoryOf = () => new WebAssembly.Memory({ initial: 1, maximum: 1000, shared: true })

function thread(memory: WebAssembly.Memory, ledger: Ledger, owner: number): Arena {
  const arena = new Arena(memory, 1024)
  arena.inherit(ledger.enter(owner)!)
  return arena
}

it('a thread that ends hands on what it had, held or given back, and no other does', () => {
  const memory = memoryOf()
  const ledger = new Ledger(new Ledger().buffer)
  const [a, b] = [thread(memory, ledger, 1), thread(memory, ledger, 2)]
  const held = [a.allocate(640, 'x'), b.allocate(640, 'x'), a.allocate(640, 'x'), a.allocate(64, 'x')]
  a.release(held[2])
  ledger.leave(1)
  const c = thread(memory, ledger, 3)
  expect([c.allocate(700, 'x'), c.allocate(640, 'x')]).toEqual([held[2], held[0]])
  expect(c.bytesHeld).toBe(704 + 640)
  // Used up: the next block is a new one.
  expect(c.allocate(64, 'x')).toBe(held[3] + 64)
  ledger.leave(3)
  const d = thread(memory, ledger, 4)
  expect(d.allocate(704 + 64, 'x')).toBe(held[2])
})

it('what the ledger has no room for is lost with its thread, and nothing else', () => {
  const memory = memoryOf()
  const ledger = new Ledger()
  const [a, b] = [thread(memory, ledger, 1), thread(memory, ledger, 2)]
  const pointers = Array.from({ length: 2000 }, () => {
    b.allocate(64, 'x')
    return a.allocate(64, 'x')
  })
  ledger.leave(1)
  const c = thread(memory, ledger, 3)
  const again = Array.from({ length: 1024 }, () => c.allocate(64, 'x'))
  expect(again).toEqual(pointers.slice(0, 1024))
  expect(c.allocate(64, 'x')).toBe(pointers[1999] + 64)
})

it('threads beyond the slots run without', () => {
  const ledger = new Ledger()
  const slots = Array.from({ length: 300 }, (_, i) => ledger.enter(i + 1))
  expect(slots.filter((slot) => slot === undefined).length).toBe(300 - 256)
  ledger.leave(7)
  expect(ledger.enter(999)).toBeDefined()
})

/** Outcomes do not depend on the memory: shared or not, fresh or used before. */
import { afterAll, describe, expect, it, vi } from 'vitest'

afterAll(() => {
  vi.doUnmock('../../src/kernel/load.ts')
  vi.resetModules()
})

/** The work and the engine it is done with, in modules of their own. */
async function load(): Promise<{ work: () => string[]; kernel: typeof import('../../src/kernel/load.ts') }> {
  vi.resetModules()
  return { work: (await import('./work.ts')).work, kernel: await import('../../src/kernel/load.ts') }
}

describe('outcomes', () => {
  it('are the same again, over memory that other runs have left behind, and over memory full of garbage', async () => {
    const { work, kernel } = await load()
    const { arena, shared } = kernel.getEngine()
    expect(shared).toBe(true)
    const first = work()
    expect(first.length).toBeGreaterThan(180)
    expect(work()).toEqual(first)
    const held = arena.bytesHeld
    for (const byte of [0xff, 0x55]) {
      const blocks = [1 << 20, 1 << 18, 1 << 22, 1 << 24].map((bytes) => {
        const pointer = arena.allocate(bytes, 'garbage')
        arena.u8(pointer, bytes).fill(byte)
        return pointer
      })
      for (const pointer of blocks) arena.release(pointer)
      expect(work()).toEqual(first)
    }
    expect(arena.bytesHeld).toBe(held)
  })

  it('are the same over shared and unshared memory', async () => {
    const usual = await load()
    const expected = usual.work()
    vi.doMock('../../src/kernel/load.ts', async (original) => {
      const real = await original<typeof import('../../src/kernel/load.ts')>()
      const engine = real.createEngine(false)
      return { ...real, getEngine: () => engine }
    })
    const other = await load()
    expect(other.kernel.getEngine().shared).toBe(false)
    expect(other.kernel.getEngine().arena.memory.buffer).toBeInstanceOf(ArrayBuffer)
    expect(other.work()).toEqual(expected)
  })
})

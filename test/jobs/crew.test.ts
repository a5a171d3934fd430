import { expect, it } from 'vitest'
import { Crew } from '../../src/jobs/crew.ts'

/** Hires numbers from 1; `stop` makes the next ones fail. */
function hiring() {
  let last = 0
  let stopped = false
  const hire = async () => {
    await new Promise((resolve) => setTimeout(resolve, 1))
    if (stopped) throw new Error('nobody')
    return ++last
  }
  const stop = (now = true) => {
    stopped = now
  }
  return { hire, stop }
}

it('lends its workers one at a time, those that wait first', async () => {
  const crew = new Crew(hiring().hire)
  await crew.fill(2)
  const [a, b] = [await crew.take(), await crew.take()]
  const [c, d] = [crew.take(), crew.take()]
  crew.give(b)
  crew.give(a)
  expect([a, b, await c, await d].sort()).toEqual([1, 1, 2, 2])
  expect(await c).toBe(b)
})

it('replaces one that is gone', async () => {
  const crew = new Crew(hiring().hire)
  await crew.fill(1)
  await crew.take()
  const waiting = crew.take()
  await crew.replace()
  expect(await waiting).toBe(2)
})

it('goes on with the others where one cannot be replaced', async () => {
  const { hire, stop } = hiring()
  const crew = new Crew(hire)
  await crew.fill(2)
  const [, b] = [await crew.take(), await crew.take()]
  const waiting = [crew.take(), crew.take()]
  stop()
  await crew.replace()
  crew.give(b)
  expect(await waiting[0]).toBe(b)
  crew.give(b)
  expect(await waiting[1]).toBe(b)
  // The next who asks has one hired again.
  stop(false)
  expect(await crew.take()).toBe(3)
})

it('tells everybody who waits where none is left', async () => {
  const { hire, stop } = hiring()
  const crew = new Crew(hire)
  await crew.fill(2)
  await Promise.all([crew.take(), crew.take()])
  const waiting = Promise.allSettled([crew.take(), crew.take(), crew.take()])
  stop()
  await Promise.all([crew.replace(), crew.replace()])
  expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  await expect(Promise.all([crew.take(), crew.take()])).rejects.toThrow('nobody')
  stop(false)
  expect(await crew.take()).toBe(3)
})

it('hires nobody once it is closed, and rejects where it cannot begin', async () => {
  const { hire, stop } = hiring()
  const crew = new Crew(hire)
  await crew.fill(1)
  await crew.take()
  crew.close()
  await crew.replace()
  expect(crew.idle).toEqual([])
  stop()
  await expect(new Crew(hire).fill(2)).rejects.toThrow('nobody')
})

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Journal, removeJournal } from '../../src/io/journal.ts'

const folder = mkdtempSync(join(tmpdir(), 'fillgrid-journal-'))
afterAll(() => rmSync(folder, { recursive: true }))

const HEAD = { data: 'a', grid: 'b' }
const ENTRIES = [[1, 2, 3], [], [255], Array.from({ length: 300 }, (_, i) => i % 256)]

/** The entries of a journal, after which `more` are added. */
function entriesOf(path: string, head: Record<string, string> = HEAD, more: readonly number[][] = []): number[][] {
  const found: number[][] = []
  const journal = new Journal(path, head, (entry) => found.push([...entry]))
  for (const entry of more) journal.add(Uint8Array.from(entry))
  journal.close()
  return found
}

describe('a journal', () => {
  it('has what was added, in order, when it is opened again', () => {
    const path = join(folder, 'deep', 'one')
    expect(entriesOf(path)).toEqual([])
    // Nothing was added, so nothing is there.
    expect(existsSync(join(folder, 'deep'))).toBe(false)
    expect(entriesOf(path, HEAD, ENTRIES.slice(0, 2))).toEqual([])
    expect(entriesOf(path, HEAD, ENTRIES.slice(2))).toEqual(ENTRIES.slice(0, 2))
    expect(entriesOf(path)).toEqual(ENTRIES)
    removeJournal(path)
    removeJournal(path)
    expect(existsSync(path)).toBe(false)
  })

  it('cut or changed at any byte has the entries before it, and takes further ones', () => {
    const path = join(folder, 'cut')
    entriesOf(path, HEAD, ENTRIES)
    const bytes = readFileSync(path)
    const size = (entry: number[]) => 8 + entry.length
    const ends = ENTRIES.map((_, i) => bytes.length - ENTRIES.slice(i + 1).reduce((sum, one) => sum + size(one), 0))
    const start = ends[0] - size(ENTRIES[0])
    for (let at = 0; at < bytes.length; at++) {
      const whole = ENTRIES.slice(0, ends.filter((end) => end <= at).length)
      writeFileSync(path, bytes.subarray(0, at))
      expect([at, entriesOf(path, HEAD, [[7, 7]])]).toEqual([at, whole])
      expect([at, entriesOf(path)]).toEqual([at, [...whole, [7, 7]]])
      if (at < start) continue
      writeFileSync(
        path,
        bytes.map((byte, i) => (i === at ? byte ^ 64 : byte)),
      )
      expect([at, entriesOf(path)]).toEqual([at, whole])
    }
  })

  it('is never made of another file, nor goes on with what belongs to something else', () => {
    const path = join(folder, 'other')
    for (const text of ['time,close\n1,2\n', 'fillgrid journal 2\n', 'f\n']) {
      writeFileSync(path, text)
      expect(() => entriesOf(path)).toThrow(
        expect.objectContaining({ code: 'invalid_file', message: expect.stringContaining('found another file at') }),
      )
      expect(readFileSync(path, 'utf8')).toBe(text)
    }
    const own = join(folder, 'own')
    entriesOf(own, HEAD, ENTRIES)
    for (const [head, name] of [
      [{ ...HEAD, grid: 'c' }, 'grid'],
      [{ data: 'a' }, 'grid'],
      [{ ...HEAD, more: '' }, 'more'],
    ] as const)
      expect(() => entriesOf(own, head)).toThrow(
        expect.objectContaining({
          code: 'journal_mismatch',
          message: expect.stringContaining(`found other ${name} in`),
        }),
      )
    expect(entriesOf(own)).toEqual(ENTRIES)
    mkdirSync(join(folder, 'taken'))
    expect(() => entriesOf(join(folder, 'taken'))).toThrow(expect.objectContaining({ code: 'file_access' }))
    expect(() => entriesOf(join(own, 'below'), HEAD, [[1]])).toThrow(expect.objectContaining({ code: 'file_access' }))
  })
})

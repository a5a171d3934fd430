/** What may be written over and what not: strangers, changed files, hostile manifests, several writers, writers that die. */
import { execFile, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentHash } from '../../src/io/files.ts'
import { checkFolder, type FolderFiles, sealFolder, writeFolder } from '../../src/io/folder.ts'
import { jsonText } from '../../src/io/jsonwrite.ts'
import { readResult, writeResult } from '../../src/io/resultfolder.ts'
import { builtFile } from '../../src/jobs/bundle.ts'
import type { Result } from '../../src/results/result.ts'
import { canonical } from '../../src/results/result.ts'
import { resultKinds } from '../engine/resultkinds.ts'
import { expectSame } from '../engine/sameresult.ts'
import { failure } from '../engine/script.ts'

const root = mkdtempSync(join(tmpdir(), 'fillgrid-folders-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let made = 0
const fresh = () => join(root, String(made++))

const SUMMARY = { format: 'fillgrid result', version: 1 }
const put = (folder: string, files: FolderFiles, overwrite = false) =>
  writeFolder(folder, sealFolder(SUMMARY, files), overwrite)
const textIn = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8')
const namesIn = (folder: string) => readdirSync(folder).sort()

/** A folder of a result, and the bytes of all that is in it. */
function earlier(files: FolderFiles = { 'a.txt': 'a', 'b.txt': 'b' }): string {
  const folder = fresh()
  put(folder, files)
  return folder
}
/** All that lies in a folder, folders in it and links too. */
function bytesOf(folder: string): unknown[] {
  return namesIn(folder).map((name) => {
    const info = lstatSync(join(folder, name))
    if (info.isDirectory()) return [name, bytesOf(join(folder, name))]
    return [name, info.isFile() ? readFileSync(join(folder, name), 'latin1') : 'link']
  })
}

/** Expects a write to be refused, and nothing to be another thing than before. */
function refused(folder: string, overwrite: boolean, words: string | RegExp, files: FolderFiles = { 'a.txt': 'new' }) {
  const before = bytesOf(folder)
  const error = failure(() => put(folder, files, overwrite))
  expect(error.message).toMatch(words)
  expect([error.code, bytesOf(folder)]).toEqual(['folder_taken', before])
  expect(failure(() => checkFolder(folder, Object.keys(files), overwrite)).message).toBe(error.message)
}

describe('a folder', () => {
  it('that is new or empty is written, with those above it', () => {
    const folder = join(fresh(), 'b/c')
    put(folder, { 'a.txt': 'a', 'parts.bin': [Uint8Array.of(1), Uint8Array.of(2, 3)] })
    expect(namesIn(folder)).toEqual(['a.txt', 'parts.bin', 'summary.json'])
    expect([textIn(folder, 'a.txt'), [...readFileSync(join(folder, 'parts.bin'))]]).toEqual(['a', [1, 2, 3]])
    const empty = fresh()
    mkdirSync(empty)
    put(empty, {})
    expect(namesIn(empty)).toEqual(['summary.json'])
  })

  it('that holds anything is refused without overwrite', () => {
    const one = fresh()
    mkdirSync(one)
    writeFileSync(join(one, '.profile'), 'mine')
    refused(one, false, /found "\.profile" in .*`overwrite: true` writes beside what is there/)
    writeFileSync(join(one, 'notes'), 'mine')
    refused(one, false, 'found 2 things, the first ".profile" in')
    refused(earlier(), false, /found an earlier result in .*`overwrite: true` replaces it/)
  })

  it('that holds other things is written beside them with overwrite', () => {
    const folder = fresh()
    mkdirSync(join(folder, 'sub'), { recursive: true })
    writeFileSync(join(folder, 'notes'), 'mine')
    put(folder, { 'a.txt': 'a' }, true)
    expect(namesIn(folder)).toEqual(['a.txt', 'notes', 'sub', 'summary.json'])
    expect(textIn(folder, 'notes')).toBe('mine')
  })

  it('that holds an earlier result is replaced with overwrite: its files and no others', () => {
    const folder = earlier()
    writeFileSync(join(folder, 'notes'), 'mine')
    rmSync(join(folder, 'a.txt'))
    put(folder, { 'c.txt': 'c' }, true)
    expect(namesIn(folder)).toEqual(['c.txt', 'notes', 'summary.json'])
    put(folder, { 'c.txt': 'd' }, true)
    expect(textIn(folder, 'c.txt')).toBe('d')
  })

  it('is left alone where a name that is to be written is taken', () => {
    const folder = fresh()
    mkdirSync(folder)
    writeFileSync(join(folder, 'summary.json'), '{"name": "theirs"}')
    refused(folder, true, /only an earlier result may be replaced, found .*summary\.json, which no manifest names/)
    const other = earlier()
    writeFileSync(join(other, 'c.txt'), 'mine')
    refused(other, true, /found .*c\.txt, which its summary\.json does not name/, { 'c.txt': 'new' })
    const linked = earlier({})
    symlinkSync(join(root, 'nowhere'), join(linked, 'c.txt'))
    refused(linked, true, /found .*c\.txt/, { 'c.txt': 'new' })
    const held = earlier({})
    mkdirSync(join(held, 'c.txt'))
    refused(held, true, /found .*c\.txt/, { 'c.txt': 'new' })
  })

  it('is left alone where a file of the earlier result was changed, whether it is written again or not', () => {
    for (const files of [{ 'a.txt': 'new' }, { 'c.txt': 'new' }] as FolderFiles[]) {
      const folder = earlier()
      writeFileSync(join(folder, 'a.txt'), 'A')
      refused(
        folder,
        true,
        /files of the earlier result as they were written expected, found .*a\.txt changed since/,
        files,
      )
      writeFileSync(join(folder, 'a.txt'), 'longer')
      refused(folder, true, /a\.txt changed since/, files)
      rmSync(join(folder, 'a.txt'))
      symlinkSync(join(folder, 'b.txt'), join(folder, 'a.txt'))
      refused(folder, true, /a\.txt no plain file/, files)
      rmSync(join(folder, 'a.txt'))
      mkdirSync(join(folder, 'a.txt'))
      refused(folder, true, /a\.txt no plain file/, files)
      rmSync(join(folder, 'a.txt'), { recursive: true })
      put(folder, files, true)
    }
  })

  it('is left alone where the summary of the earlier result was changed, or is a link', () => {
    const folder = earlier()
    const summary = join(folder, 'summary.json')
    writeFileSync(summary, textIn(folder, 'summary.json').replace('"version": 1', '"version": 3'))
    refused(folder, true, /found .*summary\.json, which no manifest names/)
    const linked = earlier()
    const target = join(earlier(), 'summary.json')
    rmSync(join(linked, 'summary.json'))
    symlinkSync(target, join(linked, 'summary.json'))
    refused(linked, true, /found .*summary\.json, which no manifest names/)
  })

  it('of another version is replaced all the same: its manifest says what is its own', () => {
    const folder = fresh()
    writeFolder(folder, sealFolder({ format: 'fillgrid sweep', version: 9 }, { 'old.arrow': 'x' }))
    put(folder, { 'a.txt': 'a' }, true)
    expect(namesIn(folder)).toEqual(['a.txt', 'summary.json'])
  })

  it.each([
    ['../outside.txt'],
    ['..'],
    ['.'],
    [''],
    ['/etc/hosts'],
    ['sub/file.txt'],
    ['sub\\file.txt'],
    ['C:\\file.txt'],
    ['.hidden'],
    ['a\u0000b'],
    ['summary.json'],
    ['SUMMARY.JSON'],
    [5],
    [null],
  ])('whose manifest names %j is no earlier result, and nothing outside is touched', (name) => {
    const parent = fresh()
    const folder = join(parent, 'results')
    mkdirSync(join(folder, 'sub'), { recursive: true })
    const content = 'precious'
    for (const path of ['outside.txt', 'results/sub/file.txt', 'results/.hidden'])
      writeFileSync(join(parent, path), content)
    const files = [{ name, bytes: content.length, sha256: contentHash(Buffer.from(content)) }]
    const summary = { ...SUMMARY, files }
    const sha256 = contentHash(Buffer.from(canonical(summary)))
    writeFileSync(join(folder, 'summary.json'), jsonText({ ...summary, sha256 }))
    const before = bytesOf(parent)
    const error = failure(() => put(folder, { 'a.txt': 'a' }, true))
    expect(error.message).toMatch(/summary\.json, which no manifest names/)
    expect(bytesOf(parent)).toEqual(before)
    expect(textIn(parent, 'results/sub/file.txt') + textIn(folder, '.hidden')).toBe(content + content)
  })

  it('is not written with names that lead elsewhere', () => {
    for (const name of ['../x', '/x', 'a/b', 'a\\b', '.x', '', 'summary.json', 'Summary.JSON', 'x'.repeat(200)])
      expect(failure(() => sealFolder(SUMMARY, { [name]: '' })).code).toBe('invalid_value')
  })

  it('that is a file, or below one, says so', () => {
    const file = fresh()
    writeFileSync(file, 'mine')
    for (const path of [file, join(file, 'x')])
      for (const overwrite of [false, true]) expect(failure(() => put(path, {}, overwrite)).code).toBe('file_access')
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  it.skipIf(process.getuid?.() === 0)('that cannot be written stays as it is', () => {
    const folder = earlier()
    const before = bytesOf(folder)
    chmodSync(folder, 0o500)
    expect(failure(() => put(folder, { 'c.txt': 'c' }, true)).code).toBe('file_access')
    chmodSync(folder, 0o700)
    expect(bytesOf(folder)).toEqual(before)
  })

  it('stays as it is where writing fails in the middle', () => {
    const folder = earlier()
    const before = bytesOf(folder)
    const sealed = sealFolder(SUMMARY, { 'c.txt': 'c' })
    const files = {
      ...sealed.files,
      get 'd.txt'(): string {
        throw new RangeError('no room')
      },
    }
    expect(failure(() => writeFolder(folder, { ...sealed, files }, true)).code).toBe('memory_limit')
    expect(bytesOf(folder)).toEqual(before)
  })
})

describe('several writers', () => {
  it('take turns: a lock of a process that is at work is respected, one of a dead process is not', () => {
    const folder = earlier()
    const lock = join(folder, '.fillgrid-lock')
    for (const owner of [`${process.ppid} ${hostname()}`, '1 elsewhere', '', 'x y']) {
      writeFileSync(lock, owner)
      const error = failure(() => put(folder, { 'c.txt': 'c' }, true))
      expect([error.code, error.place.file]).toEqual(['folder_taken', lock])
      expect(error.message).toContain(`found process ${JSON.stringify(owner)}`)
      expect([readFileSync(lock, 'utf8'), textIn(folder, 'a.txt')]).toEqual([owner, 'a'])
    }
    rmSync(lock)
    symlinkSync(`${process.ppid} ${hostname()}`, lock)
    expect(failure(() => put(folder, { 'c.txt': 'c' }, true)).message).toContain(`found process "${process.ppid} `)
    rmSync(lock)
    // No process has such a number.
    for (const dead of [writeFileSync, (path: string, owner: string) => symlinkSync(owner, path)]) {
      dead(lock, `4194305 ${hostname()}`)
      put(folder, { 'c.txt': 'c' }, true)
      expect(namesIn(folder)).toEqual(['c.txt', 'summary.json'])
    }
  })

  it('what one that died has left behind is no stranger, and goes', () => {
    const folder = fresh()
    mkdirSync(join(folder, '.fillgrid-drafts'), { recursive: true })
    writeFileSync(join(folder, '.fillgrid-drafts/a.txt'), 'half')
    writeFileSync(join(folder, '.fillgrid-lock'), `4194305 ${hostname()}`)
    put(folder, { 'a.txt': 'a' })
    expect(namesIn(folder)).toEqual(['a.txt', 'summary.json'])
  })

  it('drafts that are a link are not followed', () => {
    const folder = fresh()
    const target = earlier()
    mkdirSync(folder)
    symlinkSync(target, join(folder, '.fillgrid-drafts'))
    put(folder, { 'x.txt': 'x' })
    expect([namesIn(folder), namesIn(target)]).toEqual([
      ['summary.json', 'x.txt'],
      ['a.txt', 'b.txt', 'summary.json'],
    ])
  })
})

const built = existsSync(builtFile('node.js'))

describe.skipIf(!built)('processes', () => {
  let results: [Result, Result]
  let module: string
  beforeAll(async () => {
    const kinds = await resultKinds()
    results = [kinds[0][1], kinds[2][1]]
    for (const [i, result] of results.entries()) await writeResult(join(root, `source${i}`), result)
    module = join(root, 'writer.mjs')
    writeFileSync(
      module,
      `import { readResult, writeResult } from ${JSON.stringify(String(builtFile('node.js')))}
       const [folder, root, first, times, overwrite] = process.argv.slice(2)
       const results = [await readResult(root + '/source0'), await readResult(root + '/source1')]
       console.log('ready')
       let done = 0
       for (let i = 0; i < Number(times); i++)
         try {
           await writeResult(folder, results[(i + Number(first)) % 2], { overwrite: overwrite === 'yes' })
           done++
         } catch (error) {
           if (error.code !== 'folder_taken') throw error
         }
       console.log(done)`,
    )
  })
  const write = (folder: string, first: number, times: number, overwrite: string) =>
    new Promise<number>((resolve, reject) => {
      const args = [module, folder, root, String(first), String(times), overwrite]
      execFile(process.execPath, args, (error, stdout) => {
        if (error) reject(error)
        else resolve(Number(stdout.trim().split('\n').at(-1)))
      })
    })
  const expectOne = async (folder: string) => {
    const read = await readResult(folder)
    expectSame(read, results[read.strategy === results[0].strategy ? 0 : 1])
  }

  it('of which several write a new folder at once: one does', async () => {
    const folder = fresh()
    const done = await Promise.all([0, 1, 0, 1].map((first) => write(folder, first, 5, 'no')))
    expect(done.reduce((sum, n) => sum + n, 0)).toBe(1)
    await expectOne(folder)
    expect(namesIn(folder)).toEqual(namesIn(join(root, 'source0')))
  })

  it('of which several replace a result at once: it is always a whole one', async () => {
    const folder = fresh()
    const done = await Promise.all([0, 1, 0].map((first) => write(folder, first, 30, 'yes')))
    expect(done.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(3)
    await expectOne(folder)
    expect(namesIn(folder)).toEqual(namesIn(join(root, 'source0')))
  })

  it('that are killed at any moment leave nothing that the next one cannot replace', async () => {
    const folder = fresh()
    const found = new Set<string>()
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, [module, folder, root, '0', '100000', 'yes'])
      await new Promise((resolve) => child.stdout.once('data', resolve))
      await new Promise((resolve) => setTimeout(resolve, 20 + 13 * round))
      const closed = new Promise((resolve) => child.once('close', resolve))
      child.kill('SIGKILL')
      await closed
      const read = await readResult(folder).catch((error) => error)
      found.add(read instanceof Error ? (read as { code?: string }).code! : 'whole')
      if (!(read instanceof Error)) await expectOne(folder)
      await writeResult(folder, results[round % 2], { overwrite: true })
      expectSame(await readResult(folder), results[round % 2])
      expect(namesIn(folder)).toEqual(namesIn(join(root, 'source0')))
    }
    for (const state of found) expect(['whole', 'result_damaged', 'file_access']).toContain(state)
  })
})

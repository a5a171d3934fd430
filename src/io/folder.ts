import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { FillgridError, show } from '../errors.ts'
import { canonical } from '../results/result.ts'
import { accessError, contentHash, makeFolder, readFile, writeFile } from './files.ts'
import { jsonText } from './jsonwrite.ts'
import { locked } from './lock.ts'

/**
 * A folder of files that belong together: summary.json says what they are and lists them with their sizes and digests. By
 * that list a folder is replaced, and nothing else is ever removed.
 */

/** The content of a file, in parts where it is large. */
export type FileContent = string | Uint8Array | readonly Uint8Array[]
/** Files by name. */
export type FolderFiles = Readonly<Record<string, FileContent>>

/** A file of a folder as its summary lists it. */
export interface ManifestEntry {
  name: string
  bytes: number
  /** 64 hexadecimal digits. */
  sha256: string
}

/** What is to be written: the summary's text, and the files that it lists. */
export interface Folder {
  summary: string
  files: FolderFiles
}

/** A summary that was read, with its list. */
export type Summary = Readonly<Record<string, unknown>> & { readonly files: readonly ManifestEntry[] }

export const SUMMARY = 'summary.json'
/** What summaries call themselves: `fillgrid result`, `fillgrid sweep`. */
const FORMAT = /^fillgrid \w+$/
/** Nothing that leads out of the folder, and nothing hidden. */
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
/** Names that a writer has for itself, for as long as it writes. */
const OWN = /^\.fillgrid-/
const DRAFTS = '.fillgrid-drafts'
/** A summary with more bytes is none. */
const SUMMARY_LIMIT = 256 * 1024 * 1024

/** A folder to be written: its summary, with a manifest of the files and a digest over all of it. @throws FillgridError invalid_value */
export function sealFolder(summary: Readonly<Record<string, unknown>>, files: FolderFiles): Folder {
  for (const name of Object.keys(files))
    if (!PLAIN_NAME.test(name) || name.toLowerCase() === SUMMARY)
      throw new FillgridError(
        'invalid_value',
        `folder: plain file names other than ${SUMMARY} expected, found ${show(name)}. Take letters, digits, dots, - and _.`,
      )
  const manifest = Object.entries(files).map(([name, content]): ManifestEntry => {
    const parts = partsOf(content)
    return { name, bytes: parts.reduce((sum, part) => sum + part.length, 0), sha256: contentHash(parts) }
  })
  // As JSON has it, so that who reads it comes to the same digest.
  const sealed = JSON.parse(jsonText({ ...summary, files: manifest }))
  return { summary: jsonText({ ...sealed, sha256: digestOf(sealed) }), files }
}

/**
 * Whether files of these names may be written into a folder. A new or empty one is free. With `overwrite` an earlier result
 * is replaced, that is the files that its manifest names and whose bytes are as they were written; what else lies there
 * stays, and must not have one of the names.
 *
 * @returns the names that are replaced
 * @throws FillgridError folder_taken, file_access
 */
export function checkFolder(folder: string, names: readonly string[], overwrite: boolean): string[] {
  const found = entriesOf(folder).filter((name) => !OWN.test(name))
  if (found.length === 0) return []
  const earlier = found.includes(SUMMARY) ? manifestIn(folder) : undefined
  if (!overwrite) throw takenError(folder, found, earlier !== undefined)
  const old = earlier ? [SUMMARY, ...earlier.map((entry) => asWritten(folder, entry))] : []
  for (const name of [SUMMARY, ...names]) {
    if (old.includes(name) || statOf(join(folder, name)) === undefined) continue
    throw new FillgridError(
      'folder_taken',
      `folder: only an earlier result may be replaced, found ${join(folder, name)}, which ${earlier ? `its ${SUMMARY} does not name` : 'no manifest names'}. Move it away or choose another folder.`,
      { file: join(folder, name) },
    )
  }
  return old
}

/**
 * Writes a folder, all of it or nothing: the files are drafted in it first and take their names when all are there. Where that
 * is interrupted the summary names files that are missing, and the next writer with `overwrite` may go on.
 *
 * @throws FillgridError folder_taken, file_access
 */
export function writeFolder(folder: string, { summary, files }: Folder, overwrite = false): void {
  const names = Object.keys(files)
  // Before anything is made. What is replaced is looked at under the lock alone: another writer may be replacing it.
  if (!overwrite) checkFolder(folder, names, false)
  try {
    makeFolder(resolve(folder))
  } catch (error) {
    throw accessError(error, folder, 'written')
  }
  locked(folder, () => {
    const old = checkFolder(folder, names, overwrite)
    const drafts = join(folder, DRAFTS)
    try {
      rmSync(drafts, { recursive: true, force: true })
      mkdirSync(drafts)
      for (const [name, content] of Object.entries(files)) writeFile(join(drafts, name), partsOf(content))
      writeFile(join(drafts, SUMMARY), summary)
      // Gone before the manifest that names them, so that none is left behind without one.
      for (const name of old) if (name !== SUMMARY) rmSync(join(folder, name), { force: true })
      for (const name of [SUMMARY, ...names]) renameSync(join(drafts, name), join(folder, name))
    } catch (error) {
      throw accessError(error, folder, 'written')
    } finally {
      rmSync(drafts, { recursive: true, force: true })
    }
  })
}

/** The summary of a folder, as it was written. @throws FillgridError result_damaged with the file, file_access */
export function readSummary(folder: string): Summary {
  const file = join(folder, SUMMARY)
  const summary = parsed(file)
  const { sha256, ...sealed } = summary
  let found: string
  try {
    found = digestOf(sealed)
  } catch (cause) {
    // Lists in lists in lists, deeper than any summary.
    if (!(cause instanceof RangeError)) throw cause
    throw fileDamaged(file, 'a summary expected', show(cause.message))
  }
  if (sha256 !== found)
    throw fileDamaged(file, `sha256: ${found}, the digest of all else in it, expected`, show(sha256))
  return { ...summary, files: manifestOf(sealed, file) }
}

/** The bytes of a file that a summary lists. @throws FillgridError result_damaged, file_access */
export function readListed(folder: string, { files }: Summary, name: string): Uint8Array {
  const summary = join(folder, SUMMARY)
  const entry = files.find((one) => one.name === name)
  if (!entry) throw fileDamaged(summary, `files: an entry for ${name} expected`, 'none')
  const file = join(folder, name)
  const info = statOf(file)
  if (!info) throw fileDamaged(file, `a file, which ${SUMMARY} lists, expected`, 'none')
  if (!info.isFile()) throw fileDamaged(file, 'a plain file expected', 'something else')
  if (info.size !== entry.bytes)
    throw fileDamaged(file, `${entry.bytes} bytes, as ${SUMMARY} lists it, expected`, String(info.size))
  const bytes = readFile(file)
  const sha256 = contentHash(bytes)
  if (sha256 !== entry.sha256)
    throw fileDamaged(file, `sha256 ${entry.sha256}, as ${SUMMARY} lists it, expected`, sha256)
  return bytes
}

/** A file of a folder that is not as it was written. */
export function fileDamaged(file: string, expected: string, found: string): FillgridError {
  return new FillgridError(
    'result_damaged',
    `${file}: ${expected}, found ${found}. Copy the folder again, or run it again.`,
    { file },
  )
}

function parsed(file: string): Record<string, unknown> {
  const info = statOf(file)
  if (!info)
    throw new FillgridError(
      'file_access',
      `${file}: the summary of a result expected, found none. Name a folder that \`--out\` or writeResult has written.`,
      { file },
    )
  if (!info.isFile()) throw fileDamaged(file, 'a plain file expected', 'something else')
  const text = new TextDecoder().decode(readFile(file, SUMMARY_LIMIT))
  let summary: unknown
  try {
    summary = JSON.parse(text)
  } catch (cause) {
    throw fileDamaged(file, 'JSON expected', show((cause as Error).message))
  }
  if (summary === null || typeof summary !== 'object' || Array.isArray(summary))
    throw fileDamaged(file, 'a JSON object expected', show(summary))
  const { format } = summary as Record<string, unknown>
  if (typeof format !== 'string' || !FORMAT.test(format))
    throw fileDamaged(file, "format: 'fillgrid result' expected", show(format))
  return summary as Record<string, unknown>
}

/** The list of a summary, which names nothing outside its folder. */
function manifestOf({ files }: Readonly<Record<string, unknown>>, file: string): ManifestEntry[] {
  if (!Array.isArray(files)) throw fileDamaged(file, 'files: a list expected', show(files))
  return files.map((entry: unknown, i): ManifestEntry => {
    const { name, bytes, sha256 } = (entry ?? {}) as Record<string, unknown>
    if (typeof name !== 'string' || !PLAIN_NAME.test(name) || name.toLowerCase() === SUMMARY)
      throw fileDamaged(file, `files[${i}].name: a plain file name expected`, show(name))
    if (typeof bytes !== 'number' || !Number.isInteger(bytes) || bytes < 0)
      throw fileDamaged(file, `files[${i}].bytes: a whole number expected`, show(bytes))
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256))
      throw fileDamaged(file, `files[${i}].sha256: 64 hexadecimal digits expected`, show(sha256))
    return { name, bytes, sha256 }
  })
}

/** The manifest of an earlier result; undefined where the summary is another program's, or was changed. */
function manifestIn(folder: string): readonly ManifestEntry[] | undefined {
  try {
    return readSummary(folder).files
  } catch (error) {
    if (error instanceof FillgridError && error.code === 'result_damaged') return undefined
    throw error
  }
}

/** The name of a listed file that is as it was written, or gone. @throws FillgridError folder_taken */
function asWritten(folder: string, { name, bytes, sha256 }: ManifestEntry): string {
  const file = join(folder, name)
  const info = statOf(file)
  if (!info || (info.isFile() && info.size === bytes && digestIn(file) === sha256)) return name
  // Taken away by another writer in between.
  if (!statOf(file)) return name
  throw new FillgridError(
    'folder_taken',
    `folder: files of the earlier result as they were written expected, found ${file} ${info.isFile() ? 'changed since' : 'no plain file'}. Move it away or choose another folder.`,
    { file },
  )
}

/** The digest of a file; undefined where it is gone. */
function digestIn(file: string): string | undefined {
  try {
    return contentHash(readFile(file))
  } catch (error) {
    if (statOf(file)) throw error
    return undefined
  }
}

function takenError(folder: string, found: readonly string[], earlier: boolean): FillgridError {
  const what = earlier
    ? 'an earlier result'
    : `${found.length === 1 ? '' : `${found.length} things, the first `}${show(found[0])}`
  const way = earlier
    ? '`overwrite: true` replaces it, but no file that was changed since or is not its own'
    : '`overwrite: true` writes beside what is there, and replaces nothing but an earlier result'
  return new FillgridError(
    'folder_taken',
    `folder: a new or empty one expected, found ${what} in ${show(folder)}. Choose another; ${way}.`,
    { file: folder },
  )
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw accessError(error, folder, 'read')
  }
}

/** What lies at a path, links not followed. */
function statOf(path: string): ReturnType<typeof lstatSync> | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    throw accessError(error, path, 'read')
  }
}

function partsOf(content: FileContent): readonly Uint8Array[] {
  if (typeof content === 'string') return [new TextEncoder().encode(content)]
  return content instanceof Uint8Array ? [content] : content
}

function digestOf(summary: unknown): string {
  return contentHash(new TextEncoder().encode(canonical(summary)))
}

import { FillgridError, show } from '../errors.ts'

/** Encodings that are tried, in this order, where a text is not UTF-8 and nobody says what it is. */
export const LEGACY_ENCODINGS: readonly string[] = [
  'euc-kr',
  'windows-1251',
  'windows-1252',
  'shift_jis',
  'gb18030',
  'windows-1250',
  'big5',
]

/**
 * The encodings that a text may have by its first bytes: one where it is certain (a byte order mark, valid UTF-8, the
 * zero bytes of UTF-16), several where only its words can tell.
 *
 * @param head the beginning, cut at the end of a line if the text is longer
 */
export function possibleEncodings(head: Uint8Array): readonly string[] {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return ['utf-8']
  if (head[0] === 0xff && head[1] === 0xfe) return ['utf-16le']
  if (head[0] === 0xfe && head[1] === 0xff) return ['utf-16be']
  const zeros = [0, 0]
  const n = Math.min(head.length, 4096)
  for (let i = 0; i < n; i++) if (head[i] === 0) zeros[i & 1]++
  if (zeros[1] > n / 8 && zeros[0] === 0) return ['utf-16le']
  if (zeros[0] > n / 8 && zeros[1] === 0) return ['utf-16be']
  if (isValid(head, 'utf-8')) return ['utf-8']
  return LEGACY_ENCODINGS.filter((encoding) => isValid(head, encoding))
}

/** Whether bytes are a text in an encoding. */
export function isValid(bytes: Uint8Array, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** A decoder for an encoding by the names that TextDecoder takes. @throws FillgridError invalid_value */
export function decoderFor(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding === 'cp949' || encoding === 'uhc' ? 'euc-kr' : encoding)
  } catch {
    throw new FillgridError(
      'invalid_value',
      `file: encoding must be a name like 'utf-8', 'utf-16le', 'windows-1251' or 'euc-kr', found ${show(encoding)}.`,
    )
  }
}

/** Bytes that are read in parts: a file, or an array. */
export interface ByteSource {
  readonly size: number
  /**
   * The bytes [from, to), which lie within the size.
   *
   * @param brief they are only needed until the next call, so that room may be used again
   */
  read(from: number, to: number, brief?: boolean): Uint8Array
}

/** An array as a source; its parts are views. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (from, to) => bytes.subarray(from, to) }
}

/** Whether an object has bytes of its own: as an array, or as a source. */
export function holdsBytes(value: unknown): value is { bytes: Uint8Array | ByteSource } {
  const bytes = (value as { bytes?: unknown } | null | undefined)?.bytes
  return bytes instanceof Uint8Array || typeof (bytes as Partial<ByteSource> | undefined)?.read === 'function'
}

export function inlineMore(bytes: Uint8Array): Uint8Array

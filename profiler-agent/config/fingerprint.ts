// A short name for a value that changes whenever the value does: which configuration a price came from. No secret depends on it.

/** Eight hex digits (FNV-1a over the JSON); empty for a value without content. */
export function createFingerprint(value: { readonly [key: string]: object }): string {
  if (Object.values(value).every((part) => Object.keys(part).length === 0)) return ''
  let hash = 0x811c9dc5
  for (const character of JSON.stringify(value)) {
    hash ^= character.codePointAt(0) ?? 0
    hash = Math.imul(hash, 0x01000193) >>> 0
  }
  return hash.toString(16).padStart(8, '0')
}

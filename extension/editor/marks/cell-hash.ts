// The hash by which Jupyter's Python kernel names the code of a cell: MurmurHash2 of 32 bits.

/** Of `ipykernel`, so that its names are those of its debugger. */
const SEED = 0xc70f6907
const FACTOR = 0x5bd1e995

/** Of the text as the kernel got it, with line breaks of one character; a decimal number. */
export function cellHash(text: string): string {
  const bytes = new TextEncoder().encode(text.replaceAll('\r\n', '\n'))
  const view = new DataView(bytes.buffer)
  const whole = bytes.length - (bytes.length % 4)
  let hash = SEED ^ bytes.length
  for (let at = 0; at < whole; at += 4) hash = Math.imul(hash, FACTOR) ^ mixed(view.getUint32(at, true))
  if (whole < bytes.length) {
    const rest = bytes.subarray(whole).reduceRight((sum, byte) => (sum << 8) | byte, 0)
    hash = Math.imul(hash ^ rest, FACTOR)
  }
  hash = Math.imul(hash ^ (hash >>> 13), FACTOR)
  return String((hash ^ (hash >>> 15)) >>> 0)
}

function mixed(word: number): number {
  const product = Math.imul(word, FACTOR)
  return Math.imul(product ^ (product >>> 24), FACTOR)
}

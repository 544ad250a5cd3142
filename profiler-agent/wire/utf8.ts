// UTF-8 to text and back for the framings. Coders are the platform's; only their types are named here, so that this folder needs neither Node nor the DOM.

declare class TextDecoder {
  constructor(label: string, options: { readonly fatal?: boolean; readonly ignoreBOM?: boolean })
  decode(bytes: Uint8Array): string
}

declare class TextEncoder {
  encode(text: string): Uint8Array
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Text of whole UTF-8 bytes; a byte order mark is kept, broken sequences become U+FFFD. Throws nothing. */
export function textOfUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

export function bytesOfText(text: string): Uint8Array {
  return encoder.encode(text)
}

/** The bytes without a leading UTF-8 byte order mark. */
export function withoutByteOrderMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
}

/** One array from many parts. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

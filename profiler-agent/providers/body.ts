// Undoes `content-encoding` on a captured body. Cut-short compressed bodies give what could be read.

import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib'

export interface DecodedBody {
  readonly bytes: Uint8Array
  /** Layers of encoding that were cut short, corrupt or unknown. */
  readonly malformed: number
}

/** More than any provider sends; a guard against a few kilobytes that unpack to gigabytes. */
const MAX_BYTES = 512 * 1024 * 1024

type Unpack = (bytes: Uint8Array, cutShort: boolean) => Uint8Array

const zlibOptions = (cutShort: boolean) => ({
  maxOutputLength: MAX_BYTES,
  finishFlush: cutShort ? constants.Z_SYNC_FLUSH : constants.Z_FINISH,
})

/** `deflate` is zlib-wrapped by the standard, and raw from some servers. */
function inflateEither(bytes: Uint8Array, cutShort: boolean): Uint8Array {
  try {
    return inflateSync(bytes, zlibOptions(cutShort))
  } catch {
    // Heard below: raw deflate throws too where it is neither.
    return inflateRawSync(bytes, zlibOptions(cutShort))
  }
}

const gunzip: Unpack = (bytes, cutShort) => gunzipSync(bytes, zlibOptions(cutShort))

const UNPACKERS: Readonly<Record<string, Unpack>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflateEither,
  br: (bytes, cutShort) =>
    brotliDecompressSync(bytes, {
      maxOutputLength: MAX_BYTES,
      finishFlush: cutShort ? constants.BROTLI_OPERATION_FLUSH : constants.BROTLI_OPERATION_FINISH,
    }),
  zstd: (bytes, cutShort) =>
    zstdDecompressSync(bytes, {
      maxOutputLength: MAX_BYTES,
      finishFlush: cutShort ? constants.ZSTD_e_flush : constants.ZSTD_e_end,
    }),
}

/**
 * The body as the application saw it. `headers` have lower-case names. Throws nothing: a layer that cannot be undone
 * at all leaves the bytes as they are, since recorders keep the header of bodies that they have already unpacked.
 */
export function decodeBody(bytes: Uint8Array, headers: Readonly<Record<string, string>>): DecodedBody {
  const encodings = (headers['content-encoding'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
  let decoded: DecodedBody = { bytes, malformed: 0 }
  if (bytes.length === 0) return decoded
  for (const encoding of encodings.reverse()) {
    const layer = undo(decoded.bytes, encoding)
    decoded = { bytes: layer.bytes, malformed: decoded.malformed + layer.malformed }
  }
  return decoded
}

function undo(bytes: Uint8Array, encoding: string): DecodedBody {
  const unpack = Object.hasOwn(UNPACKERS, encoding) ? UNPACKERS[encoding] : undefined
  if (unpack === undefined) return { bytes, malformed: 1 }
  for (const cutShort of [false, true])
    try {
      return { bytes: unpack(bytes, cutShort), malformed: cutShort ? 1 : 0 }
    } catch {
      // Counted in `malformed`: by the second round, or by giving up below.
    }
  return looksLikeText(bytes) ? { bytes, malformed: 0 } : { bytes: new Uint8Array(0), malformed: 1 }
}

/** JSON and event streams begin with a printable character or white space; packed bodies hardly ever do. */
function looksLikeText(bytes: Uint8Array): boolean {
  return bytes
    .subarray(0, 16)
    .every((byte) => byte >= 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)
}

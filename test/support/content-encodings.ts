// The content encodings that a body may come in, by the names that `content-encoding` has for them.

import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'

export const ENCODINGS = {
  identity: (bytes: Buffer) => bytes,
  gzip: (bytes: Buffer) => gzipSync(bytes),
  deflate: (bytes: Buffer) => deflateSync(bytes),
  br: (bytes: Buffer) => brotliCompressSync(bytes),
  zstd: (bytes: Buffer) => zstdCompressSync(bytes),
}

// Small forms of what a store holds many times over: UUIDs as bytes, texts compressed, and JSON that differs in its numbers and ids only as a shape and those.

import type { SQLOutputValue } from 'node:sqlite'
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'
import type { Store } from './store'

const UUID = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})(.*)$/s

/** An id that begins with a UUID as its 16 bytes and whatever follows; any other id as it is. */
export function packId(id: string): string | Uint8Array {
  const [, ...parts] = UUID.exec(id) ?? []
  if (parts.length === 0) return id
  const rest = parts.pop() ?? ''
  return Buffer.concat([Buffer.from(parts.join(''), 'hex'), Buffer.from(rest)])
}

export function unpackId(value: SQLOutputValue | undefined): string {
  if (!(value instanceof Uint8Array)) return String(value ?? '')
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  const hex = bytes.toString('hex', 0, 16)
  // Joined, it is one piece of memory; put together in a template it would stay a tree of nine parts, which take 400 bytes.
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)]
  const uuid = parts.join('-')
  return bytes.length === 16 ? uuid : uuid + bytes.toString('utf8', 16)
}

/** A SHA-256 in hex as its 32 bytes; anything else as it is. */
export function packHash(hash: string): string | Uint8Array {
  return /^[0-9a-f]{64}$/.test(hash) ? Buffer.from(hash, 'hex') : hash
}

export function unpackHash(value: SQLOutputValue | undefined): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value ?? '')
}

/** Shorter texts get little smaller. */
const LEAST_CHARACTERS = 200
/** Up to here the words that Brotli knows from the start make the smaller copy; beyond, speed matters more. */
const BROTLI_CHARACTERS = 4096
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 2, [constants.BROTLI_PARAM_LGWIN]: 16 } }
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

/** A text, or its UTF-8 compressed where that is smaller. */
export function packText(text: string): string | Uint8Array {
  // What is no Unicode (half a surrogate pair) would come back as something else.
  if (text.length < LEAST_CHARACTERS || !text.isWellFormed()) return text
  const bytes = Buffer.from(text)
  const brotli = text.length <= BROTLI_CHARACTERS ? brotliCompressSync(bytes, BROTLI) : undefined
  // One stream in billions begins like the other format.
  const packed = brotli && !isZstd(brotli) ? brotli : zstdCompressSync(bytes)
  return packed.length < bytes.length ? packed : text
}

export function unpackText(value: SQLOutputValue | undefined): string | undefined {
  if (value instanceof Uint8Array)
    return (isZstd(value) ? zstdDecompressSync(value) : brotliDecompressSync(value)).toString()
  return typeof value === 'string' ? value : undefined
}

function isZstd(bytes: Uint8Array): boolean {
  return ZSTD_MAGIC.equals(bytes.subarray(0, ZSTD_MAGIC.length))
}

/**
 * Numbers as they stand in JSON and in names like `step 12`; not the digits in `cache_write_5m` or `gpt-5`. And the id of a tool call, in JSON
 * that is a text itself: no two spans have the same.
 */
const VARYING = /(?<=[:,[. T])\d+|(?<=gen_ai\.tool\.call\.id\\":\\")[^\s"\\]+(?=\\")/g
export const HOLE = '\u0000'

/** JSON as `shape:numbers`; shapes are kept once in the table `shapes`. */
export class Shapes {
  readonly #keys = new Map<string, number>()
  /** Known to be there until the transaction that goes on is over. */
  readonly #held = new Set<number>()
  readonly #texts = new Map<number, string>()

  constructor(readonly store: Store) {}

  /** Packs JSON, in which no raw control character can stand. Writes a shape that is new. */
  pack(json: string): string {
    const numbers: string[] = []
    const shape = json.replace(VARYING, (varying) => {
      numbers.push(varying)
      return HOLE
    })
    return `${this.keyOf(shape)}:${numbers.join(' ')}`
  }

  unpack(packed: string): string {
    const colon = packed.indexOf(':')
    const numbers = packed.slice(colon + 1).split(' ')
    let index = 0
    return this.textOf(Number(packed.slice(0, colon))).replaceAll(HOLE, () => numbers[index++] ?? '')
  }

  /** The key of a text that many rows share; one that is new is written. */
  keyOf(text: string): number {
    const known = this.#keys.get(text)
    if (known !== undefined && this.#isThere(known)) return known
    const mark = markOf(text)
    const row = this.store.prepare('SELECT key FROM shapes WHERE mark = ? AND text = ?').get(mark, text)
    const key = row
      ? Number(row.key)
      : Number(
          this.store.prepare('INSERT INTO shapes (mark, text) VALUES (?, ?)').run(mark, text).lastInsertRowid,
        )
    if (this.#keys.size >= REMEMBERED_SHAPES) this.#keys.clear()
    this.#keys.set(text, key)
    this.#hold(key)
    return key
  }

  /** Called where a transaction begins and where one, or a part of it, is taken back. */
  letGo(): void {
    this.#held.clear()
  }

  /** Another process may have removed it between transactions, or the one that wrote it was taken back. */
  #isThere(key: number): boolean {
    if (this.#held.has(key)) return true
    const isThere = this.store.prepare('SELECT 1 FROM shapes WHERE key = ?').get(key) !== undefined
    if (isThere) this.#hold(key)
    return isThere
  }

  #hold(key: number): void {
    if (this.store.database.isTransaction) this.#held.add(key)
  }

  textOf(key: number): string {
    const known = this.#texts.get(key)
    if (known !== undefined) return known
    const row = this.store.prepare('SELECT text FROM shapes WHERE key = ?').get(key)
    const text = String(row?.text ?? 'null')
    if (this.#texts.size >= REMEMBERED_SHAPES) this.#texts.clear()
    if (row) this.#texts.set(key, text)
    return text
  }
}

const REMEMBERED_SHAPES = 2_000

/** A small number by which a text is looked up; not unique. */
function markOf(text: string): number {
  let mark = text.length
  for (let index = 0; index < text.length; index++) mark = (Math.imul(mark, 31) + text.charCodeAt(index)) | 0
  return mark
}

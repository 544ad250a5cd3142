// Columns as one piece of memory and back, to be sent and embedded: a JSON header, then the arrays. Decoding copies nothing.

import { bytesOfText, textOfUtf8 } from '../wire/utf8'
import type { RunColumns } from './columns'

const ARRAYS = { Uint8Array, Uint16Array, Uint32Array, Int32Array, Float64Array }
type ArrayName = keyof typeof ARRAYS
type AnyArray = InstanceType<(typeof ARRAYS)[ArrayName]>

/** Float64 need their bytes to begin at a multiple of 8. */
const ALIGNMENT = 8
const VERSION = 1

interface Header {
  readonly version: number
  readonly arrays: readonly { readonly path: string; readonly type: ArrayName; readonly length: number }[]
  readonly rest: unknown
}

export function encodeColumns(columns: RunColumns): ArrayBuffer {
  const found: { path: string; array: AnyArray }[] = []
  const rest = withoutArrays(columns, '', found)
  const arrays = found.map(({ path, array }) => ({ path, type: typeOf(array), length: array.length }))
  const header = bytesOfText(JSON.stringify({ version: VERSION, arrays, rest } satisfies Header))
  const first = aligned(4 + header.length)
  const size = found.reduce((sum, { array }) => sum + aligned(array.byteLength), first)
  const buffer = new ArrayBuffer(size)
  new DataView(buffer).setUint32(0, header.length, true)
  new Uint8Array(buffer).set(header, 4)
  let offset = first
  for (const { array } of found) {
    new Uint8Array(buffer).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset)
    offset += aligned(array.byteLength)
  }
  return buffer
}

/** Throws when the bytes are not columns, or of a version that this page does not know. */
export function decodeColumns(buffer: ArrayBuffer): RunColumns {
  const length = new DataView(buffer).getUint32(0, true)
  const header: Header = JSON.parse(textOfUtf8(new Uint8Array(buffer, 4, length)))
  if (header.version !== VERSION)
    throw new Error(`columns of version ${header.version} cannot be shown, only ${VERSION}`)
  const columns = header.rest as { [key: string]: unknown }
  let offset = aligned(4 + length)
  for (const { path, type, length } of header.arrays) {
    const array = new ARRAYS[type](buffer, offset, length)
    offset += aligned(array.byteLength)
    place(columns, path.split('.'), array)
  }
  // Written by `encodeColumns` of the same version.
  return columns as unknown as RunColumns
}

function withoutArrays(value: object, path: string, found: { path: string; array: AnyArray }[]): object {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const here = path === '' ? key : `${path}.${key}`
      if (ArrayBuffer.isView(inner)) {
        found.push({ path: here, array: inner as AnyArray })
        return []
      }
      // The head is the run's own; what looks like a path in it must stay what it is.
      const isGroup = key === 'id' || key === 'frames' || key === 'parts'
      return [[key, isGroup && inner !== undefined ? withoutArrays(inner, here, found) : inner]]
    }),
  )
}

function place(target: { [key: string]: unknown }, [key = '', ...more]: string[], array: AnyArray) {
  if (more.length === 0) target[key] = array
  else place(target[key] as { [key: string]: unknown }, more, array)
}

function typeOf(array: AnyArray): ArrayName {
  const name = array.constructor.name
  if (name in ARRAYS) return name as ArrayName
  throw new Error(`no column can be a ${name}`)
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
}

// Source maps of generated files, read from disk by their sourceMappingURL and cached by mtime and size. Runs nothing, fetches nothing.

import { readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import {
  originalPositionFor,
  type SourceMapInput,
  sourceContentFor,
  TraceMap,
} from '@jridgewell/trace-mapping'
import type { Frame } from '../model/span'

const MAX_FILE_BYTES = 128 * 1024 * 1024
const MAX_CACHED_MAPS = 50
const COMMENT = /^[ \t]*\/\/[#@] ?sourceMappingURL=(\S+)[ \t]*$/gm
const DATA_URL = /^data:application\/json[^,]*?(;base64)?,(.*)$/s
/** A network share: to look at it would hand the user's identity to a host that a header named. */
const NETWORK_PATH = /^(?:\\\\|\/\/)/

interface CachedMap {
  readonly version: string
  /** Undefined for a file without a usable map. */
  readonly map: TraceMap | undefined
  /** Where relative sources start: the folder of the map, or of the generated file where the map is inline. */
  readonly folder: string
}

const cache = new Map<string, CachedMap>()

/**
 * The frame at its source, with an absolute file where one can be told; `source` is as the map names it where not.
 * Undefined when the file has no map, or the map says nothing of this position. Throws nothing.
 */
export function originalFrame(frame: Frame): Frame | undefined {
  try {
    return mapped(frame)
  } catch {
    // An unreadable file or a broken map: the frame stays as the program sent it.
    return undefined
  }
}

function mapped(frame: Frame): Frame | undefined {
  const cached = mapOf(frame.file)
  if (cached?.map === undefined) return undefined
  const at = { line: frame.line, column: Math.max(0, (frame.column ?? 1) - 1) }
  const position = originalPositionFor(cached.map, at)
  if (position.source === null) return undefined
  return {
    file: sourceFile(position.source, cached.folder),
    line: position.line,
    column: position.column + 1,
    ...nameIn(cached.map, position.source, frame.function),
  }
}

/** A minifier's name means nothing: a function keeps its name only if its source has that word. */
function nameIn(map: TraceMap, source: string, name: string | undefined): { function?: string } {
  if (name === undefined) return {}
  const content = sourceContentFor(map, source)
  const word = name.slice(name.lastIndexOf('.') + 1)
  return content === null || (word.length > 2 && content.includes(word)) ? { function: name } : {}
}

function mapOf(file: string): CachedMap | undefined {
  if (!isAbsolute(file) || NETWORK_PATH.test(file)) return undefined
  const stat = statSync(file, { throwIfNoEntry: false })
  if (!stat?.isFile() || stat.size > MAX_FILE_BYTES) return undefined
  const version = `${stat.mtimeMs}:${stat.size}`
  const known = cache.get(file)
  if (known?.version === version) return known
  const fresh = { version, map: undefined, folder: dirname(file), ...readMap(file) }
  cache.delete(file)
  cache.set(file, fresh)
  for (const oldest of cache.keys()) if (cache.size > MAX_CACHED_MAPS) cache.delete(oldest)
  return fresh
}

function readMap(file: string): { map: TraceMap; folder: string } | undefined {
  try {
    const url = [...readFileSync(file, 'utf8').matchAll(COMMENT)].at(-1)?.[1]
    if (url === undefined) return undefined
    const [json, folder] = url.startsWith('data:') ? [inlineMap(url), dirname(file)] : mapFile(url, file)
    // Sources are resolved here, against a folder: trace-mapping would treat a path as a URL.
    return { map: new TraceMap(JSON.parse(json) as SourceMapInput), folder }
  } catch {
    // Remembered as "no map" until the file changes, so that a broken map is not parsed for each call.
    return undefined
  }
}

function inlineMap(url: string): string {
  const [, base64, data = ''] = DATA_URL.exec(url) ?? []
  return base64 === undefined ? decodeURIComponent(data) : Buffer.from(data, 'base64').toString('utf8')
}

function mapFile(url: string, file: string): [json: string, folder: string] {
  const target = new URL(url, pathToFileURL(file))
  if (target.protocol !== 'file:' || target.host !== '') throw new Error(`source map at ${target.protocol}`)
  const path = fileURLToPath(target)
  const stat = statSync(path)
  if (!stat.isFile() || stat.size > MAX_FILE_BYTES) throw new Error('no source map, or too large')
  return [readFileSync(path, 'utf8'), dirname(path)]
}

const SCHEME = /^[a-z][a-z0-9+.-]+:\/\//i

/** File of a map's source: absolute where it is a path or a file URL; for `webpack://name/./src/x` the path below the name. */
function sourceFile(source: string, folder: string): string {
  if (source.startsWith('file://')) return fileURLToPath(source)
  if (SCHEME.test(source)) return pathBelowScheme(source)
  return resolve(folder, source)
}

function pathBelowScheme(source: string): string {
  const path = source
    .replace(SCHEME, '')
    .replace(/^[^/]*\/+/, '')
    .replace(/\?[\w-]*$/, '')
  return path.replace(/^(?:\.\/)+/, '')
}

// Positions in the user's sources, for code that a loader transpiled in memory (tsx): only this process has that map.
// Bundles on disk are left as they are; the profiler maps them, outside of the user's time.

import { statSync } from 'node:fs'
import { findSourceMap } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Frame } from '../../../model/span'
import type { RawFrame } from './call-stack'

/** Decoding a map takes time in proportion to it; a file above this size is a bundle, whose map is on disk as well. */
const MAX_FILE_BYTES = 256 * 1024

const maps = new Map<string, ReturnType<typeof findSourceMap>>()

/** The frame at its source where this process knows a map, else as it is. */
export function mapFrame(frame: RawFrame): Frame {
  const { file, line, column } = frame
  const name = frame.function === undefined ? {} : { function: frame.function }
  try {
    const entry = mapOf(frame)?.findEntry(line - 1, column - 1)
    if (entry !== undefined && 'originalSource' in entry && entry.originalSource)
      return {
        file: sourcePath(entry.originalSource, file),
        line: entry.originalLine + 1,
        column: entry.originalColumn + 1,
        ...name,
      }
  } catch {
    // A broken map: the position in the generated code is better than none.
  }
  return { file, line, column, ...name }
}

function mapOf(frame: RawFrame): ReturnType<typeof findSourceMap> {
  if (!maps.has(frame.script))
    maps.set(frame.script, isSmall(frame.file) ? findSourceMap(frame.script) : undefined)
  return maps.get(frame.script)
}

function isSmall(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= MAX_FILE_BYTES
}

function sourcePath(source: string, generated: string): string {
  if (source.startsWith('file:')) return fileURLToPath(source)
  return resolve(dirname(generated), source)
}

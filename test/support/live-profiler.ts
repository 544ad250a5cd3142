// The profiler at work in a data folder, by what it announces there.

import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { decodeReadyLine } from '../../profiler-agent/feed/codec'
import type { ReadyLine } from '../../profiler-agent/feed/protocol'
import { until } from './until'

/** Another one than the one with the process id `before`. */
export function liveProfiler(data: string, before?: number): Promise<ReadyLine> {
  return until('a profiler', () => {
    const file = globSync(join(data, 'live', '*.json')).find((path) => basename(path) !== `${before}.json`)
    const line = file === undefined ? undefined : lineIn(file)
    const decoded = line === undefined ? undefined : decodeReadyLine(line)
    return decoded?.ok ? decoded.value : undefined
  })
}

/** Undefined where it was removed meanwhile. */
function lineIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

// The anchor of a place that was recorded without one, taken from its file, as long as that is the file that ran.

import { readFileSync, statSync } from 'node:fs'
import { anchorAt } from '../../../profiler-agent/anchor/anchor'
import { CodeText } from '../../../profiler-agent/anchor/code-text'
import type { CodeAnchor } from '../../../profiler-agent/model/code-anchor'
import type { LineCost } from '../../../profiler-agent/model/line-cost'

/**
 * In the order of `lines`, all of one file. `undefined` where the file was written after the run began, is gone, or has no such
 * line: where the code is that ran then, nobody can say.
 */
export function anchorsFromFile(path: string, lines: readonly LineCost[]): (CodeAnchor | undefined)[] {
  let text: CodeText | undefined
  const writtenAt = Math.floor(timeOfWriting(path))
  return lines.map(({ callSite: { line, column }, startTime }) => {
    if (!(writtenAt <= Date.parse(startTime))) return undefined
    text ??= readText(path)
    return text && anchorAt(text, line, column)
  })
}

/** Milliseconds; `NaN` for a file that is not there. */
function timeOfWriting(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN
}

function readText(path: string): CodeText | undefined {
  try {
    return new CodeText(readFileSync(path, 'utf8'), path)
  } catch {
    // Deleted since it was looked at, or not readable: like a file that changed.
    return undefined
  }
}

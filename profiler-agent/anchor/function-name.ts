// The name of the function around a place, by what stands farther left above it: good enough to tell copies of a statement apart.

import type { CodeText } from './code-text'

const FARTHEST_LINES = 2_000
const LONGEST_HEAD = 300

const HEADS = [
  /\b(?:function\s*\*?|def|fn|func|fun|sub)\s+([\p{L}_$#][\p{L}\p{N}_$]*)/u,
  /(?:^|[\s(,{])([\p{L}_$#][\p{L}\p{N}_$]*)["']?\s*(?:=|:)\s*(?:[^=]*\s)?(?:async\b|function\b|\(|[\p{L}_$][\p{L}\p{N}_$]*\s*=>)/u,
  /^\s*(?:(?:export|public|private|protected|static|async|override|get|set|final|\*)\s+)*\*?([\p{L}_$#][\p{L}\p{N}_$]*)\s*(?:<[^>]*>)?\([^;]*$/u,
]
/** These begin a block that is no function. */
const NO_NAME = /^(?:if|for|while|switch|catch|with|return|do|else|try|await|match|elif|except)$/

export function functionAround(code: CodeText, line: number): string | undefined {
  let indent = indentOf(code.lineAt(line))
  for (let above = line - 1; above > 0 && above > line - FARTHEST_LINES && indent > 0; above--) {
    const text = code.lineAt(above)
    if (text.trim() === '' || indentOf(text) >= indent) continue
    // What closes a list of parameters, or an element, belongs to a line farther up.
    if (/^\s*[)\]}>]/.test(text)) continue
    indent = indentOf(text)
    const name = text.length < LONGEST_HEAD ? nameIn(text) : undefined
    if (name !== undefined) return name
  }
  return undefined
}

function nameIn(head: string): string | undefined {
  for (const pattern of HEADS) {
    const name = pattern.exec(head)?.[1]
    if (name !== undefined && !NO_NAME.test(name)) return name
  }
  return undefined
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

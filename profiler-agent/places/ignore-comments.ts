// Comments by which a person wants to hear no more of a finding: `costflame-ignore-next-line <rule>` above its line, in code that has comments.

import type { TextEdit } from '../model/finding'
import { kindOfFile, lexFile } from './file-kind'
import type { Lexed, TextLexeme } from './lexeme'
import { offsetOf } from './source-lines'

const WORD = 'costflame-ignore-next-line'
/** Rules, separated by spaces or commas, and behind ` -- ` why. */
const COMMENT = /(?:\/\/|#|\/\*)[ \t]*costflame-ignore-next-line[ \t]+([^\r\n]*)/g

export interface IgnoreComment {
  readonly line: number
  /** The line that it is about: the next one with code on it. */
  readonly next: number
  readonly rules: readonly string[]
}

/** Of JavaScript, TypeScript and Python; in other files there is none that would not be sent to the model, or that can be told from text. */
export function ignoreComments(file: string, source: string): IgnoreComment[] {
  if (!source.includes(WORD)) return []
  const lexed = lexedCode(file, source)
  if (lexed === undefined) return []
  const lines = new LineStarts(source)
  return [...source.matchAll(COMMENT)].flatMap((match) => {
    if (textAround(lexed, match.index) !== undefined) return []
    const next = lexed.lexemes.find(({ start }) => start > match.index)
    if (next === undefined) return []
    const rules = rulesIn(match[1] ?? '')
    return [{ line: lines.of(match.index), next: lines.of(next.start), rules }]
  })
}

/** The comment that speaks of a finding of this rule on this line; one on a text speaks of all the lines of the text. */
export function ignoringComment(
  file: string,
  source: string,
  { rule, line }: { readonly rule: string; readonly line: number },
): IgnoreComment | undefined {
  const comments = ignoreComments(file, source).filter(({ rules }) => isNamed(rule, rules))
  if (comments.length === 0) return undefined
  const first = firstLine(file, source, line)
  return comments.find(({ next }) => next === line || next === first)
}

/** Whether a rule is among these rules and families (`cache`). Limits are never ignored: they are raised. */
export function isNamed(rule: string, rules: readonly string[]): boolean {
  if (rule.startsWith('budget/')) return false
  return rules.includes(rule) || rules.includes(rule.split('/', 1)[0] ?? '')
}

/** Where such a comment is put for a finding on a line, with the line itself; `undefined` where none can stand, as in a prompt file. */
export function ignoreCommentFor(
  file: string,
  source: string,
  { rule, line }: { readonly rule: string; readonly line: number },
): Pick<TextEdit, 'line' | 'column' | 'newText'> | undefined {
  const first = firstLine(file, source, line)
  const lines = source.split('\n')
  const text = first === undefined ? undefined : lines[first - 1]
  if (first === undefined || text === undefined || lines[first - 2]?.trimEnd().endsWith('\\'))
    return undefined
  const indent = /^[ \t]*/.exec(text)?.[0] ?? ''
  const mark = kindOfFile(file) === 'python' ? '#' : '//'
  const newText = `${indent}${mark} ${WORD} ${rule}\n`
  const edited = [...lines.slice(0, first - 1), newText + lines.slice(first - 1).join('\n')].join('\n')
  // Where what was put in turns out to be text, or is about another line, it is no comment.
  return ignoringComment(file, edited, { rule, line: line + 1 }) && { line: first, column: 1, newText }
}

/** The line itself, else that on which the text begins that is around it. */
function firstLine(file: string, source: string, line: number): number | undefined {
  const lexed = lexedCode(file, source)
  const start = offsetOf(source, line)
  if (lexed === undefined || start === undefined) return undefined
  const lines = new LineStarts(source)
  // A text that begins in a hole of another one lies in that one.
  return lines.of(textAround(lexed, start)?.start ?? start)
}

/** JSON has no comments. */
function lexedCode(file: string, source: string): Lexed | undefined {
  const kind = kindOfFile(file)
  const lexed = kind === 'javascript' || kind === 'python' ? lexFile(file, source) : undefined
  return lexed?.isClean ? lexed : undefined
}

function textAround({ lexemes }: Lexed, offset: number): TextLexeme | undefined {
  return lexemes.find(
    (lexeme): lexeme is TextLexeme => lexeme.kind === 'text' && lexeme.start < offset && offset < lexeme.end,
  )
}

function rulesIn(text: string): string[] {
  const [rules = ''] = text.split(/\s--(?:\s|$)|\*\//, 1)
  return rules.split(/[\s,]+/).filter((rule) => rule !== '')
}

/** Numbers of lines by offset, from 1. */
class LineStarts {
  readonly #starts: readonly number[]

  constructor(source: string) {
    const starts = [0]
    for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1)
    this.#starts = starts
  }

  of(offset: number): number {
    const after = this.#starts.findIndex((start) => start > offset)
    return after < 0 ? this.#starts.length : after
  }
}

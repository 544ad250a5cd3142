// Changes of one place in a text of JSON with comments. Whatever stands around it stays, byte for byte.

import { type Edit, type Node, type ParseError, parseTree } from 'jsonc-parser'
import { withoutByteOrderMark } from '../../wire/jsonc'
import { bracketed, type Json, LINE_WIDTH, layoutOf, rendered, renderedMember } from './render'

/**
 * The edits that put a value at a path of keys, with the objects that lead to it where they are missing. `undefined` where that
 * cannot be done: the text has an error in its syntax, or something else than an object is in the way.
 */
export function setValue(text: string, path: readonly string[], value: Json): Edit[] | undefined {
  let object = parsed(text)
  for (const [depth, key] of path.entries()) {
    if (object?.type !== 'object') return undefined
    const property = propertyOf(object, key)
    const found: Node | undefined = property?.children?.[1]
    if (!found) {
      const nested = path.slice(depth + 1).reduceRight<Json>((inner, name) => ({ [name]: inner }), value)
      return insertion(text, object, key, nested)
    }
    object = found
  }
  return object && replacement(text, object, value)
}

/**
 * The edits that put a line comment above the member at a path, in the place of one of our own that stands there already.
 * `undefined` where there is no such member.
 */
export function setComment(
  text: string,
  path: readonly string[],
  comment: string,
  isOurs: (comment: string) => boolean,
): Edit[] | undefined {
  const property = memberAt(text, path)
  if (!property?.parent) return undefined
  const { offset } = property
  const layout = layoutOf(text)
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1
  const before = text.slice(lineStart, offset)
  if (before.trim() === '') {
    const above = lineAbove(text, lineStart)
    if (above && isOurs(above.content)) return [{ ...above, content: comment }]
    return [{ offset, length: 0, content: comment + layout.lineEnd + before }]
  }
  const { parent } = property
  const indent = indentAt(text, parent.offset)
  if (isExpandable(text, parent)) {
    const members = (parent.children ?? []).map(
      (each) =>
        (each === property ? `${comment}${layout.lineEnd}${indent}${layout.indent}` : '') +
        source(text, each),
    )
    return [{ offset: parent.offset, length: parent.length, content: bracketed(members, layout, indent) }]
  }
  const spaces = before.length - before.trimEnd().length
  const newLine = layout.lineEnd + indent + layout.indent
  return [{ offset: offset - spaces, length: spaces, content: newLine + comment + newLine }]
}

/** The member (key and value) at a path of keys. */
function memberAt(text: string, path: readonly string[]): Node | undefined {
  let node = parsed(text)
  let member: Node | undefined
  for (const key of path) {
    member = node && propertyOf(node, key)
    node = member?.children?.[1]
  }
  return member
}

function parsed(text: string): Node | undefined {
  const errors: ParseError[] = []
  try {
    const root = parseTree(withoutByteOrderMark(text), errors, { allowTrailingComma: true })
    return errors.length === 0 ? root : undefined
  } catch {
    // It goes deeper than the stack.
    return undefined
  }
}

/** Of a key that stands twice the last, which is the one that counts. */
function propertyOf(object: Node, key: string): Node | undefined {
  return object.type === 'object'
    ? object.children?.findLast(({ children }) => children?.[0]?.value === key)
    : undefined
}

function replacement(text: string, node: Node, value: Json): Edit[] {
  const { offset, length } = node
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1
  const content = rendered(value, layoutOf(text), indentAt(text, offset), offset - lineStart)
  return content === source(text, node) ? [] : [{ offset, length, content }]
}

function insertion(text: string, object: Node, key: string, value: Json): Edit[] {
  const layout = layoutOf(text)
  const members = object.children ?? []
  const last = members.at(-1)
  const around = indentAt(text, object.offset)
  if (isExpandable(text, object)) {
    const inline = `${last ? ', ' : ' '}${JSON.stringify(key)}: ${rendered(value, layout, around, 0)}${last ? '' : ' '}`
    if (!inline.includes('\n') && lineAt(text, object.offset).length + inline.length <= LINE_WIDTH) {
      const [start, end] = last
        ? [last.offset + last.length, last.offset + last.length]
        : [object.offset + 1, object.offset + object.length - 1]
      return [{ offset: start, length: end - start, content: inline }]
    }
    const all = [
      ...members.map((member) => source(text, member)),
      renderedMember(key, value, layout, around + layout.indent),
    ]
    return [{ offset: object.offset, length: object.length, content: bracketed(all, layout, around) }]
  }
  return insertionOfLine(text, object, last, (indent) => renderedMember(key, value, layout, indent))
}

/** Below the last member and the comments that follow it. */
function insertionOfLine(
  text: string,
  object: Node,
  last: Node | undefined,
  member: (indent: string) => string,
): Edit[] {
  const layout = layoutOf(text)
  const start = last ? last.offset + last.length : object.offset + 1
  const end = object.offset + object.length - 1
  const rest = text.slice(start, end)
  const hasComma = !last || withoutComments(rest).includes(',')
  const indent =
    last && startsLine(text, last)
      ? indentAt(text, last.offset)
      : indentAt(text, object.offset) + layout.indent
  const at = start + rest.trimEnd().length
  const closing = rest.slice(rest.trimEnd().length).includes('\n')
    ? ''
    : layout.lineEnd + indentAt(text, object.offset)
  const line = { offset: at, length: 0, content: layout.lineEnd + indent + member(indent) + closing }
  if (hasComma) return [line]
  if (at === start) return [{ ...line, content: `,${line.content}` }]
  return [{ offset: start, length: 0, content: ',' }, line]
}

/** Stands on one line, without comments: may be laid out anew, its members as they are. */
function isExpandable(text: string, object: Node): boolean {
  const inside = source(text, object)
  if (inside.includes('\n')) return false
  let end = object.offset + 1
  const gaps = (object.children ?? []).map((member) => {
    const gap = text.slice(end, member.offset)
    end = member.offset + member.length
    return gap
  })
  return !gaps.concat(text.slice(end, object.offset + object.length)).some((gap) => gap.includes('/*'))
}

function withoutComments(text: string): string {
  return text.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '')
}

function source(text: string, { offset, length }: Node): string {
  return text.slice(offset, offset + length)
}

function startsLine(text: string, { offset }: Node): boolean {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset).trim() === ''
}

function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(lineAt(text, offset))?.[0] ?? ''
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  return text.slice(start, end < 0 ? undefined : end).trimEnd()
}

/** The line before one that starts there, without its spaces. */
function lineAbove(text: string, lineStart: number) {
  if (lineStart === 0) return undefined
  const start = text.lastIndexOf('\n', lineStart - 2) + 1
  const line = text.slice(start, lineStart - 1)
  const content = line.trim()
  return { content, offset: start + line.indexOf(content), length: content.length }
}

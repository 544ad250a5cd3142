// JSON with comments that a user writes, checked against a shape with the position of everything in it. One mistake never hides the rest. No Node.

import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { groupThousands } from '../model/quantity'

/** Lines and columns start at 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

export interface Problem extends Position {
  readonly message: string
  /** Of what counts all the same; everything else is an error, and left out. */
  readonly severity?: 'warning'
}

/** What may stand at a place. Numbers are never negative. */
export type Shape = (
  | { readonly kind: 'string' | 'boolean' | 'any' | 'strings' }
  /** `most`: what is above it is a mistake, and so is what JSON cannot hold exactly. */
  | { readonly kind: 'number'; readonly whole?: true; readonly most?: number }
  /** A number from 0 to 1. */
  | { readonly kind: 'share' }
  /** A date, or a date and time, ISO 8601. */
  | { readonly kind: 'moment' }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'list'; readonly of: Shape }
  /** One of several kinds of JSON, told apart by its type. */
  | { readonly kind: 'either'; readonly of: readonly Shape[]; readonly expected: string }
  | {
      readonly kind: 'object'
      readonly keys: Readonly<Record<string, Shape>>
      readonly required?: readonly string[]
    }
  /** An object whose keys are names that the user chose. */
  | { readonly kind: 'named'; readonly value: Shape }
) & {
  readonly description?: string
  /** Stands once in the JSON Schema, under this name, however often it is used. */
  readonly name?: string
}

export interface ReadJsonc {
  /** `undefined` for an empty file. */
  readonly root: Node | undefined
  readonly problems: readonly Problem[]
  /** Where a node stands. */
  readonly at: (node: Node) => Position
}

/** Reads a text and holds it against a shape. Never throws: whatever is wrong is a problem with its line and column. */
export function readJsonc(text: string, shape: Shape): ReadJsonc {
  const errors: ParseError[] = []
  const lineStarts = lineStartsOf(text)
  const at = (node: Node) => positionAt(lineStarts, node.offset)
  let root: Node | undefined
  try {
    root = parseTree(withoutByteOrderMark(text), errors, { allowTrailingComma: true })
  } catch {
    // It goes deeper than the stack.
    return { root, problems: [{ line: 1, column: 1, message: 'the file nests too deep to be read' }], at }
  }
  // The first one only: what follows it in a broken place is mostly its echo.
  const problems = errors.slice(0, 1).map((error) => ({
    ...positionAt(lineStarts, error.offset),
    message: `this is not valid JSON with comments: ${inWords(printParseErrorCode(error.error))}`,
  }))
  if (!root) {
    const empty = { line: 1, column: 1, message: 'the file is empty; it needs at least {"version": 1}' }
    return { root, problems: problems.length > 0 ? problems : [empty], at }
  }
  const found = problemsIn(root, shape, '').map(({ node, message }) => ({ ...at(node), message }))
  return { root, problems: [...problems, ...found], at }
}

/** Some editors on Windows begin a file with one. A space in its place keeps every position. */
export function withoutByteOrderMark(text: string): string {
  return text.replace(/^\uFEFF/, ' ')
}

/** Where and why a text is no strict JSON; `undefined` where it is, or where it nests too deep to tell. */
export function firstJsonError(text: string): Problem | undefined {
  const errors: ParseError[] = []
  try {
    parseTree(text, errors, { disallowComments: true })
  } catch {
    // It goes deeper than the stack.
  }
  const [first] = errors
  return (
    first && {
      ...positionAt(lineStartsOf(text), first.offset),
      message: inWords(printParseErrorCode(first.error)),
    }
  )
}

/** The problem of a file whose `version` is not the one that we know; that there is none is told by a shape that requires it. */
export function versionProblems({ root, at }: ReadJsonc, expected: number): Problem[] {
  if (root === undefined) return []
  const version = valueAt(root, ['version'])
  if (version === undefined || getNodeValue(version) === expected) return []
  return [{ ...at(version), message: `"version" must be ${expected}` }]
}

/** The value at a path of keys; of a key that stands twice the last, as everywhere in JSON. */
export function valueAt(root: Node, path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>(
    (node, name) =>
      node?.children?.findLast((property) => property.children?.[0]?.value === name)?.children?.[1],
    root,
  )
}

/** The value of a node as far as it has the shape: what is wrong in it is left out, a wrong whole is `undefined`. */
export function soundValue(node: Node, shape: Shape): unknown {
  switch (shape.kind) {
    case 'object':
    case 'named':
      if (node.type !== 'object') return undefined
      return Object.fromEntries(
        propertiesOf(node).flatMap(([key, value]) => {
          const sound = soundProperty(key, value, shape)
          return sound === undefined ? [] : [[key.value, sound] as const]
        }),
      )
    case 'list':
      if (node.type !== 'array') return undefined
      return (node.children ?? [])
        .map((item) => soundValue(item, shape.of))
        .filter((item) => item !== undefined)
    case 'either': {
      const fitting = shape.of.find((option) => problemsIn(node, option, '').length === 0)
      return fitting && soundValue(node, fitting)
    }
    default:
      return problemsIn(node, shape, '').length === 0 ? getNodeValue(node) : undefined
  }
}

function soundProperty(key: Node, value: Node, shape: Extract<Shape, { kind: 'object' | 'named' }>): unknown {
  if (shape.kind === 'named') return soundValue(value, shape.value)
  const known = Object.hasOwn(shape.keys, key.value) ? shape.keys[key.value] : undefined
  return known && soundValue(value, known)
}

interface Found {
  readonly node: Node
  readonly message: string
}

function problemsIn(node: Node, shape: Shape, path: string): Found[] {
  switch (shape.kind) {
    case 'any':
      return []
    case 'number':
      return problemsInNumber(node, path, shape)
    case 'share':
      return problemsInNumber(node, path, { most: 1 }, `${path} must be from 0 to 1`)
    case 'string':
    case 'boolean':
      return node.type === shape.kind ? [] : [wrongType(node, path, `a ${shape.kind}`)]
    case 'moment':
      return isMoment(node) ? [] : [wrongType(node, path, 'a date such as 2026-11-22')]
    case 'strings':
      return isListOfStrings(node) ? [] : [wrongType(node, path, 'a list of texts')]
    case 'choice':
      return shape.of.includes(String(node.value))
        ? []
        : [wrongType(node, path, `one of ${shape.of.join(', ')}`)]
    case 'list':
      if (node.type !== 'array') return [wrongType(node, path, 'a list')]
      return (node.children ?? []).flatMap((item, index) => problemsIn(item, shape.of, `${path}[${index}]`))
    case 'either':
      return problemsInEither(node, shape, path)
    case 'named':
      return eachProperty(node, path, (_key, value, below) => problemsIn(value, shape.value, below))
    case 'object':
      return problemsInObject(node, shape, path)
    default:
      return shape satisfies never
  }
}

function problemsInNumber(
  node: Node,
  path: string,
  { whole, most = Number.MAX_SAFE_INTEGER }: { readonly whole?: true; readonly most?: number },
  tooMuch?: string,
): Found[] {
  if (node.type !== 'number') return [wrongType(node, path, 'a number')]
  if (node.value < 0) return [{ node, message: `${path} must not be negative` }]
  if (node.value > most)
    return [{ node, message: tooMuch ?? `${path} must be at most ${groupThousands(String(most))}` }]
  return whole && !Number.isInteger(node.value) ? [wrongType(node, path, 'a whole number')] : []
}

/** The problems of the option whose type the value has, so that they are about what the user meant. */
function problemsInEither(node: Node, shape: Extract<Shape, { kind: 'either' }>, path: string): Found[] {
  const meant = shape.of.find((option) => JSON_TYPES[option.kind].includes(node.type))
  return meant ? problemsIn(node, meant, path) : [wrongType(node, path, shape.expected)]
}

const JSON_TYPES: Readonly<Record<Shape['kind'], readonly string[]>> = {
  number: ['number'],
  share: ['number'],
  string: ['string'],
  moment: ['string'],
  choice: ['string'],
  boolean: ['boolean'],
  any: ['object', 'array', 'string', 'number', 'boolean', 'null'],
  strings: ['array'],
  list: ['array'],
  object: ['object'],
  named: ['object'],
  either: [],
}

function problemsInObject(node: Node, shape: Extract<Shape, { kind: 'object' }>, path: string): Found[] {
  const found = eachProperty(node, path, (key, value, below) => {
    const known = Object.hasOwn(shape.keys, key.value) ? shape.keys[key.value] : undefined
    return known ? problemsIn(value, known, below) : [unknownKey(key, shape.keys)]
  })
  if (node.type !== 'object') return found
  const names = propertiesOf(node).map(([key]) => key.value)
  const missing = (shape.required ?? []).filter((name) => !names.includes(name))
  return [...found, ...missing.map((name) => ({ node, message: `${path || 'the file'} needs "${name}"` }))]
}

function eachProperty(
  node: Node,
  path: string,
  visit: (key: Node, value: Node, path: string) => Found[],
): Found[] {
  if (node.type !== 'object') return [wrongType(node, path || 'the file', 'an object')]
  const seen = new Set<string>()
  return propertiesOf(node).flatMap(([key, value]) => {
    const twice = seen.has(key.value)
      ? [{ node: key, message: `"${key.value}" stands here twice; the last one counts` }]
      : []
    seen.add(key.value)
    return [...twice, ...visit(key, value, path === '' ? key.value : `${path}.${key.value}`)]
  })
}

function propertiesOf(node: Node): (readonly [key: Node, value: Node])[] {
  return (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key && value ? [[key, value] as const] : [],
  )
}

function isListOfStrings(node: Node): boolean {
  return node.type === 'array' && (node.children ?? []).every((item) => item.type === 'string')
}

function isMoment(node: Node): boolean {
  return (
    node.type === 'string' && /^\d{4}-\d{2}-\d{2}/.test(node.value) && !Number.isNaN(Date.parse(node.value))
  )
}

function wrongType(node: Node, path: string, expected: string): Found {
  return { node, message: `${path} must be ${expected}` }
}

function unknownKey(key: Node, keys: Readonly<Record<string, Shape>>): Found {
  return {
    node: key,
    message: `unknown key "${key.value}"; known here: ${Object.keys(keys).join(', ')}`,
  }
}

/** `CommaExpected` → `comma expected`. */
function inWords(code: string): string {
  return code.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase()
}

/** Offsets at which lines begin. */
function lineStartsOf(text: string): readonly number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function positionAt(lineStarts: readonly number[], offset: number): Position {
  let [first, last] = [0, lineStarts.length - 1]
  while (first < last) {
    const middle = Math.ceil((first + last) / 2)
    if ((lineStarts[middle] ?? 0) <= offset) first = middle
    else last = middle - 1
  }
  return { line: first + 1, column: offset - (lineStarts[first] ?? 0) + 1 }
}

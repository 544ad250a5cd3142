// Reads `.costflame/budgets.jsonc` with the position of everything in it. One mistake never hides the rest of the file. No Node.

import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { present } from '../../model/present'

export const BUDGET_FILE = 'budgets.jsonc'
const BUDGET_VERSION = 1

/** Lines and columns start at 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

export interface BudgetProblem extends Position {
  readonly message: string
}

/** A limit with the place where it is written. */
export interface Limit {
  readonly value: number
  readonly position: Position
}

export interface BudgetFile {
  readonly workspace: { readonly costUsdPerRun?: Limit; readonly costUsdPerDay?: Limit }
  readonly problems: readonly BudgetProblem[]
}

const CEILINGS = [
  'costUsd',
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'retrievalTokens',
  'toolResultTokens',
  'inputTokensPerCall',
  'outputTokensPerCall',
  'modelCalls',
  'toolCalls',
  'retries',
  'durationMs',
  'contextGrowthPerStep',
  'agents',
  'cacheHitRatio',
] as const

type Shape =
  | { readonly kind: 'number' | 'string' | 'boolean' | 'any' | 'strings' }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'object'; readonly keys: Readonly<Record<string, Shape>> }
  /** An object whose keys are names that the user chose. */
  | { readonly kind: 'named'; readonly value: Shape }

const number = { kind: 'number' } as const
const string = { kind: 'string' } as const
const limits: Shape = {
  kind: 'object',
  keys: { ...Object.fromEntries(CEILINGS.map((name) => [name, number])), models: { kind: 'strings' } },
}
const reaction: Readonly<Record<string, Shape>> = {
  limits,
  clampOutput: { kind: 'boolean' },
  onExceed: { kind: 'choice', of: ['warn', 'block', 'escalate'] },
  escalation: string,
  baseline: { kind: 'any' },
}
const step: Shape = { kind: 'object', keys: reaction }
const intent: Shape = { kind: 'object', keys: { ...reaction, steps: { kind: 'named', value: step } } }

/** The keys of version 1, as the schema describes them. */
const FILE_SHAPE: Shape = {
  kind: 'object',
  keys: {
    $schema: string,
    version: number,
    agents: {
      kind: 'named',
      value: {
        kind: 'object',
        keys: {
          ...reaction,
          agentVersion: string,
          steps: { kind: 'named', value: step },
          intents: { kind: 'named', value: intent },
        },
      },
    },
    workflows: { kind: 'named', value: { kind: 'object', keys: { ...reaction, rootAgent: string } } },
    workspace: {
      kind: 'object',
      keys: {
        ...reaction,
        limits: { kind: 'object', keys: { costUsdPerRun: number, costUsdPerDay: number } },
      },
    },
    gate: {
      kind: 'object',
      keys: {
        percentile: { kind: 'choice', of: ['p50', 'p95', 'p99'] },
        minInvocations: number,
        tolerance: number,
      },
    },
  },
}

/**
 * Reads a budget file. Never throws: an unknown key, a wrong type, a negative number or broken syntax is a problem with its
 * line and column, and every limit that can still be read counts.
 */
export function readBudgetFile(text: string): BudgetFile {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true })
  const at = (offset: number) => positionAt(text, offset)
  // The first one only: what follows it in a broken place is mostly its echo.
  const problems = errors.slice(0, 1).map((error) => ({
    ...at(error.offset),
    message: `this is not valid JSON with comments: ${inWords(printParseErrorCode(error.error))}`,
  }))
  if (!root) return { workspace: {}, problems: problems.length > 0 ? problems : [emptyFile()] }
  const found = problemsIn(root, FILE_SHAPE, '').map(({ offset, message }) => ({ ...at(offset), message }))
  const limit = (name: string) => limitAt(root, ['workspace', 'limits', name], at)
  return {
    workspace: present({
      costUsdPerRun: limit('costUsdPerRun'),
      costUsdPerDay: limit('costUsdPerDay'),
    }),
    problems: [...problems, ...found, ...versionProblems(root, at)],
  }
}

/** `CommaExpected` → `comma expected`. */
function inWords(code: string): string {
  return code.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase()
}

function emptyFile(): BudgetProblem {
  return { line: 1, column: 1, message: 'the file is empty; it needs at least {"version": 1}' }
}

function versionProblems(root: Node, at: (offset: number) => Position): BudgetProblem[] {
  const version = valueAt(root, ['version'])
  if (version && getNodeValue(version) === BUDGET_VERSION) return []
  const message = `"version" must be ${BUDGET_VERSION}`
  return [{ ...at((version ?? root).offset), message }]
}

interface Found {
  readonly offset: number
  readonly message: string
}

function problemsIn(node: Node, shape: Shape, path: string): Found[] {
  switch (shape.kind) {
    case 'any':
      return []
    case 'number':
      return problemsInNumber(node, path)
    case 'string':
    case 'boolean':
      return node.type === shape.kind ? [] : [wrongType(node, path, `a ${shape.kind}`)]
    case 'strings':
      return isListOfStrings(node) ? [] : [wrongType(node, path, 'a list of texts')]
    case 'choice':
      return shape.of.includes(String(node.value))
        ? []
        : [wrongType(node, path, `one of ${shape.of.join(', ')}`)]
    case 'named':
      return eachProperty(node, path, (_key, value, below) => problemsIn(value, shape.value, below))
    case 'object':
      return eachProperty(node, path, (key, value, below) => {
        const known = Object.hasOwn(shape.keys, key.value) ? shape.keys[key.value] : undefined
        return known ? problemsIn(value, known, below) : [unknownKey(key, shape.keys)]
      })
    default:
      return shape satisfies never
  }
}

function problemsInNumber(node: Node, path: string): Found[] {
  if (node.type !== 'number') return [wrongType(node, path, 'a number')]
  return node.value < 0 ? [{ offset: node.offset, message: `${path} must not be negative` }] : []
}

function eachProperty(
  node: Node,
  path: string,
  visit: (key: Node, value: Node, path: string) => Found[],
): Found[] {
  if (node.type !== 'object') return [wrongType(node, path || 'the file', 'an object')]
  return (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key && value ? visit(key, value, path === '' ? key.value : `${path}.${key.value}`) : [],
  )
}

function isListOfStrings(node: Node): boolean {
  return node.type === 'array' && (node.children ?? []).every((item) => item.type === 'string')
}

function wrongType(node: Node, path: string, expected: string): Found {
  return { offset: node.offset, message: `${path} must be ${expected}` }
}

function unknownKey(key: Node, keys: Readonly<Record<string, Shape>>): Found {
  return {
    offset: key.offset,
    message: `unknown key "${key.value}"; known here: ${Object.keys(keys).join(', ')}`,
  }
}

function limitAt(root: Node, path: readonly string[], at: (offset: number) => Position): Limit | undefined {
  const node = valueAt(root, path)
  if (node?.type !== 'number' || node.value < 0) return undefined
  return { value: node.value, position: at(node.parent?.offset ?? node.offset) }
}

function valueAt(root: Node, path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>(
    (node, name) => node?.children?.find((property) => property.children?.[0]?.value === name)?.children?.[1],
    root,
  )
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}

// Reads `.costflame/budgets.jsonc` with the position of everything in it. One mistake never hides the rest of the file. No Node.

import type { Node } from 'jsonc-parser'
import { present } from '../../model/present'
import {
  type Position,
  type Problem,
  readJsonc,
  type Shape,
  valueAt,
  versionProblems,
} from '../../wire/jsonc'

export const BUDGET_FILE = 'budgets.jsonc'
const BUDGET_VERSION = 1

export type { Position } from '../../wire/jsonc'

export type BudgetProblem = Problem

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
  const read = readJsonc(text, FILE_SHAPE)
  const { root, problems, at } = read
  if (!root) return { workspace: {}, problems }
  const limit = (name: string) => limitAt(root, ['workspace', 'limits', name], at)
  return {
    workspace: present({
      costUsdPerRun: limit('costUsdPerRun'),
      costUsdPerDay: limit('costUsdPerDay'),
    }),
    problems: [...problems, ...versionProblems(read, BUDGET_VERSION)],
  }
}

function limitAt(root: Node, path: readonly string[], at: (node: Node) => Position): Limit | undefined {
  const node = valueAt(root, path)
  if (node?.type !== 'number' || node.value < 0) return undefined
  return { value: node.value, position: at(node.parent ?? node) }
}

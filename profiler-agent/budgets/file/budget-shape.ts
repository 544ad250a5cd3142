// The keys of `.costflame/budgets.jsonc`, as data: what the reader checks and the published JSON Schema is made from.

import { type NumericLimit, ON_EXCEED, PERCENTILES } from '../../model/budget'
import type { Shape } from '../../wire/jsonc'

export const BUDGET_VERSION = 1

/** More than anybody can mean: a slip of the finger, or not the unit that was meant. */
const MOST_COUNT = 1e12
const MOST_USD = 1e9

const count = (description: string): Shape => ({
  kind: 'number',
  whole: true,
  most: MOST_COUNT,
  description,
})
const usd = (description: string): Shape => ({ kind: 'number', most: MOST_USD, description })

const LIMITS_OF_WORKSPACE = {
  costUsdPerRun: usd('US dollars that one run may cost, whatever it runs.'),
  costUsdPerDay: usd('US dollars that all runs of a local calendar day may cost together.'),
} satisfies Partial<Record<NumericLimit, Shape>>

/** In the order in which they are written. Each says what is held against it. */
const LIMITS_OF_AGENTS = {
  costUsd: usd('US dollars that it may cost.'),
  inputTokens: count('Tokens that may go into its calls together, cached ones included.'),
  outputTokens: count('Tokens that its calls may answer together, reasoning included.'),
  totalTokens: count('Tokens in and out of its calls together.'),
  retrievalTokens: count(
    'Tokens of retrieved context that may enter it. History that is sent again does not count again. Guessed retrieval only warns.',
  ),
  toolResultTokens: count(
    'Tokens of tool results that may enter it. History that is sent again does not count again.',
  ),
  inputTokensPerCall: count('Tokens that may go into any one call.'),
  outputTokensPerCall: count(
    'Tokens that any one call may answer. With "clampOutput" the request is capped at it.',
  ),
  modelCalls: count('Calls of models.'),
  toolCalls: count(
    'Tool calls that the model may ask for without an answer in between. 3 ends the loop after three: the request that brings the fourth result is over.',
  ),
  retries: count('Attempts at the same call beyond the first.'),
  durationMs: count('Milliseconds from its beginning to its end.'),
  contextGrowthPerStep: count('Tokens by which the input may grow from one call to the next.'),
  agents: count('Agents that may run, the first one included.'),
  cacheHitRatio: {
    kind: 'share',
    description: 'The least part of its input (0 to 1) that must be read from the prompt cache.',
  },
} satisfies Partial<Record<NumericLimit, Shape>>

const limits: Shape = {
  kind: 'object',
  name: 'limits',
  description: 'What it may use at most.',
  keys: {
    ...LIMITS_OF_AGENTS,
    models: { kind: 'strings', description: 'The models that may be called; no others.' },
  },
}

const percentiles: Shape = {
  kind: 'object',
  name: 'percentiles',
  required: PERCENTILES,
  keys: Object.fromEntries(PERCENTILES.map((name) => [name, { kind: 'number' }])),
}

const meanUse: Shape = {
  kind: 'object',
  required: ['calls', 'uncachedInput', 'cacheRead', 'cacheWrite', 'output'],
  keys: {
    calls: { kind: 'number' },
    uncachedInput: { kind: 'number', description: 'Tokens.' },
    cacheRead: { kind: 'number', description: 'Tokens.' },
    cacheWrite: { kind: 'number', description: 'Tokens.' },
    output: { kind: 'number', description: 'Tokens.' },
    usd: { kind: 'number', description: 'US dollars; absent where some calls have no price.' },
  },
}

const baselineOf = (name: string, limitsMeasured: Readonly<Record<string, Shape>>): Shape => ({
  kind: 'object',
  name,
  description: 'What was measured when the limits were derived; written by "costflame budgets export".',
  required: ['invocations', 'measuredAt', 'headroom'],
  keys: {
    invocations: { kind: 'number', whole: true, description: 'How many invocations were measured.' },
    measuredAt: { kind: 'moment', description: 'The day of the last one.' },
    headroom: {
      kind: 'number',
      most: 100,
      description: 'What derived limits are above p99: 0.2 is 20 %.',
    },
    prices: { kind: 'string', description: 'Hash of the unit prices of the models that were called.' },
    perInvocation: {
      kind: 'named',
      description: 'What one invocation used on average, by provider/model.',
      value: meanUse,
    },
    ...Object.fromEntries(Object.keys(limitsMeasured).map((name) => [name, percentiles])),
  },
})

const reaction: Readonly<Record<string, Shape>> = {
  clampOutput: {
    kind: 'boolean',
    description: 'Lowers the cap on output that a request has, so that the answer keeps to the limit.',
  },
  onExceed: {
    kind: 'choice',
    of: ON_EXCEED,
    description:
      '"warn" reports · "block" refuses the call, with one clear error in the program · "escalate" blocks and starts the escalation.',
  },
  escalation: {
    kind: 'string',
    description:
      'Name of the escalation. Its command or URL stands in your user settings or in COSTFLAME_ESCALATE_<NAME>, never in this file.',
  },
}
const budget: Readonly<Record<string, Shape>> = {
  limits,
  ...reaction,
  baseline: baselineOf('baseline', LIMITS_OF_AGENTS),
}
const steps: Shape = {
  kind: 'named',
  name: 'steps',
  description: 'Limits of each span of a step, by its name.',
  value: { kind: 'object', keys: budget },
}

/** The keys of version 1. */
export const BUDGET_SHAPE: Shape = {
  kind: 'object',
  required: ['version'],
  keys: {
    $schema: { kind: 'string' },
    version: { kind: 'number', description: `The version of this format: ${BUDGET_VERSION}.` },
    agents: {
      kind: 'named',
      description: 'Limits of each invocation of an agent, by its name.',
      value: {
        kind: 'object',
        keys: {
          agentVersion: { kind: 'string', description: 'The version of the agent that the limits are for.' },
          ...budget,
          steps,
          intents: {
            kind: 'named',
            description:
              'Limits of the invocations with one intent. What is not said here is as for the agent.',
            value: { kind: 'object', keys: { ...budget, steps } },
          },
        },
      },
    },
    workflows: {
      kind: 'named',
      description: 'Limits of an agent with all agents that it calls, together.',
      value: {
        kind: 'object',
        required: ['rootAgent'],
        keys: { rootAgent: { kind: 'string', description: 'The agent that begins it.' }, ...budget },
      },
    },
    workspace: {
      kind: 'object',
      description: 'Limits of everything in this repository.',
      keys: {
        limits: { kind: 'object', keys: LIMITS_OF_WORKSPACE },
        ...reaction,
        baseline: baselineOf('workspaceBaseline', LIMITS_OF_WORKSPACE),
      },
    },
    gate: {
      kind: 'object',
      description: 'How "costflame check" judges recorded invocations.',
      keys: {
        percentile: {
          kind: 'choice',
          of: PERCENTILES,
          description:
            'Which percentile of the invocations is held against a limit. p95 where it is not said.',
        },
        minInvocations: {
          kind: 'number',
          whole: true,
          description: 'With fewer invocations the verdict is indeterminate. 5 where it is not said.',
        },
        tolerance: {
          kind: 'share',
          description: 'Part of a limit below it in which a value is near. 0.1 where it is not said.',
        },
      },
    },
  },
}

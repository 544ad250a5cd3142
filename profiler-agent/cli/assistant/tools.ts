// What an assistant can ask and do: what is expensive, why, what would fix it; profile, fix, verify. The same tools for the MCP server and for VS Code.

import { z } from 'zod'
import { usdOf } from '../../model/money'
import { present } from '../../model/present'
import { check } from '../check'
import { diff } from '../diff'
import { runsWithFindings } from '../findings'
import { type Io, UsageError } from '../io'
import { dataFolder } from '../places'
import { report } from '../report'
import { listRuns } from '../runs'
import { answerOf } from './answer-of'
import { applyFix } from './apply-fix'
import { explained } from './explained'
import { profiled } from './profiled'
import { toldFinding } from './told-finding'

export interface AssistantOptions {
  readonly data?: string
  /** Whether the user allows that texts of prompts are told. */
  readonly prompts: boolean
}

export interface AssistantTool<Input = never> {
  readonly name: string
  readonly title: string
  /** For the model: when to use it, and what comes back. */
  readonly description: string
  readonly input: z.ZodType<Input>
  /** Whether it changes nothing. */
  readonly isReading: boolean
  /** Rejects with a sentence that says what is wrong and what to do. */
  readonly answer: (io: Io, input: Input, options: AssistantOptions) => Promise<unknown>
}

const RUN = z
  .string()
  .default('latest')
  .describe('Which runs: latest, latest:5, all, an id, or key=value such as agent=support-desk')
const KEYS = ['callsite', 'agent', 'step', 'model', 'tool', 'intent', 'version', 'day'] as const
const FINDING = z.string().min(4).describe('The id of a finding, or its beginning')

const runs = tool({
  name: 'costflame_runs',
  title: 'Recorded runs',
  description:
    'Lists the newest profiled runs of this folder: id, start, calls, cost in USD. Start here to see what was measured.',
  input: z.object({ limit: z.number().int().min(1).max(100).default(10) }),
  isReading: true,
  answer: async (io, { limit }, { data }) => {
    const listed = await newestRuns(io, limit, data)
    return {
      runs: listed.map(({ id, startTime, name, calls, picoUsd, unpricedCalls, atLeast }) => ({
        ...{ id, startTime, program: programOf(name), calls, unpricedCalls },
        usd: picoUsd === null ? null : usdOf(picoUsd),
        isLowerBound: atLeast || unpricedCalls > 0,
      })),
    }
  },
})

const costs = tool({
  name: 'costflame_costs',
  title: 'What is expensive',
  description:
    'What recorded runs cost, exactly as billed, by line of code (callsite), agent, step, model, tool, intent, version or day; the most expensive first. A cost of null is unknown, never zero.',
  input: z.object({
    run: RUN,
    by: z.array(z.enum(KEYS)).min(1).max(2).default(['callsite']),
    limit: z.number().int().min(1).max(200).default(20),
  }),
  isReading: true,
  answer: async (io, { run, by, limit }, { data }) => {
    const told = REPORT.parse(
      await answerOf(io, (quiet) =>
        report(quiet, {
          ...{ run, by: by.join(','), format: 'json' },
          ...present({ data }),
        }),
      ),
    )
    return {
      by,
      rows: told.rows.slice(0, limit),
      rowsLeftOut: Math.max(0, told.rows.length - limit),
      totals: told.totals,
    }
  },
})

const findings = tool({
  name: 'costflame_findings',
  title: 'What is wasteful',
  description:
    'What is wasteful in recorded runs: the rule, the line of code, what fixing it saves in USD, and whether costflame_apply_fix can make the change. The largest saving first.',
  input: z.object({ run: RUN }),
  isReading: true,
  answer: async (io, { run }, { data, prompts }) => {
    const found = await runsWithFindings(io, { selector: run, data: dataFolder(io, data) })
    const all = found.flatMap((each) => each.findings)
    const bySaving = all.toSorted((left, right) => (right.saving?.picoUsd ?? 0) - (left.saving?.picoUsd ?? 0))
    return { findings: bySaving.map((each) => toldFinding(each, prompts)) }
  },
})

const why = tool({
  name: 'costflame_why',
  title: 'Why it costs',
  description:
    'The evidence of one finding: its calls with tokens read from and written to the cache and what they cost, where two prompts part, and the rule of the provider.',
  input: z.object({ finding: FINDING, run: RUN.default('all') }),
  isReading: true,
  answer: explained,
})

const applied = tool({
  name: 'costflame_apply_fix',
  title: 'Fix it',
  description:
    'Makes the mechanical change of a finding in the files of this folder. Only where the finding says that its fix is mechanical and the files are as they were measured; gives the places that changed. Profile again afterwards.',
  input: z.object({ finding: FINDING, run: RUN }),
  isReading: false,
  answer: applyFix,
})

const profile = tool({
  name: 'costflame_profile',
  title: 'Profile a command',
  description:
    'Runs a command of this folder under the profiler, such as ["node", "agent.mjs"], and gives what it cost and its findings. It calls models for real, which costs money. What it prints is not told.',
  input: z.object({
    command: z.array(z.string()).min(1).describe('Program and arguments; no shell'),
    timeoutSeconds: z.number().int().min(1).max(3600).default(600),
  }),
  isReading: false,
  answer: profiled,
})

const compare = tool({
  name: 'costflame_compare',
  title: 'Compare runs',
  description:
    'What changed in cost between two runs, and why: calls, tokens per call, cache, model, prices. Use it to verify a fix: base is the run before, head the run after.',
  input: z.object({
    base: z.string().optional().describe('The run before: an id; without it the last but one'),
    head: z.string().default('latest').describe('The run after'),
  }),
  isReading: true,
  answer: async (io, { base, head }, { data }) => {
    const before = base ?? (await newestRuns(io, 2, data))[1]?.id
    if (before === undefined) throw new UsageError('it takes two recorded runs to compare them.')
    return answerOf(io, (quiet) => diff(quiet, before, head, { format: 'json', ...present({ data }) }))
  },
})

const budgets = tool({
  name: 'costflame_check_budgets',
  title: 'Check budgets',
  description:
    'Holds recorded runs against .costflame/budgets.jsonc, as CI does: each limit with what was measured and whether it is over.',
  input: z.object({ run: RUN.default('all') }),
  isReading: true,
  answer: async (io, { run }, { data }) =>
    answerOf(io, (quiet) => check(quiet, { run, format: 'json', ...present({ data }) })),
})

/** In the order in which an assistant is told of them. */
export const ASSISTANT_TOOLS: readonly CheckedTool[] = [
  ...[runs, costs, findings, why, applied, profile, compare, budgets],
]

/** A tool that checks what it is given itself. */
export interface CheckedTool extends Omit<AssistantTool, 'answer' | 'input'> {
  readonly input: z.ZodType
  /** Rejects with a sentence where the input is not as it should be, too. */
  readonly answer: (io: Io, input: unknown, options: AssistantOptions) => Promise<unknown>
}

function tool<Input>({ answer, input, ...said }: AssistantTool<Input>): CheckedTool {
  return { ...said, input, answer: (io, given, options) => answer(io, input.parse(given), options) }
}

async function newestRuns(io: Io, limit: number, data: string | undefined) {
  const listed = await answerOf(io, (quiet) =>
    listRuns(quiet, `latest:${limit}`, { format: 'json', ...present({ data }) }),
  )
  return ANSWERED_RUNS.parse(listed).runs
}

/** Without its arguments, which may be what the user asks of the agent. */
function programOf(name: string): string {
  return name.split(' ').slice(0, 2).join(' ')
}

const ANSWERED_RUNS = z.object({
  runs: z.array(
    z.object({
      id: z.string(),
      startTime: z.string(),
      name: z.string(),
      calls: z.number(),
      picoUsd: z.number().nullable(),
      unpricedCalls: z.number(),
      atLeast: z.boolean(),
    }),
  ),
})

const REPORT = z.object({ rows: z.array(z.looseObject({})), totals: z.looseObject({}) })

// A process of its own for the figures of gate.bench.mjs: what deciding about one call takes, in ms of processor time, as one line of JSON.
//   CASE BYTES   `conversation`: requests of so many bytes in the end, each extending the one before
//                `openings`: requests of so many bytes that begin alike, each another conversation, a hundred of them under way

import { readBudgetFile } from '../../profiler-agent/budgets/file/budget-file'
import { BudgetGate } from '../../profiler-agent/budgets/gate/budget-gate'
import { REQUEST_BYTES } from '../../profiler-agent/live-budget/request-bytes'
import type { GatedCall } from '../../profiler-agent/model/call-gate'
import { localDay } from '../../profiler-agent/model/local-day'

const [wanted = 'conversation', size = '2000'] = process.argv.slice(2)
const CALLS = 2000
const UNDER_WAY = 100

const { budgets } = readBudgetFile(`{
  "version": 1,
  "agents": { "helper": { "limits": { "totalTokens": 1e9, "costUsd": 1e6, "modelCalls": 1e6 }, "onExceed": "block",
    "steps": { "plan": { "limits": { "inputTokens": 1e9 } } }, "intents": { "order": { "limits": { "costUsd": 1e6 } } } } },
  "workflows": { "w": { "rootAgent": "helper", "limits": { "totalTokens": 1e9 }, "onExceed": "block" } },
  "workspace": { "limits": { "costUsdPerRun": 1e6, "costUsdPerDay": 1e6 }, "onExceed": "block" }
}`)
const gate = new BudgetGate({
  budgets: () => ({ path: 'budgets.jsonc', budgets }),
  bytes: REQUEST_BYTES,
  labelsOf: ({ attribution }) => attribution,
  bodyLabelsOf: () => undefined,
  pricesOf: () => ({ input: 1_000_000, output: 4_000_000 }),
  spentOf: () => undefined,
  contentOf: () => Promise.resolve(undefined),
  promptTokensOf: () => Promise.resolve(undefined),
  hurry: () => undefined,
  violated: () => undefined,
  within: () => Promise.resolve(false),
  now: () => Date.now(),
  dayOf: localDay,
  failed: (error) => {
    throw error
  },
})

const words = 'the wind backs and freshens; '
const message = (role: string, length: number, index: number) =>
  JSON.stringify({
    role,
    content: `${index} ${words.repeat(Math.ceil(length / words.length)).slice(0, length)}`,
  })
const bodyOf = (messages: readonly string[]) =>
  Buffer.from(`{"model":"m","messages":[${messages.join()}],"max_tokens":500}`)

function bodies(): Buffer[] {
  if (wanted === 'openings')
    return Array.from({ length: CALLS }, (_, index) =>
      bodyOf([message('system', Number(size), 0), message('user', 40, index)]),
    )
  const messages: string[] = []
  return Array.from({ length: CALLS }, (_, index) => {
    messages.push(message(index % 2 === 0 ? 'user' : 'assistant', Number(size) / CALLS, index))
    return bodyOf(messages)
  })
}

const calls = bodies().map(
  (body, index): GatedCall => ({
    id: `c${index}`,
    ...{ runId: 'run', provider: 'openai', method: 'POST', path: '/v1/chat/completions', headers: {} },
    attribution: { agent: 'helper', agentId: 'a', intent: 'order', step: 'plan', stepId: 's' },
    ...{ body, model: 'm', outputCap: 500, startTime: Date.now() },
  }),
)
const open: string[] = []

/** All that the gate does for a call: it passes, ends and is settled. */
function decide(call: GatedCall): void {
  const admission = gate.admit(call)
  if (admission instanceof Promise || !admission.passes) throw new Error('the call does not pass at once')
  admission.hold?.ended()
  open.push(call.id)
  if (wanted !== 'openings' || open.length > UNDER_WAY) gate.told(undefined, open.splice(0, 1))
}

/** Processor time of one, in ms: others may be busy on this machine. */
function mean(work: (call: GatedCall) => unknown): number {
  const startedAt = process.cpuUsage()
  for (const call of calls) work(call)
  const { user, system } = process.cpuUsage(startedAt)
  return (user + system) / 1000 / CALLS
}

const decided = mean(decide)
const parsed = mean(({ body }) => JSON.parse(Buffer.from(body).toString()))
process.stdout.write(`${JSON.stringify({ decided, parsed })}\n`)

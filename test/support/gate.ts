// A gate over a budget file of a few lines, with calls that are written as they are said: who makes them, what they ask, what they used.

import { readBudgetFile } from '../../profiler-agent/budgets/file/budget-file'
import { BudgetGate } from '../../profiler-agent/budgets/gate/budget-gate'
import type { GateTools } from '../../profiler-agent/budgets/gate/gate-tools'
import type { SpentAccount, TokenPrices } from '../../profiler-agent/budgets/gate/spent'
import { NOTHING, plus, type Sums } from '../../profiler-agent/budgets/gate/sums'
import type { GateBudgets } from '../../profiler-agent/budgets/gate/visit'
import { REQUEST_BYTES } from '../../profiler-agent/live-budget/request-bytes'
import type { Admission, BudgetRefusal, CallHold, GatedCall } from '../../profiler-agent/model/call-gate'
import type { Violation } from '../../profiler-agent/model/escalation'
import type { Attribution } from '../../profiler-agent/model/exchange'

export const RUN = 'run-1'

export interface SaidCall {
  readonly id?: string
  readonly runId?: string
  readonly agent?: string
  readonly agentId?: string
  readonly intent?: string
  readonly step?: string
  readonly stepId?: string
  readonly parent?: string
  readonly model?: string
  readonly path?: string
  /** Bytes of the body, or the body itself. */
  readonly body?: number | string
  readonly cap?: number
  readonly headers?: GatedCall['headers']
}

export interface Used {
  readonly input?: number
  readonly output?: number
  readonly usd?: number
}

/** Budgets as they stand in the file, under the keys `agents`, `workflows` and `workspace`. */
export class TestGate {
  readonly violations: Violation[] = []
  readonly faults: unknown[] = []
  readonly gate: BudgetGate
  text: string
  now = Date.UTC(2026, 10, 20, 12)
  #calls = 0
  #read: (GateBudgets & { readonly text: string }) | undefined
  readonly #accounts = new Map<string, SpentAccount>()

  constructor(file: object, tools: Partial<GateTools> = {}) {
    this.text = JSON.stringify({ version: 1, ...file }, null, 2)
    this.gate = new BudgetGate({
      budgets: () => this.#file(),
      bytes: REQUEST_BYTES,
      labelsOf: ({ attribution }) => attribution,
      bodyLabelsOf: () => undefined,
      pricesOf: () => ({ input: 1_000_000, output: 10_000_000 }) satisfies TokenPrices,
      spentOf: () => undefined,
      contentOf: () => Promise.resolve(undefined),
      promptTokensOf: () => Promise.resolve(undefined),
      hurry: () => undefined,
      violated: (violation) => this.violations.push(violation),
      within: (promise) => promise.then(() => true),
      now: () => this.now,
      dayOf: () => '2026-11-20',
      failed: (error) => this.faults.push(error),
      ...tools,
    })
  }

  call(said: SaidCall = {}): GatedCall {
    const { agent, agentId, intent, step, stepId, parent, body = 200, cap, model = 'm', headers = {} } = said
    const attribution: Attribution = Object.fromEntries(
      Object.entries({ agent, agentId, intent, step, stepId, parent }).filter(
        ([, value]) => value !== undefined,
      ),
    )
    return {
      id: said.id ?? `c${++this.#calls}`,
      runId: said.runId ?? RUN,
      provider: 'openai',
      method: 'POST',
      path: said.path ?? '/v1/chat/completions',
      headers,
      attribution,
      body: typeof body === 'number' ? differentBytes(body, this.#calls) : Buffer.from(body),
      model,
      outputCap: cap,
      startTime: this.now,
    }
  }

  async admit(said: SaidCall = {}): Promise<Admission> {
    return await this.gate.admit(this.call(said))
  }

  /** The message of the refusal, or undefined for a call that passes. */
  async refusal(said: SaidCall = {}): Promise<string | undefined> {
    return refusalIn(await this.admit(said))?.message
  }

  /** A call that passes, ends, and is read. */
  async spend(said: SaidCall, used: Used): Promise<void> {
    const call = this.call(said)
    holdIn(await this.gate.admit(call)).ended()
    this.read(call, used)
  }

  /** What the worker tells of a call: in its run, and in the agent and step that it names. */
  read(call: GatedCall, { input = 0, output = 0, usd = 0 }: Used, agentId = agentOf(call)): void {
    const { runId, id, attribution } = call
    const { stepId } = attribution
    const used: Sums = { ...NOTHING, input, output, picoUsd: Math.round(usd * 1e12), calls: 1 }
    const accounts = [
      this.#add({ runId, id: runId, kind: 'run' }, used, call),
      this.#add({ runId, id: agentId, kind: 'agent' }, used, call),
      ...(stepId === undefined
        ? []
        : [this.#add({ runId, id: stepId, kind: 'step', parentId: agentId }, used, call)]),
    ]
    const read = { id, runId, agentId, input, output, isFailed: false, responseIds: [] }
    this.gate.told({ accounts, calls: [read] }, [id])
  }

  #file(): GateBudgets {
    if (this.#read?.text !== this.text) {
      const { budgets } = readBudgetFile(this.text)
      this.#read = { text: this.text, path: '.costflame/budgets.jsonc', budgets }
    }
    return this.#read
  }

  #add(
    account: Pick<SpentAccount, 'runId' | 'id' | 'kind' | 'parentId'>,
    used: Sums,
    { attribution: { agent, intent, step }, startTime }: GatedCall,
  ): SpentAccount {
    const key = `${account.runId} ${account.id}`
    const spent = plus(this.#accounts.get(key)?.spent ?? NOTHING, used)
    const labels = account.kind === 'run' ? {} : { ...(agent && { agent }), ...(intent && { intent }) }
    const said = {
      ...account,
      ...labels,
      ...(account.kind === 'step' && step ? { step } : {}),
      startedAt: startTime,
      spent,
    }
    this.#accounts.set(key, said)
    return said
  }
}

export function refusalIn(admission: Admission): BudgetRefusal | undefined {
  return admission.passes ? undefined : admission.refusal
}

export function holdIn(admission: Admission): CallHold {
  if (!admission.passes || !admission.hold) throw new Error('the call does not pass')
  return admission.hold
}

function agentOf({ id, attribution }: GatedCall): string {
  return attribution.agentId ?? `${id}.agent`
}

/** Bodies that have nothing in common with one another. */
function differentBytes(length: number, seed: number): Uint8Array {
  return Buffer.alloc(length, `${seed} lorem ipsum `)
}

// Adds up what the calls of one run spent, by agent, step and run, while its tree grows and changes. Worker side; knows no limits.

import { present } from '../../model/present'
import { RecentMap } from '../../model/recent-map'
import type { CostByBucket, ModelCall } from '../../model/span'
import { type CountedCall, countedCall, type MeasurableSpan } from '../measure/counted-call'
import type { ReadCall, SpentAccount, SpentUpdate } from './spent'
import { minus, NOTHING, plus, type Sums } from './sums'

/** Beyond so many, spans that nobody came back to for longest can be moved no more. */
const REMEMBERED_SPANS = 20_000
const MOST_DEPTH = 200

/** A span as the store takes it. */
export type SpendingSpan = MeasurableSpan & {
  readonly isGone?: true
  readonly modelCall?: Partial<Pick<ModelCall, 'responseId'>> & {
    readonly cost: { readonly byBucket?: CostByBucket } | null
  }
}

interface Placed {
  readonly parentId: string | undefined
  readonly kind: MeasurableSpan['kind']
  readonly call?: CountedCall
  /** Accounts that the call is in. */
  owners: readonly string[]
}

interface Account {
  said: Omit<SpentAccount, 'spent'>
  spent: Sums
  /** How many spans tell of one call, and of one attempt: several inferences share theirs. */
  readonly seen: Map<string, number>
}

export class RunSpend {
  readonly #spans = new RecentMap<string, Placed>(REMEMBERED_SPANS)
  readonly #children = new RecentMap<string, Set<string>>(REMEMBERED_SPANS)
  readonly #accounts = new RecentMap<string, Account>(REMEMBERED_SPANS)
  readonly #changed = new Set<string>()
  #calls: ReadCall[] = []

  constructor(
    readonly runId: string,
    /** Told of money spent and taken back, with the time of the call. */
    readonly onMoney?: (startedAt: number, picoUsd: number, unknown: number) => void,
  ) {
    this.#accounts.set(runId, {
      said: { runId, id: runId, kind: 'run', startedAt: Number.POSITIVE_INFINITY },
      spent: NOTHING,
      seen: new Map(),
    })
  }

  /** Takes spans that are new or said anew; those that the run has already are changed. */
  put(spans: readonly SpendingSpan[]): void {
    for (const span of spans) this.#put(span)
  }

  /** What changed since the last time. */
  take(): Pick<SpentUpdate, 'accounts' | 'calls'> {
    const ids = [...this.#changed]
    const accounts = ids.flatMap((id) => {
      const account = this.#accounts.get(id)
      return account ? [{ ...account.said, spent: account.spent }] : []
    })
    for (const { id, isGone } of accounts) if (isGone) this.#accounts.delete(id)
    this.#changed.clear()
    const calls = this.#calls
    this.#calls = []
    return { accounts, calls }
  }

  #put(span: SpendingSpan): void {
    if (span.id === this.runId) {
      this.#describe(span, undefined)
      return
    }
    const before = this.#spans.get(span.id)
    if (span.isGone) {
      this.#remove(span, before)
      return
    }
    const call = countedCall(span) ?? before?.call
    this.#disown(before)
    this.#hang(span, before)
    const placed: Placed = { parentId: span.parentId, kind: span.kind, owners: [], ...present({ call }) }
    this.#spans.set(span.id, placed)
    if (span.kind === 'agent' || span.kind === 'step') this.#describe(span, this.#agentAbove(span.parentId))
    this.#own(placed)
    // What waited for it, or came along with it, belongs to others now.
    if (before?.parentId !== span.parentId || before === undefined) this.#ownBelow(span.id, 0)
    if (span.modelCall) this.#calls.push(this.#readCall(span, placed))
  }

  #remove(span: SpendingSpan, before: Placed | undefined): void {
    this.#disown(before)
    this.#spans.delete(span.id)
    this.#children.get(span.parentId ?? '')?.delete(span.id)
    const account = this.#accounts.get(span.id)
    if (!account) return
    account.said = { ...account.said, isGone: true }
    this.#changed.add(span.id)
  }

  #hang({ id, parentId }: SpendingSpan, before: Placed | undefined): void {
    if (before && before.parentId !== parentId) this.#children.get(before.parentId ?? '')?.delete(id)
    if (parentId === undefined) return
    const siblings = this.#children.get(parentId)
    if (siblings) siblings.add(id)
    else this.#children.set(parentId, new Set([id]))
  }

  #describe(span: SpendingSpan, parentId: string | undefined): void {
    const { id, kind, agent, agentVersion, intent, step, startedAt } = span
    const account = this.#accounts.get(id) ?? { said: NOBODY, spent: NOTHING, seen: new Map() }
    account.said = {
      ...{ runId: this.runId, id, startedAt },
      kind: kind === 'agent' || kind === 'step' ? kind : 'run',
      ...present({ parentId, agent, agentVersion, intent, step }),
    }
    this.#accounts.set(id, account)
    this.#changed.add(id)
  }

  /** Everything below whose nearest agent or step may be another one by now. */
  #ownBelow(id: string, depth: number): void {
    if (depth > MOST_DEPTH) return
    for (const childId of this.#children.get(id) ?? []) {
      const child = this.#spans.get(childId)
      if (!child) continue
      this.#disown(child)
      this.#own(child)
      this.#hangAccount(childId, child)
      // What lies in another agent is its own wherever that hangs.
      if (child.kind !== 'agent') this.#ownBelow(childId, depth + 1)
    }
  }

  #hangAccount(id: string, { parentId, kind }: Placed): void {
    const account = this.#accounts.get(id)
    if (!account || (kind !== 'agent' && kind !== 'step')) return
    const { parentId: _, ...said } = account.said
    const above = this.#agentAbove(parentId)
    account.said = above === undefined ? said : { ...said, parentId: above }
    this.#changed.add(id)
  }

  #own(placed: Placed): void {
    if (!placed.call) return
    placed.owners = [this.runId, ...this.#ownersOf(placed.parentId)]
    for (const id of placed.owners) this.#count(id, placed.call, 1)
    this.onMoney?.(placed.call.startedAt, placed.call.picoUsd ?? 0, isUnknown(placed.call) ? 1 : 0)
  }

  #disown(placed: Placed | undefined): void {
    if (!placed?.call || placed.owners.length === 0) return
    for (const id of placed.owners) this.#count(id, placed.call, -1)
    placed.owners = []
    this.onMoney?.(placed.call.startedAt, -(placed.call.picoUsd ?? 0), isUnknown(placed.call) ? -1 : 0)
  }

  #count(id: string, call: CountedCall, sign: 1 | -1): void {
    const account = this.#accounts.get(id)
    if (!account) return
    const sums = sumsOf(call, account.seen, sign)
    account.spent = sign === 1 ? plus(account.spent, sums) : minus(account.spent, sums)
    if (call.startedAt < account.said.startedAt) account.said = { ...account.said, startedAt: call.startedAt }
    this.#changed.add(id)
  }

  #readCall(span: SpendingSpan, { owners, call, parentId }: Placed): ReadCall {
    const ofKind = (kind: SpentAccount['kind']) =>
      owners.find((id) => this.#accounts.get(id)?.said.kind === kind)
    const responseId = span.modelCall?.responseId
    // Several inferences of one exchange hang under the span that bears its id.
    const isPart = parentId !== undefined && this.#spans.get(parentId)?.kind === 'chat'
    return {
      id: isPart ? parentId : span.id,
      runId: this.runId,
      input: call?.input ?? null,
      output: call?.output ?? null,
      isFailed: span.status !== 'ok',
      responseIds: responseId === undefined || span.status !== 'ok' ? [] : [responseId],
      ...present({
        inputPicoUsd: inputCostOf(span.modelCall?.cost?.byBucket),
        agentId: ofKind('agent'),
        stepId: ofKind('step'),
      }),
    }
  }

  /** The steps around a span, innermost first, up to the nearest agent, and that agent. */
  #ownersOf(parentId: string | undefined): string[] {
    const owners: string[] = []
    let id = parentId
    for (let depth = 0; id !== undefined && depth < MOST_DEPTH; depth++) {
      const kind = this.#spans.get(id)?.kind
      if (kind === 'agent') return [...owners, id]
      if (kind === 'step') owners.push(id)
      id = this.#spans.get(id)?.parentId
    }
    return owners
  }

  #agentAbove(parentId: string | undefined): string | undefined {
    return this.#ownersOf(parentId).find((id) => this.#spans.get(id)?.kind === 'agent')
  }
}

const NOBODY: Account['said'] = { runId: '', id: '', kind: 'run', startedAt: 0 }

function isUnknown({ billed, input, output, picoUsd, isLowerBound }: CountedCall): boolean {
  return billed && (input === null || output === null || picoUsd === null || isLowerBound)
}

function sumsOf(call: CountedCall, seen: Map<string, number>, sign: 1 | -1): Sums {
  const again = call.attempt > 1 ? changed(seen, `${call.logicalId}\n${call.attempt}`, sign) : 0
  return {
    input: call.input ?? 0,
    output: call.output ?? 0,
    picoUsd: call.picoUsd ?? 0,
    calls: changed(seen, call.logicalId, sign),
    retries: again,
    unknown: isUnknown(call) ? 1 : 0,
  }
}

/** 1 where the first span of a call (or attempt) came or the last one went, else 0. */
function changed(seen: Map<string, number>, key: string, sign: 1 | -1): number {
  const count = (seen.get(key) ?? 0) + sign
  if (count > 0) seen.set(key, count)
  else seen.delete(key)
  return count === (sign === 1 ? 1 : 0) ? 1 : 0
}

function inputCostOf(byBucket: CostByBucket | undefined): number | undefined {
  return byBucket && byBucket.uncachedInput + byBucket.cacheRead + byBucket.cacheWrite
}

// Reads runs out of the store the way the outside sees them: summaries, details by call site, and whole runs with segments. Changes nothing but token counts.

import type { CallSiteCost, RunDetail, RunSummary } from './feed/protocol'
import type { Finding } from './model/finding'
import { RecentMap } from './model/recent-map'
import type { ModelCall, Run, Segment, Span, Totals } from './model/span'
import { hasModelCall, totalsOf } from './model/totals'
import { RunTotals } from './run-totals'
import { readCallRowsAfter } from './store/call-rows'
import { readCall } from './store/one-call'
import {
  countFindings,
  readAnchoredFindings,
  readCharacters,
  readContent,
  readFindings,
  readIgnoredFindings,
  readPrompts,
  readRun,
  readRunsAfter,
  readSpan,
  readSpans,
  readTokens,
  type StoredPrompt,
  type StoredRun,
} from './store/reader'
import type { Store } from './store/store'
import { mergeUnchanged, plainSegments, segmentsOf } from './tokens/segments'
import type { Tokenizer } from './tokens/tokenizer'

/** A run that nobody ended counts as going on for this long after its last call. */
const SILENCE_MS = 10_000

/** Of English text, about. */
const CHARACTERS_PER_TOKEN = 4

export interface RunOptions {
  /** `none`: no prompts read at all; `merged`: unchanged neighbours as one; `full`: one segment a block. */
  readonly segments: 'none' | 'merged' | 'full'
}

/** For more of them reading all prompts of the run is quicker than one by one, back to where each conversation began. */
const FEW_CALLS = 50

/** Twice those that a list shows. */
const REMEMBERED_RUNS = 200

/** Totals of the calls of a run up to the one with the key `last`. */
interface Sums {
  readonly totals: RunTotals
  readonly last: number
  readonly rewrites: number
  readonly revision: number
}

export class RunView {
  readonly #summaries = new RecentMap<string, RunSummary>(REMEMBERED_RUNS)
  readonly #sums = new RecentMap<string, Sums>(REMEMBERED_RUNS)

  constructor(
    readonly store: Store,
    /** Loads the tokenizer when segments are first asked for. */
    readonly tokenizer: () => Promise<Tokenizer>,
    /** Whether a call of this run is under way in this process. */
    readonly hasOpenCall: (runId: string) => boolean = () => false,
  ) {}

  summary(run: StoredRun): RunSummary {
    const known = this.#summaries.get(run.id)
    const active = this.isActive(run)
    if (known?.revision === run.revision && known.active === active) return known
    const summary = summaryOf(run, active, this.#totals(run), countFindings(this.store, run.id))
    this.#summaries.set(run.id, summary)
    return summary
  }

  detail(runId: string): RunDetail | null {
    const run = readRun(this.store, runId)
    if (!run) return null
    const spans = readSpans(this.store, runId)
    const findings = readAnchoredFindings(this.store, runId)
    const agentsOfFindings = agentsOf(findings, spans)
    const ignoredFindings = readIgnoredFindings(this.store, runId).length
    const summary = this.summary(run)
    return { summary, callSites: callSiteCosts(spans), findings, ignoredFindings, agentsOfFindings }
  }

  /** What a list shows below this run; nothing when it is not there any more. */
  olderRuns(runId: string, limit: number): RunSummary[] {
    const run = readRun(this.store, runId)
    return run ? readRunsAfter(this.store, run, limit).map((older) => this.summary(older)) : []
  }

  async run(runId: string, options: RunOptions): Promise<Run | null> {
    const run = readRun(this.store, runId)
    if (!run) return null
    const spans = withOutcomeOfRun(readSpans(this.store, runId), runId)
    const findings = readFindings(this.store, runId)
    return {
      ...headOf(run),
      ...endTimeOf(run, this.isActive(run)),
      tags: run.tags,
      totals: totalsOf(spans),
      spans: options.segments === 'none' ? spans : await this.#withSegments(runId, spans, options.segments),
      findings,
    }
  }

  /** A run without its spans. */
  head(run: StoredRun): Omit<Run, 'spans'> {
    const active = this.isActive(run)
    const { totals } = this.summary(run)
    const findings = readFindings(this.store, run.id)
    return { ...headOf(run), ...endTimeOf(run, active), tags: run.tags, totals, findings }
  }

  /**
   * Parts of prompts and replies, merged, of those of these calls that are not in `known`, where they are put. Gives false when
   * they are not all there before it is late: tokens are counted once, so that the next time it goes on.
   */
  async addSegments(
    runId: string,
    spanIds: readonly string[],
    known: Map<string, readonly Segment[]>,
    isLate: () => boolean = () => false,
  ): Promise<boolean> {
    const missing = spanIds.filter((id) => !known.has(id))
    if (missing.length === 0) return true
    const { count } = await this.tokenizer()
    const counted = new Map<string, number>()
    const tokensOf = remembered((hash) => this.#tokensOf(hash, count, counted))
    let isInTime = true
    for (const { span, prompt } of this.#calls(runId, missing)) {
      isInTime = !isLate()
      if (!isInTime) break
      const { id, modelCall } = span
      known.set(id, modelCall?.billed && prompt ? segmentsOfCall(modelCall, prompt, tokensOf, 'merged') : [])
    }
    this.store.keepTokens(counted)
    return isInTime
  }

  *#calls(runId: string, spanIds: readonly string[]) {
    if (spanIds.length <= FEW_CALLS) {
      for (const id of spanIds) {
        const span = readSpan(this.store, runId, id)
        if (span) yield { span, prompt: readCall(this.store, runId, id) }
      }
      return
    }
    const wanted = new Set(spanIds)
    const prompts = readPrompts(this.store, runId)
    for (const span of readSpans(this.store, runId))
      if (wanted.has(span.id)) yield { span, prompt: prompts.get(span.id) }
  }

  /** Only calls that came since the last time are read, unless stored ones changed or the run is another one of that id. */
  #totals(run: StoredRun): Totals {
    const known = this.#sums.get(run.id)
    const isSame = known?.rewrites === run.rewrites && known.revision <= run.revision
    const sums = isSame ? known : { totals: new RunTotals(), last: 0 }
    const calls = readCallRowsAfter(this.store, run.id, sums.last)
    for (const call of calls) sums.totals.add(call)
    const last = calls.at(-1)?.key ?? sums.last
    const { rewrites, revision } = run
    this.#sums.set(run.id, { totals: sums.totals, last, rewrites, revision })
    return sums.totals.totals
  }

  isActive(run: StoredRun): boolean {
    if (run.endedAt !== undefined) return false
    return this.hasOpenCall(run.id) || Date.now() - run.activeAt < SILENCE_MS
  }

  /** What the blocks of one call came to, in their order; a block in which the border of what was cached lies gives several. */
  async blockShares(call: ModelCall, prompt: StoredPrompt): Promise<Segment[]> {
    const { count } = await this.tokenizer()
    const counted = new Map<string, number>()
    const shares = segmentsOfCall(call, prompt, (hash) => this.#tokensOf(hash, count, counted), 'full')
    this.store.keepTokens(counted)
    return shares
  }

  async #withSegments(runId: string, spans: readonly Span[], detail: 'merged' | 'full'): Promise<Span[]> {
    if (!spans.some(hasModelCall)) return [...spans]
    const { count } = await this.tokenizer()
    const prompts = readPrompts(this.store, runId)
    const counted = new Map<string, number>()
    const tokensOf = remembered((hash) => this.#tokensOf(hash, count, counted))
    const segmented = spans.map((span) => {
      const prompt = prompts.get(span.id)
      if (!span.modelCall?.billed || !prompt) return span
      const segments = segmentsOfCall(span.modelCall, prompt, tokensOf, detail)
      return { ...span, modelCall: { ...span.modelCall, segments } }
    })
    this.store.keepTokens(counted)
    return segmented
  }

  /** A stored count, else a fresh one, which is noted in `counted` to be kept for all runs. */
  #tokensOf(hash: string, count: Tokenizer['count'], counted: Map<string, number>): number {
    const known = counted.get(hash) ?? readTokens(this.store, hash)
    if (known !== undefined) return known
    const text = readContent(this.store, hash)
    // Where only hashes are kept the length has to do; shares are calibrated to the reported total anyway.
    if (text === undefined) return Math.ceil(readCharacters(this.store, hash) / CHARACTERS_PER_TOKEN)
    const tokens = count(text)
    counted.set(hash, tokens)
    return tokens
  }
}

/** A long conversation asks for its first blocks with every call. */
function remembered(tokensOf: (hash: string) => number): (hash: string) => number {
  const known = new Map<string, number>()
  return (hash) => {
    const tokens = known.get(hash) ?? tokensOf(hash)
    known.set(hash, tokens)
    return tokens
  }
}

/** What was said of a run without a declared agent is the word of its root agent, where there is exactly one that says nothing itself. */
function withOutcomeOfRun(spans: readonly Span[], runId: string): readonly Span[] {
  const outcome = spans.find((span) => span.id === runId)?.outcome
  const [agent, ...others] = spans.filter((span) => span.kind === 'agent' && span.parentId === runId)
  if (!outcome || !agent || agent.outcome || others.length > 0) return spans
  return spans.map((span) => {
    if (span === agent) return { ...span, outcome }
    const { outcome: _, ...run } = span
    return span.id === runId ? run : span
  })
}

function segmentsOfCall(
  call: ModelCall,
  { prompt, reply }: StoredPrompt,
  tokensOf: (hash: string) => number,
  detail: 'merged' | 'full',
): Segment[] {
  const segments = segmentsOf({
    model: call.responseModel ?? call.requestModel,
    usage: call.usage,
    cost: call.cost,
    prompt: prompt.map((block) => ({ ...block, tokens: tokensOf(block.hash) })),
    reply: reply.map((block) => ({ ...block, tokens: tokensOf(block.hash) })),
  })
  return detail === 'full' ? plainSegments(segments) : mergeUnchanged(segments)
}

/** A run that nobody ended has ended with its last call, once it is silent. */
function endTimeOf(run: StoredRun, active: boolean): { readonly endTime?: string } {
  const endedAt = run.endedAt ?? (active ? undefined : run.activeAt)
  return endedAt === undefined ? {} : { endTime: new Date(endedAt).toISOString() }
}

function headOf(run: StoredRun) {
  return {
    id: run.id,
    name: run.name,
    ...(run.command === undefined ? {} : { command: run.command }),
    ...(run.root === undefined ? {} : { root: run.root }),
    startTime: new Date(run.startedAt).toISOString(),
    ...(run.gitCommit === undefined ? {} : { gitCommit: run.gitCommit }),
  }
}

function summaryOf(run: StoredRun, active: boolean, totals: Totals, findings: number): RunSummary {
  return {
    ...headOf(run),
    ...endTimeOf(run, active),
    active,
    totals,
    findings,
    revision: run.revision,
  }
}

function agentsOf(findings: readonly Finding[], spans: readonly Span[]): Record<string, readonly string[]> {
  if (findings.length === 0) return {}
  const agentOf = new Map(spans.map(({ id, agent }) => [id, agent]))
  return Object.fromEntries(
    findings.map(({ id, spanIds }) => {
      const agents = spanIds.flatMap((spanId) => agentOf.get(spanId) ?? [])
      return [id, [...new Set(agents)].sort()]
    }),
  )
}

/** Sums by line of the user's code, most expensive first. */
function callSiteCosts(spans: readonly Span[]): CallSiteCost[] {
  const places = Map.groupBy(
    spans.filter((span) => hasModelCall(span) && span.callSite),
    (span) => `${span.callSite?.file}:${span.callSite?.line}`,
  )
  return [...places.values()]
    .flatMap((group) => {
      const costliest = group.toSorted((left, right) => picoOf(right) - picoOf(left))[0]
      if (!costliest?.callSite) return []
      return [{ callSite: costliest.callSite, totals: totalsOf(group), spanId: costliest.id }]
    })
    .sort((left, right) => (right.totals.cost?.picoUsd ?? 0) - (left.totals.cost?.picoUsd ?? 0))
}

function picoOf(span: Span): number {
  return span.modelCall?.cost?.picoUsd ?? 0
}

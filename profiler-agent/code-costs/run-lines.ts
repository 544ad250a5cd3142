// What each line of the code cost in one run. Of a run that goes on only the calls are read that came since the last time.

import type { CodeAnchor } from '../model/code-anchor'
import { present } from '../model/present'
import type { Frame, SpanStatus, Totals } from '../model/span'
import { isNumberedStep } from '../model/step-name'
import { isCall } from '../model/totals'
import { RunTotals } from '../run-totals'
import type { RunView } from '../run-view'
import { placeKey, readAnchors } from '../store/anchor-rows'
import { type CallRow, readCallRowsAfter } from '../store/call-rows'
import type { StoredRun } from '../store/reader'

export interface RunLines {
  readonly run: StoredRun
  readonly active: boolean
  /** Of all its calls, at the moment when its lines were read. */
  readonly totals: Totals
  readonly lines: readonly RunLine[]
  /** To go on from; absent once the run is over. */
  readonly growing?: GrowingRun
}

/** The calls of one line in one run. */
export interface RunLine {
  /** Of its most expensive call. */
  readonly callSite: Frame
  /** Of the code there as the run found it; absent where nobody read it then. */
  readonly anchor?: CodeAnchor
  readonly spanId: string
  readonly totals: Totals
  readonly agents: readonly string[]
  readonly steps: readonly string[]
  readonly models: readonly string[]
  /** Output tokens of each call whose output is known and that ended by itself. */
  readonly outputs: readonly number[]
}

interface GrowingRun {
  readonly lines: ReadonlyMap<string, GrowingLine>
  /** Key of the last call in it. */
  readonly last: number
}

/** A run that is over is read whole, once more: where its calls hang may have become another place since they were stored. */
export function runLines(view: RunView, run: StoredRun, active: boolean, before?: RunLines): RunLines {
  const { store } = view
  const isSame = before?.run.rewrites === run.rewrites && before.run.revision <= run.revision
  const known = active && isSame ? before.growing : undefined
  const lines = new Map(known?.lines)
  let last = known?.last ?? 0
  for (const call of readCallRowsAfter(store, run.id, last)) {
    last = call.key
    const { callSite } = call
    // Counting tokens, or what a budget refused, has reached the line and cost nothing.
    if (callSite === undefined || !isCall(call)) continue
    const { stack: _, ...frame } = callSite
    const place = placeOf(frame)
    const line = lines.get(place) ?? new GrowingLine(frame)
    lines.set(place, line)
    line.add(call, frame)
  }
  const anchors = lines.size > 0 ? readAnchors(store, run.id) : new Map<string, CodeAnchor>()
  return {
    ...{ run, active, totals: view.summary(run).totals },
    lines: [...lines.values()].map(({ sums }) => ({
      ...sums,
      ...present({ anchor: anchors.get(placeKey(sums.callSite)) }),
    })),
    ...(active ? { growing: { lines, last } } : {}),
  }
}

/** What calls of one line have in common. */
export function placeOf({ file, line }: Frame): string {
  return `${file}:${line}`
}

class GrowingLine {
  readonly #totals = new RunTotals()
  readonly #agents = new Set<string>()
  readonly #steps = new Set<string>()
  readonly #models = new Set<string>()
  readonly #outputs: number[] = []
  #most = -1
  #spanId = ''

  constructor(private callSite: Frame) {}

  add(call: CallRow, frame: Frame): void {
    this.#totals.add(call)
    const { agent, step, modelCall } = call
    if (agent !== undefined) this.#agents.add(agent)
    if (step !== undefined && !isNumberedStep(step)) this.#steps.add(step)
    this.#models.add(modelCall.responseModel ?? modelCall.requestModel)
    const output = modelCall.billed ? modelCall.usage.outputTokens : null
    if (output !== null && endedByItself(call.status, call.finishReason)) this.#outputs.push(output)
    const picoUsd = modelCall.cost?.picoUsd ?? 0
    if (picoUsd <= this.#most) return
    this.#most = picoUsd
    this.#spanId = call.id
    this.callSite = frame
  }

  get sums(): RunLine {
    return {
      callSite: this.callSite,
      spanId: this.#spanId,
      totals: this.#totals.totals,
      ...{ agents: sorted(this.#agents), steps: sorted(this.#steps), models: sorted(this.#models) },
      outputs: [...this.#outputs],
    }
  }
}

function sorted(names: Iterable<string>): string[] {
  return [...names].sort()
}

/** `length` (OpenAI and many others), `max_tokens` (Anthropic, Bedrock), `MAX_TOKENS` (Gemini, Cohere), `max_output_tokens` (Responses). */
const CUT_OFF = /^(length|model_length|max_tokens|max_output_tokens)$/i

function endedByItself(status: SpanStatus, finishReason: string | undefined): boolean {
  return status === 'ok' && !CUT_OFF.test(finishReason ?? '')
}

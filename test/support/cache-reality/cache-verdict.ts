// Whether the embedded server read and wrote what the provider did, turn by turn, and if not why. Every reason is checked against the numbers.
import type { Turn } from './recorded-chains'
import type { Replayed } from './replayed-chain'

/** `equal`: the same prefix was read and written. `warm`: so it is if the same call had been made before the recording began. */
export type Verdict =
  | { readonly kind: 'equal' | 'warm' }
  | { readonly kind: 'explained' | 'unexplained'; readonly reason: string }

export interface JudgedTurn {
  readonly turn: Turn
  readonly replayed: Replayed
  readonly verdict: Verdict
}

/**
 * Recorded and simulated tokens differ by tokenizer. A prefix that ends at a breakpoint is the same one if its recorded length is what
 * the provider itself said of that breakpoint before (to the token); where it has not said so, if it is this near to the simulated one.
 */
const NEAR = 0.05

/** Where a request shows less of the prompt than this, nothing can be compared. */
const LEAST_VISIBLE = 0.1

type Cached = Pick<Replayed, 'read' | 'written'>

/** Judges a chain's turns in order. `visible`: the share of each turn's prompt that its request shows, by the tokenizer's own count. */
export function judge(
  turns: readonly Turn[],
  replayed: readonly Replayed[],
  visible: readonly number[],
): JudgedTurn[] {
  // What the provider said of breakpoints: simulated length → recorded length, by model.
  const said = new Map<string, number>()
  return turns.map((turn, index) => {
    const simulated = replayed[index]
    if (!simulated) throw new Error(`${turn.row.file}#${turn.row.index} was not replayed`)
    const known = (tokens: number) => said.get(`${turn.row.model} ${tokens}`)
    const verdict = verdictOn(turn, simulated, known, turns[index - 1], visible[index] ?? 1)
    const end = simulated.read + simulated.written
    if (end > 0) said.set(`${turn.row.model} ${end}`, turn.read + turn.written)
    return { turn, replayed: simulated, verdict }
  })
}

function verdictOn(
  turn: Turn,
  simulated: Replayed,
  known: (tokens: number) => number | undefined,
  before: Turn | undefined,
  visible: number,
): Verdict {
  if (isSame(turn, simulated, simulated, known)) return { kind: 'equal' }
  const reason = reasonOf(turn, simulated, known, before, visible)
  // An answer that was held is no call that was made before.
  const isWarm = simulated.again !== undefined && isSame(turn, simulated.again, simulated, known)
  if (isWarm && visible >= LEAST_VISIBLE && !heldAnswer(turn, before)) return { kind: 'warm' }
  return reason === undefined
    ? { kind: 'unexplained', reason: `reads ${turn.read}, the server ${simulated.read}` }
    : { kind: 'explained', reason }
}

function isSame(
  turn: Turn,
  cached: Cached,
  { rule, total, marks }: Replayed,
  known: (tokens: number) => number | undefined,
): boolean {
  if (rule?.mechanism !== 'breakpoints')
    return (
      Math.abs(turn.read - cached.read) <= (rule?.incrementTokens ?? 0) &&
      turn.read > 0 === cached.read > 0 &&
      turn.written === 0
    )
  const scale = turn.total / total
  const isAt = (recorded: number, simulated: number) => {
    const exact = known(simulated)
    if (recorded === 0 || simulated === 0) return recorded === simulated
    if (exact !== undefined) return Math.abs(recorded - exact) <= rule.incrementTokens
    const nearest = nearestTo(recorded / scale, [...marks, simulated])
    return nearest === simulated && isNear(recorded, simulated * scale)
  }
  const end = cached.read + cached.written
  return (
    isAt(turn.read, cached.read) &&
    turn.written > 0 === cached.written > 0 &&
    (end === 0 ? turn.written === 0 : isNear(turn.read + turn.written, end * scale))
  )
}

function isNear(left: number, right: number): boolean {
  return Math.abs(left - right) <= NEAR * Math.max(left, right)
}

function nearestTo(tokens: number, marks: readonly number[]): number | undefined {
  return marks.toSorted((a, b) => Math.abs(a - tokens) - Math.abs(b - tokens))[0]
}

function reasonOf(
  turn: Turn,
  simulated: Replayed,
  known: (tokens: number) => number | undefined,
  before: Turn | undefined,
  visible: number,
): string | undefined {
  const { rule } = simulated
  if (!rule) return 'no rule is known for this provider'
  if (isOtherVendor(turn)) return `another vendor's model answered than was asked (${turn.row.model})`
  if (rule.mechanism === 'breakpoints') return breakpointReason(turn, simulated, known)
  if (turn.read > 0 && turn.read < rule.minimumTokens)
    return `reads less than the documented minimum of ${rule.minimumTokens}`
  if (heldAnswer(turn, before)) return 'what the model had just said was held, too'
  if (visible < 0.75) return `${percent(1 - visible)} of the prompt are not in the request`
  if (turn.read % rule.incrementTokens > 0)
    return `reads no whole blocks of ${rule.incrementTokens}, as documented`
  if (turn.read >= simulated.read) return undefined
  if (before && turn.read === before.read) return 'what the turn before had added was not there yet'
  if (turn.body.prompt_cache_key === '[REDACTED]')
    return 'the cache keys were taken out of the recording: the turns may not share one'
  return undefined
}

function breakpointReason(
  turn: Turn,
  { marks, read, total }: Replayed,
  known: (tokens: number) => number | undefined,
): string | undefined {
  if (marks.length === 0) return 'a cache is reported, though the request has no breakpoint'
  const scale = turn.total / total
  const mark = nearestTo(turn.read / scale, marks)
  const isAtMark = mark !== undefined && isNear(turn.read, mark * scale)
  const last = marks.at(-1) ?? 0
  if (turn.read > read && isAtMark && mark !== last && isNear(turn.read + turn.written, last * scale))
    return `the prompt was in the cache up to breakpoint ${marks.indexOf(mark) + 1} of ${marks.length} before the recording began`
  const written = known(read)
  if (written !== undefined && turn.read > 0 && turn.read < written && turn.written === 0)
    return `the provider read ${turn.read} tokens of a prefix as which it had written ${written}`
  return undefined
}

/** More was read than the turn before had sent, but no more than that and its answer. */
function heldAnswer({ read }: Turn, before: Turn | undefined): boolean {
  return before !== undefined && read > before.total && read <= before.total + before.output
}

// `google/gemini-…` answered by `x-ai/grok-4`, at a router.
function isOtherVendor({ row, body }: Turn): boolean {
  const [asked, answered] = [String(body.model ?? ''), row.model].map((model) =>
    model.includes('/') ? model.split('/')[0] : undefined,
  )
  return asked !== undefined && answered !== undefined && asked !== answered
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

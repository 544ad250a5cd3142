// The evidence of one finding, step by step: what its calls read, which two were compared and where they part, the provider's rule, the money, the fix.

import type { Finding } from '../model/finding'
import { formatUsd, type PicoUsd } from '../model/money'
import { formatCount, formatDuration, formatPlural } from '../model/quantity'
import type { CallSite, UnitPrices } from '../model/span'
import type { CacheRule } from '../rules/cache-rules'
import { objectOf, textOf } from '../wire/json'
import { fixText, placeText, savingText } from './findings-text'
import { oneLine } from './markdown-words'
import { sideBySide, visibleText } from './side-by-side'

/** A call of a finding; tokens that are not known are `null`. */
export interface ExplainedCall {
  readonly spanId: string
  readonly startTime: string
  readonly callSite?: CallSite
  readonly input: number | null
  readonly read: number | null
  readonly written: number | null
  readonly fresh: number | null
  readonly picoUsd: PicoUsd | null
  readonly prices?: UnitPrices
  /** What a token of input that was not read was billed at, written or not, on average. */
  readonly notReadPicoUsd?: number
}

/** One block of the prompts of two calls; a text that is not kept, or a block that one of them does not have, is `undefined`. */
export interface ComparedBlock {
  readonly path: string
  readonly earlierPath: string
  readonly before?: string
  readonly after?: string
  readonly beforeHash?: string
  readonly afterHash?: string
}

export interface Explanation {
  readonly finding: Finding
  readonly run: { readonly id: string; readonly name: string; readonly startTime: string }
  /** In the order of the finding. */
  readonly calls: readonly ExplainedCall[]
  readonly compared?: { readonly earlier: ExplainedCall; readonly later: ExplainedCall }
  readonly block?: ComparedBlock
  /** Why there is no text of the prompts, where there is none. */
  readonly noText?: string
  readonly rule?: CacheRule
  /** The change that fixes it, or why it cannot be shown. */
  readonly diff: string
  readonly noDiff?: string
}

export function whyText(explanation: Explanation, width: number): string {
  const steps = [
    callsStep(explanation),
    comparedStep(explanation),
    promptsStep(explanation, width),
    evidenceStep(explanation),
    ruleStep(explanation),
    savingStep(explanation),
    fixStep(explanation),
  ].filter((step) => step.length > 0)
  return [
    head(explanation),
    ...steps.map(([title = '', ...lines], index) =>
      [`${index + 1}. ${title}`, ...lines.map(indented)].join('\n'),
    ),
  ].join('\n\n')
}

function indented(line: string): string {
  return line === '' ? '' : `   ${line}`
}

function head({ finding, run }: Explanation): string {
  const { rule, id, severity, location, relatedLocations, message, evidence } = finding
  const origin = objectOf(evidence.origin)
  return [
    `${rule} [${id}], ${severity}`,
    ...(location
      ? [placeText(location) + (textOf(origin.code) ? `  ${visibleText(String(origin.code))}` : '')]
      : []),
    ...relatedLocations.map((related) => `${placeText(related)}  ${oneLine(related.message)}`),
    ...(origin.found === false ? [`origin in the repository: not found (${String(origin.why)})`] : []),
    `run ${run.id}, ${oneLine(run.name)}, ${run.startTime}`,
    '',
    oneLine(message),
  ].join('\n')
}

const MOST_CALLS = 10

function callsStep({ calls, finding }: Explanation): string[] {
  if (calls.length === 0) return []
  const missed = finding.evidence.tokensPerCall
  const rows = calls
    .slice(0, MOST_CALLS)
    .map(({ spanId, startTime, input, read, written, fresh, picoUsd }) => [
      startTime.slice(11, 23),
      spanId,
      ...[input, read, written, fresh].map(countText),
      formatUsd(picoUsd),
    ])
  return [
    'What its calls read from the cache, wrote to it, and paid in full (tokens)',
    ...table([['start', 'call', 'input', 'read', 'written', 'fresh', 'cost'], ...rows]),
    ...(calls.length > MOST_CALLS ? [`and ${formatPlural(calls.length - MOST_CALLS, 'call')} more`] : []),
    ...(typeof missed === 'number' && finding.rule !== 'cache/write-never-read'
      ? [`About ${formatCount(missed)} tokens more could have been read in each of them.`]
      : []),
  ]
}

function countText(count: number | null): string {
  return count === null ? '?' : formatCount(count)
}

/** Texts to the left, numbers to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}

function comparedStep({ compared }: Explanation): string[] {
  if (!compared) return []
  const { earlier, later } = compared
  const line = (name: string, { spanId, startTime, callSite }: ExplainedCall) =>
    `${name}  ${startTime}  ${spanId}${callSite ? `  ${placeText({ column: 1, ...callSite })}` : ''}`
  const gap = Date.parse(later.startTime) - Date.parse(earlier.startTime)
  if (earlier.spanId === later.spanId) return ['The call that is looked at', line('it     ', later)]
  return [
    'The two calls that were compared',
    line('earlier', earlier),
    line('later  ', later),
    ...(gap >= 0 ? [`The later one began ${formatDuration(gap)} after the earlier one.`] : []),
  ]
}

function promptsStep({ block, noText, compared }: Explanation, width: number): string[] {
  if (!compared || compared.earlier.spanId === compared.later.spanId) return []
  if (!block) return noText === undefined ? [] : ['The prompts', noText]
  const { path, earlierPath, before, after, beforeHash, afterHash } = block
  const title = `The prompts at ${path}${earlierPath === path ? '' : ` (in the earlier call ${earlierPath})`}`
  if (beforeHash === afterHash && beforeHash !== undefined)
    return [title, 'This part is the same in both calls.']
  if (before === undefined || after === undefined)
    return [
      title,
      ...(noText === undefined ? [] : [noText]),
      `earlier: ${before === undefined ? hashText(beforeHash) : visibleText(before.slice(0, 200))}`,
      `later:   ${after === undefined ? hashText(afterHash) : visibleText(after.slice(0, 200))}`,
    ]
  return [`${title}: earlier ≠ later`, ...sideBySide(before, after, { width: width - 3 })]
}

function hashText(hash: string | undefined): string {
  return hash === undefined ? 'no such part' : `a text with SHA-256 ${hash.slice(0, 16)}…`
}

/** Said in the other steps. */
const SHOWN_ELSEWHERE = new Set(
  'calls tokensPerCall model provider part path volatile alsoVolatile spans lossPicoUsd fix breakpointPlaces origin'.split(
    ' ',
  ),
)

function evidenceStep({ finding: { evidence } }: Explanation): string[] {
  const rest = Object.entries(evidence).filter(
    ([name, value]) => !SHOWN_ELSEWHERE.has(name) && value !== undefined,
  )
  if (rest.length === 0) return []
  return ['What else was seen', ...rest.map(([name, value]) => `${name}: ${valueText(name, value)}`)]
}

function valueText(name: string, value: unknown): string {
  if (typeof value === 'number' && name.endsWith('Ms')) return formatDuration(value)
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return visibleText(text.length > 300 ? `${text.slice(0, 299)}…` : text)
}

function ruleStep({ rule, finding: { evidence } }: Explanation): string[] {
  if (!rule) return []
  const { minimumTokens, incrementTokens, lifetimes, lookBackBlocks, maxBreakpoints, readMultiplier } = rule
  const kept = lifetimes.map(
    ({ name, writeMultiplier }) =>
      `${name}${writeMultiplier === undefined ? '' : ` (a write costs ${writeMultiplier}×)`}`,
  )
  return [
    `How ${String(evidence.provider ?? rule.provider)} caches prompts of ${String(evidence.model ?? 'this model')}`,
    rule.mechanism === 'breakpoints'
      ? `Up to breakpoints in the request, ${maxBreakpoints} at most${lookBackBlocks === null ? '' : `; each looks ${lookBackBlocks} blocks back`}.`
      : 'By itself: whatever start two prompts share, as far as the provider holds it.',
    Number.isSafeInteger(minimumTokens + 1)
      ? `At least ${formatCount(minimumTokens)} tokens${incrementTokens > 1 ? `, in steps of ${incrementTokens}` : ''}.`
      : 'Nothing is cached.',
    `Kept for ${kept.join(' or ')}${readMultiplier === undefined ? '' : `; a read costs ${readMultiplier}× of plain input`}.`,
    `Source (${rule.evidence}, read ${rule.date}): ${rule.source}`,
  ]
}

function savingStep(explanation: Explanation): string[] {
  const { saving, evidence } = explanation.finding
  if (!saving && typeof evidence.lossPicoUsd !== 'number') return []
  return [
    'The money',
    ...lossLines(explanation),
    saving
      ? `Replaying the run with the fix, by the provider's rule, with all reads and writes: saves ${savingText(saving)}.`
      : 'Nothing that could be changed in the program saves any of it.',
  ]
}

/** What the missed tokens were billed at, and what they would have been as reads. */
function lossLines({ finding: { evidence, rule }, compared }: Explanation): string[] {
  const { tokensPerCall: tokens, calls } = evidence
  const { prices, notReadPicoUsd: paid } = compared?.later ?? {}
  if (!prices || paid === undefined || typeof tokens !== 'number' || typeof calls !== 'number') return []
  const perMillion = (picoPerToken: PicoUsd) => `${formatUsd(Math.round(picoPerToken * 1e6))} per million`
  if (rule === 'cache/write-never-read' || paid <= prices.cacheRead)
    return [
      `What was not read was billed at ${perMillion(paid)}; plain input costs ${perMillion(prices.uncachedInput)}.`,
    ]
  const more = Math.round(tokens * calls * (paid - prices.cacheRead))
  return [
    `About ${formatCount(tokens)} tokens in each of ${formatPlural(calls, 'call')} were billed at ${perMillion(paid)} instead of ${perMillion(prices.cacheRead)} as reads: about ${formatUsd(more)} more.`,
  ]
}

function fixStep({ finding: { fix }, diff, noDiff }: Explanation): string[] {
  if (!fix) return []
  const { edits: _, ...words } = fix
  return [
    'The fix',
    fixText(words),
    ...(diff === '' ? [] : ['', ...diff.split('\n').map(visibleLine)]),
    ...(noDiff === undefined ? [] : [noDiff]),
  ]
}

/** Tabs of a source stay. */
function visibleLine(line: string): string {
  return line.split('\t').map(visibleText).join('\t')
}

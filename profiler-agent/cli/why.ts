// `costflame why`: the evidence of one finding, step by step.

import { oneLine } from '../formats/markdown-words'
import { type ComparedBlock, type ExplainedCall, type Explanation, whyText } from '../formats/why-text'
import type { Finding } from '../model/finding'
import { present } from '../model/present'
import type { Run, Span } from '../model/span'
import { hasModelCall } from '../model/totals'
import { cacheWriteTotal } from '../model/usage'
import { cacheRuleFor } from '../rules/cache-rules'
import { readContent, readFindings, readPrompts, readSpans, type StoredBlock } from '../store/reader'
import type { Store } from '../store/store'
import { objectOf } from '../wire/json'
import { fixDiff } from './fixed-files'
import { EXIT, type Io, print, UsageError } from './io'
import type { WhyFormat } from './output-formats'
import { dataFolder } from './places'
import { isRunFile, type RunSelection, readRunFile, withStoredRuns } from './select-runs'

const WHY_SCHEMA = 'costflame.why/1'
const USUAL_WIDTH = 100
const LEAST_WIDTH = 40

export interface WhyOptions {
  readonly run: string
  readonly format: WhyFormat
  readonly data?: string
}

/** A run with what explains its findings; of a run file there are no prompts. */
interface ExplainedRun extends Pick<Run, 'id' | 'name' | 'root' | 'startTime'> {
  readonly findings: readonly Finding[]
  readonly spans: () => readonly Span[]
  readonly promptOf?: (spanId: string) => readonly StoredBlock[]
  readonly textOf: (hash: string) => string | undefined
}

/** `id` is that of a finding, or its beginning. */
export async function why(io: Io, id: string, options: WhyOptions): Promise<number> {
  const selection = { selector: options.run, data: dataFolder(io, options.data) }
  const explanation = await withExplainedRuns(io, selection, (runs) => {
    const { finding, run } = findingWithId(runs, id)
    return explanationOf(finding, run)
  })
  if (options.format === 'json') print(io, JSON.stringify({ schema: WHY_SCHEMA, ...explanation }))
  else print(io, whyText(explanation, widthOf(io)))
  return EXIT.fine
}

async function withExplainedRuns<T>(
  io: Io,
  selection: RunSelection,
  use: (runs: readonly ExplainedRun[]) => T,
): Promise<T> {
  if (isRunFile(selection))
    return use(
      readRunFile(io, selection).map((run) => ({ ...run, spans: () => run.spans, textOf: () => undefined })),
    )
  return withStoredRuns(io, selection, (store, runs) =>
    use(runs.map(({ id, name, root, startedAt }) => storedRun(store, { id, name, root, startedAt }))),
  )
}

interface RunHead {
  readonly id: string
  readonly name: string
  readonly root: string | undefined
  readonly startedAt: number
}

function storedRun(store: Store, { id, name, root, startedAt }: RunHead): ExplainedRun {
  return {
    ...{ id, name, startTime: new Date(startedAt).toISOString() },
    ...present({ root }),
    findings: readFindings(store, id),
    spans: () => readSpans(store, id),
    promptOf: promptReader(store, id),
    textOf: (hash) => readContent(store, hash),
  }
}

/** All prompts of a run are read together, and only if somebody asks. */
function promptReader(store: Store, runId: string): (spanId: string) => readonly StoredBlock[] {
  let prompts: ReturnType<typeof readPrompts> | undefined
  return (spanId) => {
    prompts ??= readPrompts(store, runId)
    return prompts.get(spanId)?.prompt ?? []
  }
}

/** The newest run's, where several have it. Throws UsageError with all there are where none or several different ones begin so. */
function findingWithId(runs: readonly ExplainedRun[], id: string) {
  const all = runs.flatMap((run) => run.findings.map((finding) => ({ finding, run })))
  const found = all.filter(({ finding }) => id !== '' && finding.id.startsWith(id))
  const [first] = found.filter(({ finding }) => finding.id === id).concat(found)
  const ids = new Set(found.map(({ finding }) => finding.id))
  if (first && (ids.size === 1 || first.finding.id === id)) return first
  if (all.length === 0) throw new UsageError('there are no findings in the selected runs')
  const those = (found.length > 0 ? found : all).map(({ finding }) => `  ${lineOf(finding)}`)
  const problem =
    found.length > 0 ? `several findings begin with "${id}"` : `no finding "${id}" in the selected runs`
  throw new UsageError(`${problem}; there are:\n${[...new Set(those)].join('\n')}`)
}

function lineOf({ id, rule, location, message }: Finding): string {
  const place = location ? ` ${location.file}:${location.line}` : ''
  return oneLine(`${id}  ${rule}${place}  ${message.slice(0, 80)}`)
}

function explanationOf(finding: Finding, run: ExplainedRun): Explanation & { readonly root?: string } {
  const spans = new Map(run.spans().map((span) => [span.id, span]))
  const callOf = (spanId: unknown) => explainedCall(spans.get(String(spanId)))
  const { earlier: earlierId, later: laterId } = objectOf(finding.evidence.spans)
  const [earlier, later] = [callOf(earlierId), callOf(laterId)]
  const { provider, model } = finding.evidence
  const rule = finding.rule.startsWith('cache/') ? cacheRuleFor(String(provider), String(model)) : undefined
  const block = comparedBlock(finding, run)
  const diff = fixDiff(finding, run.root)
  return {
    finding,
    run: { id: run.id, name: run.name, startTime: run.startTime },
    calls: finding.spanIds.flatMap((id) => callOf(id) ?? []),
    ...(earlier && later ? { compared: { earlier, later } } : {}),
    ...present({ block, rule, noText: noText(run, block), root: run.root }),
    diff,
    ...(diff === '' && finding.fix?.edits
      ? { noDiff: 'The file was changed since the run: record it again for the exact change.' }
      : {}),
  }
}

function explainedCall(span: Span | undefined): ExplainedCall | undefined {
  if (!span || !hasModelCall(span)) return undefined
  const { usage, cost } = span.modelCall
  const written = cacheWriteTotal(usage)
  const notRead = (usage.uncachedInputTokens ?? 0) + (written ?? 0)
  return {
    spanId: span.id,
    startTime: span.startTime,
    ...present({ callSite: span.callSite, prices: cost?.prices }),
    ...(cost && notRead > 0
      ? { notReadPicoUsd: (cost.byBucket.uncachedInput + cost.byBucket.cacheWrite) / notRead }
      : {}),
    input: usage.inputTokens,
    read: usage.cacheReadTokens,
    written,
    fresh: usage.uncachedInputTokens,
    picoUsd: cost?.picoUsd ?? null,
  }
}

/** The block at which the two prompts part, as the finding names it. */
function comparedBlock({ evidence }: Finding, { promptOf, textOf }: ExplainedRun): ComparedBlock | undefined {
  const { earlier, later, path, earlierPath = path } = objectOf(evidence.spans)
  if (!promptOf || typeof path !== 'string' || typeof earlierPath !== 'string') return undefined
  const before = promptOf(String(earlier)).find((block) => block.path === earlierPath)
  const after = promptOf(String(later)).find((block) => block.path === path)
  if (!before && !after) return undefined
  return {
    ...{ path, earlierPath },
    ...present({
      before: before && textOf(before.hash),
      after: after && textOf(after.hash),
      beforeHash: before?.hash,
      afterHash: after?.hash,
    }),
  }
}

function noText({ promptOf }: ExplainedRun, block: ComparedBlock | undefined): string | undefined {
  if (!promptOf) return 'A run file holds no prompts; ask in the data folder of the run to see them.'
  const isKept = (hash: string | undefined, text: string | undefined) =>
    hash === undefined || text !== undefined
  if (block && isKept(block.beforeHash, block.before) && isKept(block.afterHash, block.after))
    return undefined
  return block ? 'The texts of these prompts were not kept (content: hashes).' : undefined
}

/** Of the terminal, else as `COLUMNS` says. */
function widthOf({ stdout, env }: Io): number {
  const own = 'columns' in stdout && typeof stdout.columns === 'number' ? stdout.columns : Number(env.COLUMNS)
  return Number.isInteger(own) && own > 0 ? Math.max(LEAST_WIDTH, own) : USUAL_WIDTH
}

// What an escalation is told of a violation, out of the run in which it happened. Holds no text of prompts and replies.

import { budgetRule, type LimitName } from '../model/budget'
import {
  ESCALATION_SCHEMA,
  type EscalatedCall,
  type EscalationSummary,
  type Violation,
} from '../model/escalation'
import { formatUsd, picoOfUsd, usdOf } from '../model/money'
import { present } from '../model/present'
import { formatCount, formatDuration, formatShare } from '../model/quantity'
import type { Run, Span } from '../model/span'

/** More would be no summary. */
const MAX_CALLS = 20

/** `run` is `null` where it is not stored: then the summary says what the violation itself says. */
export function summaryOf(violation: Violation, run: Run | null): EscalationSummary {
  const tree = new Map((run?.spans ?? []).map((span) => [span.id, span]))
  const instance = tree.get(violation.instance)
  const refused = violation.refusedCall === undefined ? undefined : tree.get(violation.refusedCall)
  const calls = callsOf(violation, tree)
  const { escalation: name, scope, limit, allowed, value, atLeast, looksLike } = violation
  return present({
    schema: ESCALATION_SCHEMA as typeof ESCALATION_SCHEMA,
    name,
    text: textOf(violation),
    budget: { file: violation.file, line: violation.line },
    ...{ scope, rule: budgetRule(limit), limit, allowed, value, atLeast },
    run: present({ id: violation.runId, name: run?.name, command: run?.command }),
    agent: violation.agent ?? instance?.agent ?? refused?.agent,
    agentVersion: violation.agentVersion ?? instance?.agentVersion ?? refused?.agentVersion,
    intent: violation.intent ?? instance?.intent ?? refused?.intent,
    step: violation.step ?? (instance?.kind === 'step' ? instance.name : refused?.step),
    invocation: invocationOf(instance ?? refused, tree),
    callSite: callSiteOf(refused, calls),
    calls: calls.slice(-MAX_CALLS).map(escalatedCall),
    callCount: calls.length,
    looksLike,
    at: new Date(violation.at).toISOString(),
  })
}

/** By start time. */
function callsOf({ calls, scope, instance }: Violation, tree: ReadonlyMap<string, Span>): Span[] {
  const made = [...tree.values()].filter(({ modelCall, status }) => modelCall && status !== 'blocked')
  const named = calls && new Set(calls)
  const belongs = (span: Span): boolean => {
    if (named) return named.has(span.id)
    if (scope.kind === 'run' || scope.kind === 'day') return true
    return isWithin(span, instance, tree, scope.kind !== 'workflow')
  }
  return made.filter(belongs).sort((left, right) => left.startTime.localeCompare(right.startTime))
}

/** What an agent starts that is an agent itself is another invocation, except in a workflow. */
function isWithin(span: Span, id: string, tree: ReadonlyMap<string, Span>, endsAtAgents: boolean): boolean {
  for (const ancestor of ancestorsOf(span, tree)) {
    if (ancestor.id === id) return true
    if (endsAtAgents && ancestor.kind === 'agent') return false
  }
  return false
}

/** The nearest first. */
function* ancestorsOf(span: Span, tree: ReadonlyMap<string, Span>): Generator<Span> {
  let parent = span.parentId === undefined ? undefined : tree.get(span.parentId)
  while (parent) {
    yield parent
    parent = parent.parentId === undefined ? undefined : tree.get(parent.parentId)
  }
}

function invocationOf(span: Span | undefined, tree: ReadonlyMap<string, Span>): string | undefined {
  if (span === undefined || span.kind === 'agent') return span?.id
  for (const ancestor of ancestorsOf(span, tree)) if (ancestor.kind === 'agent') return ancestor.id
  return undefined
}

function callSiteOf(refused: Span | undefined, calls: readonly Span[]): EscalationSummary['callSite'] {
  const dearest = calls
    .filter(({ callSite }) => callSite)
    .sort((left, right) => costOf(right) - costOf(left) || (tokensOf(right) ?? 0) - (tokensOf(left) ?? 0))[0]
  const site = refused?.callSite ?? dearest?.callSite
  if (!site) return undefined
  const { stack: _, ...frame } = site
  return frame
}

function costOf({ modelCall }: Span): number {
  return modelCall?.cost?.picoUsd ?? 0
}

function tokensOf({ modelCall }: Span): number | null {
  const { inputTokens = null, outputTokens = null } = modelCall?.usage ?? {}
  return inputTokens === null || outputTokens === null ? null : inputTokens + outputTokens
}

function escalatedCall(span: Span): EscalatedCall {
  const { modelCall } = span
  return {
    spanId: span.id,
    model: modelCall?.responseModel ?? modelCall?.requestModel ?? '',
    tokens: tokensOf(span),
    costUsd: modelCall?.cost ? usdOf(modelCall.cost.picoUsd) : null,
  }
}

/** `order-status (lookup): totalTokens would be 6,350, 6,000 allowed (.costflame/budgets.jsonc:14); a call was refused`. */
export function textOf(violation: Violation): string {
  const { limit, value, allowed, atLeast, file, line, looksLike } = violation
  const isRefused = violation.refusedCall !== undefined && !violation.isCut
  const verb = isRefused && typeof value === 'number' ? 'would be' : 'is'
  const held = `${limit} ${verb} ${atLeast ? 'at least ' : ''}${amount(limit, value)}, ${allowedText(limit, allowed)}`
  const refusal = isRefused ? '; a call was refused' : violation.isCut ? '; a reply was ended' : ''
  const guess = looksLike === undefined ? '' : `; looks like ${looksLike.is}: ${looksLike.why}`
  return `${subjectOf(violation)}: ${held} (${file}:${line})${refusal}${guess}`
}

/** Who exceeded a limit, as people call it. */
export function subjectOf({ scope, instance }: Pick<Violation, 'scope' | 'instance'>): string {
  switch (scope.kind) {
    case 'agent':
      return scope.intent === undefined ? scope.agent : `${scope.agent} (${scope.intent})`
    case 'step':
      return `${scope.agent}, step ${scope.step}`
    case 'workflow':
      return `workflow ${scope.workflow}`
    case 'run':
      return `run ${instance}`
    case 'day':
      return instance
    default:
      return scope satisfies never
  }
}

function allowedText(limit: LimitName, allowed: Violation['allowed']): string {
  if (typeof allowed !== 'number') return `allowed: ${allowed.join(', ')}`
  return limit === 'cacheHitRatio'
    ? `at least ${amount(limit, allowed)} wanted`
    : `${amount(limit, allowed)} allowed`
}

function amount(limit: LimitName, value: number | string): string {
  if (typeof value === 'string') return value
  if (limit.startsWith('costUsd')) return formatUsd(picoOfUsd(value))
  if (limit === 'durationMs') return formatDuration(value)
  return limit === 'cacheHitRatio' ? formatShare(value) : formatCount(value)
}

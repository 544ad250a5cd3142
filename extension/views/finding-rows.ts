// Findings as rows of a list: how they read, and how they are grouped, sorted and found. Knows no VS Code.

import type { RunDetail } from '../../profiler-agent/feed/protocol'
import type { Finding, Location, Saving } from '../../profiler-agent/model/finding'
import { formatUsd } from '../../profiler-agent/model/money'
import { isFound } from './text-filter'
import type { Words } from './words'

export type FindingGroup = 'rule' | 'file' | 'severity' | 'agent' | 'none'
export type FindingSort = 'saving' | 'severity' | 'place'

export interface FindingGroupRow {
  readonly key: string
  readonly label: string
  readonly findings: readonly Finding[]
}

/** The findings that a filter finds, in groups; one group without a label where none are wanted. */
export function groupedFindings(
  { findings, agentsOfFindings = {} }: Pick<RunDetail, 'findings' | 'agentsOfFindings'>,
  choice: { readonly group: FindingGroup; readonly sort: FindingSort; readonly filter: string },
  words: Words,
): FindingGroupRow[] {
  const agentsOf = ({ id }: Finding) => agentsOfFindings[id] ?? []
  const found = findings
    .filter((finding) => isFound(choice.filter, [...textsOf(finding), ...agentsOf(finding)]))
    .toSorted(BY[choice.sort])
  const groups = new Map<string, Finding[]>()
  for (const finding of found)
    for (const key of keysOf(finding, choice.group, agentsOf(finding)))
      groups.set(key, [...(groups.get(key) ?? []), finding])
  return [...groups]
    .map(([key, members]) => ({ key, label: groupLabel(choice.group, key, words), findings: members }))
    .sort((left, right) => groupOrder(choice, left, right))
}

/** What a filter looks into. */
function textsOf({ rule, severity, message, location }: Finding): (string | undefined)[] {
  return [rule, severity, message, location?.file]
}

const SEVERITIES: readonly string[] = ['error', 'warning', 'info', 'hint']

type Compare = (left: Finding, right: Finding) => number

const savingOf = ({ saving }: Finding) => saving?.picoUsd ?? -1
const bySaving: Compare = (left, right) => savingOf(right) - savingOf(left)
const bySeverity: Compare = (left, right) =>
  SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity)
const byPlace: Compare = (left, right) =>
  compareTexts(left.location?.file ?? '\uffff', right.location?.file ?? '\uffff') ||
  (left.location?.line ?? 0) - (right.location?.line ?? 0)

const BY: Readonly<Record<FindingSort, Compare>> = {
  saving: (left, right) => bySaving(left, right) || bySeverity(left, right) || byPlace(left, right),
  severity: (left, right) => bySeverity(left, right) || bySaving(left, right) || byPlace(left, right),
  place: (left, right) => byPlace(left, right) || bySeverity(left, right),
}

/** A finding about calls of several agents stands under each of them. */
function keysOf(finding: Finding, group: FindingGroup, agents: readonly string[]): readonly string[] {
  switch (group) {
    case 'rule':
      return [finding.rule]
    case 'file':
      return [finding.location?.file ?? '']
    case 'severity':
      return [finding.severity]
    case 'agent':
      return agents.length === 0 ? [''] : agents
    case 'none':
      return ['']
    default:
      return group satisfies never
  }
}

function groupLabel(group: FindingGroup, key: string, words: Words): string {
  if (group === 'severity') return severityLabel(key, words)
  if (group === 'rule') return ruleLabel(key)
  if (key !== '' || group === 'none') return key
  return group === 'agent' ? words.t('No agent is known') : words.t('No place in the code is known')
}

function severityLabel(severity: string, words: Words): string {
  switch (severity) {
    case 'error':
      return words.t('Errors')
    case 'warning':
      return words.t('Warnings')
    case 'info':
      return words.t('Information')
    default:
      return words.t('Hints')
  }
}

/** Groups stand in the order of their first findings, files and agents by name unless savings are sorted by. */
function groupOrder(
  { group, sort }: { readonly group: FindingGroup; readonly sort: FindingSort },
  left: FindingGroupRow,
  right: FindingGroupRow,
): number {
  if (group === 'severity') return SEVERITIES.indexOf(left.key) - SEVERITIES.indexOf(right.key)
  const [first] = left.findings
  const [second] = right.findings
  if (sort !== 'place' && first && second) return BY[sort](first, second)
  return compareTexts(left.key || '\uffff', right.key || '\uffff')
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** `cache/volatile-prefix` → `Volatile prefix`; a limit is named as the budget file does: `Budget totalTokens`. */
export function ruleLabel(rule: string): string {
  const [family = '', name = ''] = rule.split('/')
  if (family === 'budget') return `Budget ${name}`
  const words = (name || family).replaceAll('-', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

/** `agent.ts:31`. */
export function placeLabel({ file, line }: Location): string {
  return `${file.split('/').at(-1) ?? file}:${line}`
}

/** `saves ≤ $0.0809 a run`, where that is the most that can be hoped for; `undefined` where nothing is known of it. */
export function savingText({ saving }: Pick<Finding, 'saving'>, words: Words): string | undefined {
  if (saving === undefined) return undefined
  const amount = savedAmount(saving)
  return saving.perRun ? words.t('saves {0} a run', amount) : words.t('saves {0} a call', amount)
}

/** The same for a narrow list: what it says first is seen. */
function savedText({ saving }: Finding, words: Words): string | undefined {
  if (saving === undefined) return undefined
  const amount = savedAmount(saving)
  return saving.perRun ? words.t('{0} saved a run', amount) : words.t('{0} saved a call', amount)
}

function savedAmount({ certainty, picoUsd }: Saving): string {
  return `${certainty === 'upTo' ? '≤ ' : ''}${formatUsd(picoUsd)}`
}

/** What a row says first, and beside it: what the group says already is left out. */
export function findingTexts(
  finding: Finding,
  group: FindingGroup,
  words: Words,
): { readonly label: string; readonly description: string } {
  const place = finding.location && placeLabel(finding.location)
  const rule = ruleLabel(finding.rule)
  const label = group === 'rule' ? (place ?? rule) : rule
  const parts = [
    savedText(finding, words),
    label === place ? undefined : place,
    finding.saving === undefined ? firstSentence(finding.message) : undefined,
  ]
  return { label, description: parts.filter((part) => part !== undefined).join(' · ') }
}

function firstSentence(message: string): string {
  return /^.*?[.](?=\s|$)/s.exec(message)?.[0] ?? message
}

/** How many of them are meant to be acted on. */
export function countOfWarnings(findings: readonly Finding[]): number {
  return findings.filter(({ severity }) => severity === 'error' || severity === 'warning').length
}

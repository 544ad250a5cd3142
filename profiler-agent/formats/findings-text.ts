// Findings as text for the terminal, and as Markdown for a comment on a change. Prompts and paths are other people's text: nothing in them is markup.

import type { Finding, Location } from '../model/finding'
import { formatUsd } from '../model/money'
import { formatPlural } from '../model/quantity'
import { objectOf, textOf } from '../wire/json'
import { code, escaped, oneLine } from './markdown-words'

/** Of an id, enough to name a finding by. */
const SHOWN_ID = 8

/** One finding as a few lines. */
export function findingText(finding: Finding): string {
  const { location, fix, rule, severity, message, relatedLocations, id } = finding
  return [
    `${location ? `${placeText(location)}: ` : ''}${severity}: ${rule}`,
    `  ${oneLine(message)}`,
    ...relatedLocations.map((related) => `  ${placeText(related)}: ${oneLine(related.message)}`),
    ...notFoundText(finding),
    ...(fix ? [`  fix: ${fixText(fix)}`] : []),
    ...(finding.saving ? [`  saving: ${savingText(finding.saving)}`] : []),
    `  evidence: costflame why ${id.slice(0, SHOWN_ID)}`,
  ].join('\n')
}

export function placeText({ file, line, column }: Location): string {
  return `${oneLine(file)}:${line}:${column}`
}

/** What fixing it saves, and under which condition. */
export function savingText({
  certainty,
  picoUsd,
  perRun,
  assumption,
}: NonNullable<Finding['saving']>): string {
  return `${certainty === 'upTo' ? 'up to ' : ''}${formatUsd(picoUsd)}${perRun ? ' a run' : ''}, if ${assumption}`
}

export function fixText({ title, safety, edits = [] }: NonNullable<Finding['fix']>): string {
  const notes = [
    ...(safety === 'review' ? ['review: it may change what the model sees'] : []),
    ...(edits.length > 0 ? ['the change is known'] : []),
  ]
  return notes.length === 0 ? title : `${title} (${notes.join('; ')})`
}

function notFoundText({ evidence }: Finding): string[] {
  const origin = objectOf(evidence.origin)
  const why = textOf(origin.why)
  return origin.found === false && why !== undefined ? [`  origin in the repository: not found (${why})`] : []
}

const ICONS: Readonly<Record<Finding['severity'], string>> = {
  error: '🛑',
  warning: '⚠️',
  info: 'ℹ️',
  hint: '💡',
}

/** `diffOf` gives the change that fixes a finding, as a unified diff; empty where there is none. */
export function findingsMarkdown(findings: readonly Finding[], diffOf: (finding: Finding) => string): string {
  if (findings.length === 0) return '### Costflame: no findings'
  const costliest = findings.toSorted((left, right) => picoOf(right) - picoOf(left))
  return [
    `### Costflame: ${formatPlural(findings.length, 'finding')}`,
    ...costliest.map((finding) => findingMarkdown(finding, diffOf(finding))),
  ].join('\n\n')
}

function findingMarkdown(finding: Finding, diff: string): string {
  const { severity, rule, location, message, fix, saving } = finding
  const place = location ? ` at ${code(`${location.file}:${location.line}`)}` : ''
  const saves = saving
    ? `: **${saving.certainty === 'upTo' ? 'up to ' : ''}${formatUsd(saving.picoUsd)}${saving.perRun ? ' a run' : ''}**`
    : ''
  return [
    `${ICONS[severity]} ${code(rule)}${place}${saves}`,
    escaped(oneLine(message)),
    ...(fix ? [`Fix (${fix.safety}): ${escaped(fix.title)}`] : []),
    ...(saving ? [`Saves that much if ${escaped(saving.assumption)}.`] : []),
    ...(diff === '' ? [] : [details(diff)]),
  ].join('\n\n')
}

function details(diff: string): string {
  const fence = fenceFor(diff)
  return `<details><summary>The change</summary>\n\n${fence}diff\n${diff}\n${fence}\n\n</details>`
}

/** Longer than any run of backticks in it. */
function fenceFor(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  return '`'.repeat(longest + 1)
}

function picoOf({ saving }: Finding): number {
  return saving?.picoUsd ?? 0
}

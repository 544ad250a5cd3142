// What a hover says of findings beside their diagnostics: what the change saves, and where to look. Markdown; knows no VS Code.

import type { Finding, Location } from '../../profiler-agent/model/finding'
import { formatUsd } from '../../profiler-agent/model/money'
import { formatCount } from '../../profiler-agent/model/quantity'
import { commandLink, markdownText } from '../markdown-text'
import type { Words } from './lens-text'

/** A finding, and the folder that its files are relative to. */
export interface RootedFinding {
  readonly finding: Finding
  readonly root: string | undefined
  /** The code is another one than it is about. */
  readonly isChanged?: boolean
}

const MOST_PLACES = 4

/** On the place of the finding itself. */
export function findingHoverText({ finding, root, isChanged }: RootedFinding, words: Words): string {
  const { rule, spanIds, saving } = finding
  const { t } = words
  const calls = spanIds.length === 1 ? t('1 call') : t('{0} calls', formatCount(spanIds.length))
  const head = [`**${markdownText(rule)}**`, spanIds.length > 0 ? calls : undefined, lossText(finding, words)]
  const saved = savingText(finding, words)
  return [
    lineOf(head),
    isChanged ? `$(warning) ${t('Changed since: run again to see whether it still holds.')}` : undefined,
    saving && saved ? `${saved}${markdownText(t(', if {0}', saving.assumption))}` : undefined,
    linkLine(finding, words),
    placeLines(finding, root),
  ]
    .filter((text) => text !== undefined && text !== '')
    .join('\n\n')
}

function lineOf(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' · ')
}

function linkLine(finding: Finding, words: Words): string {
  const { runId, spanIds } = finding
  const graph = `$(flame) ${words.t('Flame graph')}`
  return [
    ...spanIds.slice(0, 1).map((spanId) => commandLink(graph, 'costflame.openFlameGraph', [runId, spanId])),
    explainLink(finding, words),
  ].join(' · ')
}

/** What each place has to do with it; the same said of the same line only once. */
function placeLines({ relatedLocations }: Finding, root: string | undefined): string {
  const lines = relatedLocations.map((place) => `${markdownText(place.message)}: ${placeLink(place, root)}`)
  return [...new Set(lines)].slice(0, MOST_PLACES).join('  \n')
}

/** On a line whose calls the finding is about, where it stands elsewhere: in a line, with a link to its place. */
export function relatedFindingText({ finding, root }: RootedFinding, words: Words): string {
  const { rule, location } = finding
  const at = location === undefined ? undefined : placeLink(location, root)
  const head = `$(lightbulb) ${markdownText(rule)}`
  return lineOf([head, at, savingText(finding, words), explainLink(finding, words)])
}

function explainLink({ runId, id }: Finding, { t }: Words): string {
  return commandLink(t('Explain'), 'costflame.explainFinding', [runId, id])
}

/** As findings of the cache say it. */
function lossText({ evidence: { lossPicoUsd } }: Finding, { t }: Words): string | undefined {
  if (typeof lossPicoUsd !== 'number' || lossPicoUsd <= 0) return undefined
  return markdownText(t('{0} too much in that run', formatUsd(lossPicoUsd)))
}

function savingText({ saving }: Finding, { t }: Words): string | undefined {
  if (saving === undefined) return undefined
  const amount = formatUsd(saving.picoUsd)
  const of = saving.perRun ? t('{0} a run', amount) : t('{0} a call', amount)
  return markdownText(saving.certainty === 'upTo' ? t('saves up to {0}', of) : t('saves {0}', of))
}

function placeLink({ file, line, column }: Location, root: string | undefined): string {
  const name = file.split(/[/\\]/).at(-1) ?? file
  const args = root === undefined ? [{ file, line, column }] : [{ file, line, column }, root]
  return commandLink(markdownText(`${name}:${line}`), 'costflame.revealPlace', args, file)
}

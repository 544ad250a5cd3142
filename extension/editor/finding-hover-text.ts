// What a hover says of findings beside their diagnostics: what they cost, what the change saves, where to look. Markdown; knows no VS Code.

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

/** On the place of the finding itself, where VS Code shows its message, its rule and its related places already. */
export function findingHoverText({ finding, isChanged }: RootedFinding, words: Words): string {
  const { spanIds, saving } = finding
  const { t } = words
  const calls = spanIds.length === 1 ? t('1 call') : t('{0} calls', formatCount(spanIds.length))
  const saved = savingText(finding, words)
  return [
    lineOf([
      spanIds.length > 0 ? calls : undefined,
      lossText(finding, words),
      saving && saved ? `${saved}${markdownText(t(', if {0}', saving.assumption))}` : undefined,
    ]),
    isChanged ? `$(warning) ${t('Changed since: run again to see whether it still holds.')}` : undefined,
    linkLine(finding, words),
  ]
    .filter((text) => text !== undefined && text !== '')
    .join('\n\n')
}

function lineOf(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' · ')
}

/** The rule tells one finding from another at the same place. */
function linkLine(finding: Finding, words: Words): string {
  const { runId, spanIds, rule } = finding
  const graph = `$(flame) ${words.t('Flame graph')}`
  return lineOf([
    ...spanIds.slice(0, 1).map((spanId) => commandLink(graph, 'costflame.openFlameGraph', [runId, spanId])),
    explainLink(finding, markdownText(words.t('Explain {0}', rule))),
  ])
}

/** On a line whose calls the finding is about, where it stands elsewhere: in a line, with a link to its place. */
export function relatedFindingText({ finding, root }: RootedFinding, words: Words): string {
  const { rule, location } = finding
  const at = location === undefined ? undefined : placeLink(location, root)
  const head = `$(lightbulb) ${markdownText(rule)}`
  return lineOf([head, at, savingText(finding, words), explainLink(finding, words.t('Explain'))])
}

function explainLink({ runId, id }: Finding, text: string): string {
  return commandLink(text, 'costflame.explainFinding', [runId, id])
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

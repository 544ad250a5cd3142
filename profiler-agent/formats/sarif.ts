// Findings as SARIF 2.1.0, which code scanning services and editors read. Writes only; sources: the OASIS standard and GitHub's list of supported properties.

import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Finding, Location, Severity, TextEdit } from '../model/finding'
import { formatUsd, usdOf } from '../model/money'
import { ruleText } from './rule-texts'

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'
/** Paths are relative to the root of the repository, wherever it lies for the reader; ours is nobody's business. */
const ROOT = '%SRCROOT%'

const LEVELS = {
  error: 'error',
  warning: 'warning',
  info: 'note',
  hint: 'note',
} as const satisfies Record<Severity, string>

/** One log with one run. A finding that several runs of an agent have stands there once, as the first of them says it. */
export function sarifExport(
  findings: readonly Finding[],
  version: string,
  category: 'costflame/findings/' | 'costflame/check/' = 'costflame/findings/',
): object {
  const once = [...new Map(findings.toReversed().map((finding) => [finding.id, finding])).values()].reverse()
  const rules = [...new Set(once.map(({ rule }) => rule))].sort()
  const placed = once.filter(placeOf)
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'Costflame', semanticVersion: version, rules: rules.map(ruleOf) },
        },
        // Keeps these results apart from those of other tools, and of other commands of ours.
        automationDetails: { id: category },
        originalUriBaseIds: { [ROOT]: { description: { text: 'The root of the repository.' } } },
        columnKind: 'utf16CodeUnits',
        // GitHub takes no file in which one result has no place: such findings are said beside the results.
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: once
              .filter((finding) => !placeOf(finding))
              .map((finding) => notificationOf(finding, rules.indexOf(finding.rule))),
          },
        ],
        results: placed.map((finding) => resultOf(finding, rules.indexOf(finding.rule))),
      },
    ],
  }
}

function ruleOf(rule: string) {
  const { title, help } = ruleText(rule)
  return {
    id: rule,
    name: rule.replace(/(?:^|[^A-Za-z0-9])+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: help },
    help: { text: help, markdown: help },
    defaultConfiguration: { level: 'warning' },
    properties: { tags: ['cost'] },
  }
}

/** Where no line of the user's code is known to exceed a limit: where the limit is set. */
function placeOf({ rule, location, relatedLocations }: Finding): Location | undefined {
  return location ?? (rule.startsWith('budget/') ? relatedLocations[0] : undefined)
}

function resultOf(finding: Finding, ruleIndex: number) {
  const { id, rule, severity, saving, runId } = finding
  const place = placeOf(finding)
  const relatedLocations = finding.relatedLocations.filter((related) => related !== place)
  return {
    ruleId: rule,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: messageOf(finding) },
    ...(place ? { locations: [{ physicalLocation: physical(place) }] } : {}),
    ...(relatedLocations.length > 0
      ? {
          relatedLocations: relatedLocations.map((related, index) => ({
            id: index + 1,
            physicalLocation: physical(related),
            message: { text: related.message },
          })),
        }
      : {}),
    partialFingerprints: { 'costflameFinding/v1': id },
    ...fixesOf(finding),
    properties: {
      runId,
      ...(saving
        ? {
            savingUsd: usdOf(saving.picoUsd),
            savingCertainty: saving.certainty,
            assumption: saving.assumption,
          }
        : {}),
    },
  }
}

function notificationOf(finding: Finding, index: number) {
  return {
    level: LEVELS[finding.severity],
    message: { text: messageOf(finding) },
    associatedRule: { id: finding.rule, index },
    properties: { runId: finding.runId, findingId: finding.id },
  }
}

function messageOf({ message, fix, saving }: Finding): string {
  const saves = saving
    ? ` Saves ${saving.certainty === 'upTo' ? 'up to ' : ''}${formatUsd(saving.picoUsd)}${saving.perRun ? ' a run' : ''}, if ${saving.assumption}.`
    : ''
  return `${message}${fix ? ` Fix: ${fix.title}.` : ''}${saves}`
}

function fixesOf({ fix }: Finding) {
  const edits = fix?.edits ?? []
  if (!fix || edits.length === 0) return {}
  const files = Map.groupBy(edits, ({ file }) => file)
  return {
    fixes: [
      {
        description: { text: fix.safety === 'review' ? `${fix.title} (look at it before)` : fix.title },
        artifactChanges: [...files].map(([file, changes]) => ({
          artifactLocation: artifact(file),
          replacements: changes.map(replacement),
        })),
      },
    ],
  }
}

function replacement({ newText, ...region }: TextEdit) {
  return { deletedRegion: regionOf(region), insertedContent: { text: newText } }
}

function physical(location: Location) {
  return { artifactLocation: artifact(location.file), region: regionOf(location) }
}

function regionOf({ line, column, endLine, endColumn }: Location) {
  return {
    startLine: line,
    startColumn: column,
    ...(endLine === undefined ? {} : { endLine }),
    ...(endColumn === undefined ? {} : { endColumn }),
  }
}

/** Relative to the root where the file lies in it; outside of it, as it is named. */
function artifact(file: string) {
  if (isAbsolute(file)) return { uri: pathToFileURL(file).href }
  return { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: ROOT }
}

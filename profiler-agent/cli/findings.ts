// `costflame findings`: what is wasteful in recorded runs, where it is, and what fixing it saves.

import { findingsMarkdown, findingText } from '../formats/findings-text'
import { sarifExport } from '../formats/sarif'
import { IgnoredFindings } from '../ignored-findings'
import type { Finding } from '../model/finding'
import type { FindingOutcome } from '../model/finding-outcome'
import { present } from '../model/present'
import { formatPlural } from '../model/quantity'
import { readFindings, readIgnoredFindings } from '../store/reader'
import { watchedConfig } from '../watched-config'
import { outcomeLines, storedOutcomes } from './earlier-run'
import { fixDiff, withFittingEdits } from './fixed-files'
import { EXIT, type Io, print } from './io'
import type { FindingsFormat } from './output-formats'
import { configFile, dataFolder, rootFolder } from './places'
import { isRunFile, type RunSelection, readRunFile, withStoredRuns } from './select-runs'

const FINDINGS_SCHEMA = 'costflame.findings/1'

export interface FindingsOptions {
  readonly run: string
  readonly format: FindingsFormat
  readonly data?: string
}

/** Findings of one run, and the folder that their files are relative to. */
export interface RunWithFindings {
  readonly id: string
  readonly root?: string
  readonly findings: readonly Finding[]
  /** By comments in the code and `config.jsonc`, as both are now; none of a run file. */
  readonly ignored: readonly Finding[]
  /** What became of the findings of the run before; only of a run that was selected alone. */
  readonly outcomes: readonly FindingOutcome[]
}

export async function findings(io: Io, options: FindingsOptions): Promise<number> {
  const runs = await runsWithFindings(io, { selector: options.run, data: dataFolder(io, options.data) })
  print(io, OUTPUTS[options.format](runs, io))
  return EXIT.fine
}

/** Newest run first. Throws UsageError where none is selected. */
export async function runsWithFindings(io: Io, selection: RunSelection): Promise<RunWithFindings[]> {
  if (isRunFile(selection))
    return readRunFile(io, selection).map((run) => ({ ...run, ignored: [], outcomes: [] }))
  return withStoredRuns(io, selection, async (store, runs) => {
    const outcomes = runs.length === 1 ? await storedOutcomes(io, store, runs[0]?.id ?? '') : []
    const config = watchedConfig(configFile(io), rootFolder(io)).current()
    const ignoring = new IgnoredFindings({ isStored: true })
    return runs.map(({ id, root }) => {
      const found = ignoring.marked(readFindings(store, id), root, config)
      return {
        id,
        ...present({ root }),
        findings: found.filter((finding) => finding.ignored === undefined),
        ignored: [...readIgnoredFindings(store, id), ...found.filter((finding) => finding.ignored)],
        outcomes: outcomes.filter((outcome) => !found.some((each) => each.id === outcome.id && each.ignored)),
      }
    })
  })
}

const OUTPUTS: Readonly<Record<FindingsFormat, (runs: readonly RunWithFindings[], io: Io) => string>> = {
  text: (runs) => {
    const found = runs.flatMap((run) => run.findings)
    return [
      ...(found.length === 0 ? ['no findings'] : found.map(findingText)),
      ...ignoredLine(runs.flatMap(({ ignored }) => ignored)),
      ...outcomeLines(runs.flatMap(({ outcomes }) => outcomes)),
    ].join('\n\n')
  },
  json: (runs) =>
    JSON.stringify({
      schema: FINDINGS_SCHEMA,
      findings: runs.flatMap((run) => run.findings),
      ignored: runs.flatMap((run) => run.ignored),
      outcomes: runs.flatMap((run) => run.outcomes),
    }),
  sarif: (runs, { version }) => {
    const found = runs.flatMap(({ findings, root }) => findings.map((each) => withFittingEdits(each, root)))
    return JSON.stringify(sarifExport(found, version), null, 2)
  },
  markdown: (runs) => {
    const found = newestOnly(runs)
    return findingsMarkdown([...found.keys()], (finding) => fixDiff(finding, found.get(finding)))
  },
}

/** Whoever ignores something shall not forget it. */
function ignoredLine(ignored: readonly Finding[]): string[] {
  if (ignored.length === 0) return []
  const places = new Set(ignored.map((finding) => `${finding.ignored?.file}:${finding.ignored?.line}`))
  return [`ignored: ${formatPlural(ignored.length, 'finding')}, as said at ${[...places].sort().join(', ')}`]
}

/** What several runs of an agent have in common is said once; with the folder of its run. */
function newestOnly(runs: readonly RunWithFindings[]): Map<Finding, string | undefined> {
  const seen = new Set<string>()
  const found = new Map<Finding, string | undefined>()
  for (const { findings, root } of runs)
    for (const finding of findings)
      if (!seen.has(finding.id) && seen.add(finding.id)) found.set(finding, root)
  return found
}

// `costflame findings`: what is wasteful in recorded runs, where it is, and what fixing it saves.

import { findingsMarkdown, findingText } from '../formats/findings-text'
import { sarifExport } from '../formats/sarif'
import type { Finding } from '../model/finding'
import type { FindingOutcome } from '../model/finding-outcome'
import { present } from '../model/present'
import { readFindings } from '../store/reader'
import { outcomeLines, storedOutcomes } from './earlier-run'
import { fixDiff, withFittingEdits } from './fixed-files'
import { EXIT, type Io, print } from './io'
import type { FindingsFormat } from './output-formats'
import { dataFolder } from './places'
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
  if (isRunFile(selection)) return readRunFile(io, selection).map((run) => ({ ...run, outcomes: [] }))
  return withStoredRuns(io, selection, async (store, runs) => {
    const outcomes = runs.length === 1 ? await storedOutcomes(io, store, runs[0]?.id ?? '') : []
    return runs.map(({ id, root }) => ({
      id,
      ...present({ root }),
      findings: readFindings(store, id),
      outcomes,
    }))
  })
}

const OUTPUTS: Readonly<Record<FindingsFormat, (runs: readonly RunWithFindings[], io: Io) => string>> = {
  text: (runs) => {
    const found = runs.flatMap((run) => run.findings)
    return [
      ...(found.length === 0 ? ['no findings'] : found.map(findingText)),
      ...outcomeLines(runs.flatMap(({ outcomes }) => outcomes)),
    ].join('\n\n')
  },
  json: (runs) =>
    JSON.stringify({
      schema: FINDINGS_SCHEMA,
      findings: runs.flatMap((run) => run.findings),
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

/** What several runs of an agent have in common is said once; with the folder of its run. */
function newestOnly(runs: readonly RunWithFindings[]): Map<Finding, string | undefined> {
  const seen = new Set<string>()
  const found = new Map<Finding, string | undefined>()
  for (const { findings, root } of runs)
    for (const finding of findings)
      if (!seen.has(finding.id) && seen.add(finding.id)) found.set(finding, root)
  return found
}

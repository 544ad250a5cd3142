// `costflame diff`: what changed in cost between two runs, or two sets of runs, and why.

import type { AskedWith, ComparableSide } from '../budgets/compare/comparability'
import { invocationsOf } from '../budgets/compare/compared-calls'
import { compareSides } from '../budgets/compare/comparison'
import { type DiffReport, diffJson } from '../formats/diff-json'
import { diffMarkdown, diffText } from '../formats/diff-text'
import type { ComparedUnit } from '../model/comparison'
import type { Run } from '../model/span'
import { readSpans, type StoredRun } from '../store/reader'
import type { Store } from '../store/store'
import { askedInFile, askedInStore } from './asked-with'
import { EXIT, type Io, print } from './io'
import type { DiffFormat } from './output-formats'
import { dataFolder } from './places'
import { isRunFile, readRunFile, withStoredRuns } from './select-runs'

export interface DiffOptions {
  readonly format: DiffFormat
  readonly data?: string
}

export async function diff(io: Io, base: string, head: string, options: DiffOptions): Promise<number> {
  const data = dataFolder(io, options.data)
  const [before, after] = [await sideOf(io, base, data), await sideOf(io, head, data)]
  const comparison = compareSides(before, after)
  const report = {
    ...{ comparison, baseName: base, headName: head },
    ...{ baseRuns: before.runIds, headRuns: after.runIds },
  }
  print(io, FORMATTERS[options.format](report))
  return EXIT.fine
}

const FORMATTERS: Readonly<Record<DiffFormat, (report: DiffReport) => string>> = {
  text: diffText,
  json: (report) => JSON.stringify(diffJson(report)),
  markdown: diffMarkdown,
}

async function sideOf(io: Io, selector: string, data: string): Promise<ComparableSide> {
  if (isRunFile({ selector })) return sideOfFile(readRunFile(io, { selector }))
  return withStoredRuns(io, { selector, data }, sideInStore)
}

function sideOfFile(runs: readonly Run[]): ComparableSide {
  return {
    set: { units: runs.flatMap(invocationsOf) },
    runIds: runs.map(({ id }) => id),
    asked: runs.flatMap(({ spans }) => askedInFile(spans)),
  }
}

/** Prompts take the longest to read; these many runs tell whether they are the same. */
const MOST_RUNS_ASKED = 50

function sideInStore(store: Store, runs: readonly StoredRun[]): ComparableSide {
  const units: ComparedUnit[] = []
  const asked: AskedWith[] = []
  runs.forEach(({ id }, index) => {
    const spans = readSpans(store, id)
    for (const unit of invocationsOf({ id, spans })) units.push(unit)
    if (index < MOST_RUNS_ASKED) for (const each of askedInStore(store, id, spans)) asked.push(each)
  })
  return { set: { units }, runIds: runs.map(({ id }) => id), asked }
}

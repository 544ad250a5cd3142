// `costflame report`: what recorded runs cost, by agent, step, model, line …

import {
  buildReport,
  isReportKey,
  REPORT_KEYS,
  type Report,
  type ReportedRun,
  reportedRun,
  toolOf,
} from '../formats/report'
import {
  reportCsv,
  reportMarkdown,
  reportText,
  type ViolatedLimits,
  violatedLimits,
} from '../formats/report-text'
import { isCall } from '../model/totals'
import { CallRow, readCallRows } from '../store/call-rows'
import { CallToolsReader } from '../store/call-tools'
import { readFindings, type StoredRun } from '../store/reader'
import type { Store } from '../store/store'
import { EXIT, type Io, print, UsageError } from './io'
import type { ReportFormat } from './output-formats'
import { dataFolder } from './places'
import { isRunFile, type RunSelection, readRunFile, withStoredRuns } from './select-runs'

export interface ReportOptions {
  readonly run: string
  readonly by: string
  readonly format: ReportFormat
  readonly data?: string
}

export async function report(io: Io, options: ReportOptions): Promise<number> {
  const by = options.by.split(',').map((key) => key.trim())
  const unknown = by.find((key) => !isReportKey(key))
  if (unknown !== undefined)
    throw new UsageError(`--by ${options.by}: unknown key "${unknown}". Known: ${REPORT_KEYS.join(', ')}`)
  if (new Set(by).size < by.length) throw new UsageError(`--by ${options.by}: a key stands there twice`)
  const selection = { selector: options.run, data: dataFolder(io, options.data) }
  const { report: result, violated } = await reportOf(io, selection, by)
  const text = {
    text: () => reportText(result, violated),
    markdown: () => reportMarkdown(result, violated),
    csv: () => reportCsv(result),
    json: () => JSON.stringify(result),
  }[options.format]()
  print(io, text)
  return EXIT.fine
}

interface Reported {
  readonly report: Report
  readonly violated: ViolatedLimits
}

async function reportOf(io: Io, selection: RunSelection, by: readonly string[]): Promise<Reported> {
  if (isRunFile(selection)) {
    const runs = readRunFile(io, selection)
    return {
      report: buildReport(runs.map(reportedRun), by),
      violated: violatedLimits(runs.map(({ findings }) => findings)),
    }
  }
  return withStoredRuns(io, selection, (store, runs) => ({
    report: buildReport(storedRuns(store, runs), by),
    violated: violatedLimits(runs.map(({ id }) => readFindings(store, id))),
  }))
}

/** Tools cost the most to read: they are, where somebody asks for them. */
function storedRuns(store: Store, runs: readonly StoredRun[]): ReportedRun[] {
  const ids = runs.map(({ id }) => id)
  const calls = readCallRows(store, ids)
  const reader = new CallToolsReader(store)
  return runs.map(({ id, tags }) => ({
    id,
    tags,
    calls: (calls.get(id) ?? []).filter((call) => isCall(call)),
    toolOf: toolsIn(reader, id),
  }))
}

function toolsIn(reader: CallToolsReader, runId: string): ReportedRun['toolOf'] {
  let tools: ReturnType<CallToolsReader['of']> | undefined
  return (call) => {
    if (!(call instanceof CallRow)) return undefined
    tools ??= reader.of(runId)
    const { around, answered = [] } = tools.get(call.key) ?? {}
    return toolOf(around, answered)
  }
}

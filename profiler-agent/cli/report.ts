// `costflame report`: what recorded runs cost, by agent, step, model, line …

import {
  buildReport,
  isReportKey,
  REPORT_KEYS,
  reportCsv,
  reportMarkdown,
  reportText,
} from '../formats/report'
import { EXIT, type Io, print, UsageError } from './io'
import type { ReportFormat } from './output-formats'
import { dataFolder } from './places'
import { selectRuns } from './select-runs'

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
  const runs = await selectRuns(
    io,
    { selector: options.run, data: dataFolder(io, options.data) },
    { segments: 'none' },
  )
  const result = buildReport(runs, by)
  const text = {
    text: () => reportText(result),
    markdown: () => reportMarkdown(result),
    csv: () => reportCsv(result),
    json: () => JSON.stringify(result),
  }[options.format]()
  print(io, text)
  return EXIT.fine
}

// `costflame findings`: what is wasteful in recorded runs, where it is, and what fixing it saves.

import type { Finding } from '../model/finding'
import { formatUsd } from '../model/money'
import { readFindings } from '../store/reader'
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

export async function findings(io: Io, options: FindingsOptions): Promise<number> {
  const found = await findingsOf(io, { selector: options.run, data: dataFolder(io, options.data) })
  if (options.format === 'json') print(io, JSON.stringify({ schema: FINDINGS_SCHEMA, findings: found }))
  else print(io, found.length === 0 ? 'no findings' : found.map(findingText).join('\n\n'))
  return EXIT.fine
}

async function findingsOf(io: Io, selection: RunSelection): Promise<readonly Finding[]> {
  if (isRunFile(selection)) return readRunFile(io, selection).flatMap((run) => run.findings)
  return withStoredRuns(io, selection, (store, runs) => runs.flatMap(({ id }) => readFindings(store, id)))
}

function findingText(finding: Finding): string {
  const { location, saving, fix } = finding
  return [
    `${location ? `${location.file}:${location.line}:${location.column}: ` : ''}${finding.severity}: ${finding.rule}`,
    `  ${finding.message}`,
    ...(fix
      ? [`  fix: ${fix.title}${fix.safety === 'review' ? ' (review: it changes what the model sees)' : ''}`]
      : []),
    ...(saving
      ? [
          `  saving: ${saving.certainty === 'upTo' ? 'up to ' : ''}${formatUsd(saving.picoUsd)}${saving.perRun ? ' a run' : ''}, if ${saving.assumption}`,
        ]
      : []),
  ].join('\n')
}

// `costflame export`: a run in a format that others open.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { csvExport } from '../formats/csv'
import { foldedExport } from '../formats/folded'
import { htmlExport } from '../formats/html'
import { encodeRunFile } from '../formats/json'
import { otlpExport } from '../formats/otlp'
import { pprofExport } from '../formats/pprof'
import { redactRuns } from '../formats/redact'
import { speedscopeExport } from '../formats/speedscope'
import { type StackWeight, unpricedNote } from '../formats/stack-weights'
import { RUN_SCHEMA, type Run } from '../model/span'
import { callStacksOf } from '../profile/call-stacks'
import { EXIT, type Io, note, UsageError } from './io'
import type { ExportFormat } from './output-formats'
import { dataFolder } from './places'
import { selectRuns } from './select-runs'

export interface ExportOptions {
  readonly run: string
  readonly format: ExportFormat
  readonly segments: 'merged' | 'full'
  /** What folded lines count. */
  readonly weight: StackWeight
  /** Texts as hashes: for runs that are passed on. */
  readonly redact?: boolean
  readonly output?: string
  readonly data?: string
}

/** Formats without parts of prompts: their runs are read without prompts. */
const WITHOUT_PROMPTS: readonly ExportFormat[] = ['folded', 'speedscope', 'pprof', 'otlp', 'csv']

export async function exportRuns(io: Io, options: ExportOptions): Promise<number> {
  const { run, format } = options
  const segments = WITHOUT_PROMPTS.includes(format) ? 'none' : options.segments
  const selected = await selectRuns(io, { selector: run, data: dataFolder(io, options.data) }, { segments })
  const runs = options.redact === true ? redactRuns(selected) : selected
  if (format === 'pprof' && options.output === undefined && io.stdout.isTTY)
    throw new UsageError('a pprof profile is no text: write it to a file with -o run.pb.gz')
  const content = contentOf(io, runs, options)
  if (options.output === undefined) io.stdout.write(content)
  else write(io, resolve(io.cwd, options.output), content)
  return EXIT.fine
}

function contentOf(io: Io, runs: readonly Run[], { format, weight }: ExportOptions): string | Uint8Array {
  if (format === 'json') return encodeRunFile(runs)
  if (format === 'html') return html(io, runs)
  if (format === 'otlp') return otlpExport(runs, io.version)
  if (format === 'csv') return csvExport(runs)
  const stacks = callStacksOf(runs)
  const unpriced = unpricedNote(stacks)
  if (unpriced !== undefined) note(io, `costflame: ${unpriced}`)
  if (format === 'folded') return foldedExport(stacks, weight)
  if (format === 'pprof') return pprofExport(stacks, Math.min(...runs.map((it) => Date.parse(it.startTime))))
  const [first] = runs
  const name = runs.length === 1 && first ? first.name : `${runs.length} runs`
  return speedscopeExport(stacks, { name, exporter: `costflame@${io.version}` })
}

function html(io: Io, runs: readonly Run[]): string {
  const script = readFileSync(join(io.assets, 'webview', 'flame.js'), 'utf8')
  return htmlExport({ schema: RUN_SCHEMA, runs }, { script })
}

function write(io: Io, path: string, content: string | Uint8Array): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    // A run holds prompts: it is for the user alone until they pass it on.
    writeFileSync(path, content, { mode: 0o600 })
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
  note(io, `costflame: wrote ${path}`)
}

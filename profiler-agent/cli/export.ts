// `costflame export`: a run in a format that others open.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { htmlExport } from '../formats/html'
import { encodeRunFile } from '../formats/json'
import { RUN_SCHEMA, type Run } from '../model/span'
import { EXIT, type Io, note, UsageError } from './io'
import type { ExportFormat } from './output-formats'
import { dataFolder } from './places'
import { selectRuns } from './select-runs'

export interface ExportOptions {
  readonly run: string
  readonly format: ExportFormat
  readonly segments: 'merged' | 'full'
  readonly output?: string
  readonly data?: string
}

export async function exportRuns(io: Io, options: ExportOptions): Promise<number> {
  const { run, segments } = options
  const runs = await selectRuns(io, { selector: run, data: dataFolder(io, options.data) }, { segments })
  const text = options.format === 'html' ? html(io, runs) : encodeRunFile(runs)
  if (options.output === undefined) io.stdout.write(text)
  else write(io, resolve(io.cwd, options.output), text)
  return EXIT.fine
}

function html(io: Io, runs: readonly Run[]): string {
  const script = readFileSync(join(io.assets, 'webview', 'flame.js'), 'utf8')
  return htmlExport({ schema: RUN_SCHEMA, runs }, { script })
}

function write(io: Io, path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    // A run holds prompts: it is for the user alone until they pass it on.
    writeFileSync(path, text, { mode: 0o600 })
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
  note(io, `costflame: wrote ${path}`)
}

// Runs as `costflame.run/1` text and back. Knows the file, not the store.

import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser'
import * as z from 'zod'
import { RUN_SCHEMA, type Run, type RunFile } from '../model/span'
import { runFileSchema } from './run-schema'

/** Text of a `*.costflame.json` file, one value a line so that it can be diffed. */
export function encodeRunFile(runs: readonly Run[]): string {
  return `${JSON.stringify({ schema: RUN_SCHEMA, runs } satisfies RunFile, null, 1)}\n`
}

/** Not a run file, or one that this version cannot read; `message` says what and where. */
export class RunFileError extends Error {
  override name = 'RunFileError'
}

/** Reads the text of a `*.costflame.json` file. Throws RunFileError. */
export function decodeRunFile(text: string): RunFile {
  const value = parse(text)
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined
  if (schema !== RUN_SCHEMA) throw new RunFileError(`${placeIn(text, ['schema'])}: ${wrongSchema(schema)}`)
  const checked = runFileSchema.safeParse(value)
  if (!checked.success) throw new RunFileError(firstIssue(text, checked.error))
  // The schema was just checked; the types say the same in more detail.
  return value as RunFile
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new RunFileError(`not JSON: ${reason}. Was the file cut short?`)
  }
}

function wrongSchema(schema: unknown): string {
  if (typeof schema === 'string' && schema.startsWith('costflame.run/'))
    return `this file is ${schema}, and this Costflame reads ${RUN_SCHEMA}. Update Costflame to open it.`
  return `not a Costflame run: "schema" should be "${RUN_SCHEMA}"`
}

function firstIssue(text: string, { issues: [issue] }: z.ZodError): string {
  if (!issue) return `not a whole ${RUN_SCHEMA} file`
  const path = z.core.toDotPath(issue.path) || 'the file'
  return `${placeIn(text, issue.path)}: not a whole ${RUN_SCHEMA} file: ${path}: ${issue.message}`
}

/** `line:column` of the value at a path, or of the nearest value above one that is missing. */
function placeIn(text: string, path: readonly PropertyKey[]): string {
  const tree = parseTree(text)
  const steps = path.filter((step) => typeof step !== 'symbol')
  let node: Node | undefined
  for (let length = steps.length; tree && !node && length >= 0; length--)
    node = findNodeAtLocation(tree, steps.slice(0, length))
  const before = text.slice(0, node?.offset ?? 0)
  return `${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`
}

// The stack of the running code by `Error.stack`, as structured frames; says which frames are the user's.

import { fileURLToPath } from 'node:url'
import type { Frame } from '../../../model/span'

/** A frame as V8 has it: before source maps. `script` is V8's own name of the file, a path or a URL. */
export interface RawFrame extends Frame {
  readonly script: string
  readonly line: number
  readonly column: number
  /** True where an `await` stands between this frame and the one before. */
  readonly isAsync: boolean
}

const MAX_FRAMES = 100

/** The frames of the caller, innermost first. */
export function readStack(): readonly RawFrame[] {
  const holder: { stack?: unknown } = {}
  const sites = withStackSettings(
    MAX_FRAMES,
    (_error, sites) => sites,
    () => {
      Error.captureStackTrace(holder, readStack)
      return holder.stack
    },
  )
  return Array.isArray(sites) ? sites.flatMap(frameOf) : []
}

/** Runs `work` with these settings of `Error`; afterwards they are exactly the program's again. */
export function withStackSettings<Result>(
  limit: number,
  prepare: (error: unknown, sites: readonly NodeJS.CallSite[]) => unknown,
  work: () => Result,
): Result {
  const properties = ['stackTraceLimit', 'prepareStackTrace'] as const
  const before = properties.map((name) => Object.getOwnPropertyDescriptor(Error, name))
  try {
    override('stackTraceLimit', limit)
    override('prepareStackTrace', prepare)
    return work()
  } finally {
    properties.forEach((name, index) => {
      restore(name, before[index])
    })
  }
}

function override(name: string, value: unknown): void {
  Object.defineProperty(Error, name, { value, configurable: true, writable: true, enumerable: true })
}

function restore(name: string, property: PropertyDescriptor | undefined): void {
  if (property === undefined) Reflect.deleteProperty(Error, name)
  else Object.defineProperty(Error, name, property)
}

function frameOf(site: NodeJS.CallSite): RawFrame[] {
  const script = site.getScriptNameOrSourceURL?.() ?? site.getFileName()
  const line = site.getLineNumber()
  if (!script || !line) return []
  return [
    rawFrame(script, line, site.getColumnNumber() ?? 1, site.getFunctionName(), site.isAsync?.() ?? false),
  ]
}

export function rawFrame(
  script: string,
  line: number,
  column: number,
  name: string | null,
  isAsync: boolean,
): RawFrame {
  const shortName = name?.replace(/^(?:async )?(?:Object\.)?/, '')
  return {
    script,
    file: pathOf(script),
    line,
    column,
    isAsync,
    ...(shortName ? { function: shortName } : {}),
  }
}

function pathOf(script: string): string {
  if (!script.startsWith('file:')) return script
  try {
    return fileURLToPath(script)
  } catch {
    // A file URL with a foreign host: its text is the best name there is.
    return script
  }
}

const ABSOLUTE = /^(?:\/|[A-Za-z]:[\\/]|\\\\)/
const INSTALLED = /[\\/]node_modules[\\/]/

/** False for Node's own code, for this hook, for installed packages and for code without a file. */
export function isUserFile(file: string): boolean {
  return ABSOLUTE.test(file) && file !== __filename && !INSTALLED.test(file)
}

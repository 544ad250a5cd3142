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

/** Frames innermost first; `Error.prepareStackTrace` and `Error.stackTraceLimit` are the program's again afterwards. */
export function readStack(): readonly RawFrame[] {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  const holder: { stack?: unknown } = {}
  try {
    override('stackTraceLimit', MAX_FRAMES)
    override('prepareStackTrace', (_error: unknown, sites: readonly NodeJS.CallSite[]) => sites)
    Error.captureStackTrace(holder, readStack)
    const sites = holder.stack
    return Array.isArray(sites) ? sites.flatMap(frameOf) : []
  } finally {
    restore('prepareStackTrace', prepare)
    restore('stackTraceLimit', limit)
  }
}

export function override(name: 'stackTraceLimit' | 'prepareStackTrace', value: unknown): void {
  Object.defineProperty(Error, name, { value, configurable: true, writable: true, enumerable: true })
}

export function restore(
  name: 'stackTraceLimit' | 'prepareStackTrace',
  property: PropertyDescriptor | undefined,
): void {
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

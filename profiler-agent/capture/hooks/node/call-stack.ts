// The stack of the running code by `Error.stack`, as structured frames, reduced to the user's own.

import { fileURLToPath } from 'node:url'
import type { Frame } from '../../../model/span'

/** A frame of the user's code as V8 has it: before source maps. `script` is V8's own name of the file, a path or a URL. */
export interface RawFrame extends Frame {
  readonly script: string
  readonly line: number
  readonly column: number
  /** True where an `await` stands between this frame and the one before. */
  readonly isAsync: boolean
}

const MAX_FRAMES = 100

export interface UserStack {
  /** The user's frames, innermost first; where the stack goes through an entry of an SDK, those inside of it. */
  readonly frames: readonly RawFrame[]
  readonly isInEntry: boolean
}

/** The user's part of the stack that called `above`. */
export function readStack(above: (...args: never) => unknown): UserStack {
  const holder: { stack?: unknown } = {}
  const sites = withStackSettings(
    MAX_FRAMES,
    (_error, sites) => sites,
    () => {
      Error.captureStackTrace(holder, above)
      return holder.stack
    },
  )
  const all: readonly NodeJS.CallSite[] = Array.isArray(sites) ? sites : []
  const entry = all.findIndex(isEntry)
  const inside = entry < 0 ? all : all.slice(0, entry)
  return { frames: inside.flatMap(frameOf), isInEntry: entry >= 0 }
}

/** A call of an entry in held-stack.ts. */
function isEntry(site: NodeJS.CallSite): boolean {
  return site.getFileName() === __filename && /^enter(?:Sdk|Queue)$/.test(site.getFunctionName() ?? '')
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
  const script = site.getScriptNameOrSourceURL?.() ?? site.getFileName() ?? ''
  // Where in a script takes V8 longer to say than which script.
  if (userFileOf(script) === undefined) return []
  const [line, column] = [site.getLineNumber() ?? 0, site.getColumnNumber() ?? 1]
  return userFrame(script, line, column, site.getFunctionName(), site.isAsync?.() ?? false)
}

/** The frame, or nothing where its script is not the user's. */
export function userFrame(
  script: string,
  line: number,
  column: number,
  name: string | null,
  isAsync: boolean,
): RawFrame[] {
  const file = userFileOf(script)
  if (file === undefined || line < 1) return []
  const shortName = name?.replace(/^(?:async )?(?:Object\.)?/, '')
  return [{ script, file, line, column, isAsync, ...(shortName ? { function: shortName } : {}) }]
}

const ABSOLUTE = /^(?:file:\/\/|\/|[A-Za-z]:[\\/]|\\\\)/
const INSTALLED = /[\\/]node_modules[\\/]/

const userFiles = new Map<string, string | undefined>()

/** Path of a script by V8's name of it; undefined for Node's own code, ours, installed packages and code without a file. */
function userFileOf(script: string): string | undefined {
  if (!userFiles.has(script)) {
    const path = ABSOLUTE.test(script) && !INSTALLED.test(script) ? pathOf(script) : undefined
    userFiles.set(script, path === undefined || ourFiles().includes(path) ? undefined : path)
  }
  return userFiles.get(script)
}

/** Files of ours in the program: a bundle each, which knows the others by what they leave for each other. */
function ourFiles(): readonly unknown[] {
  return [__filename, ...['costflame.context', 'costflame.entries'].map(fileBehind)]
}

function fileBehind(name: string): unknown {
  const left = (globalThis as Record<symbol, unknown>)[Symbol.for(name)]
  return (left as { readonly file?: unknown } | undefined)?.file
}

function pathOf(script: string): string {
  if (!script.startsWith('file:')) return script
  try {
    // Some loaders put a query behind the path (`?t=…`); it is no part of the file's name.
    return fileURLToPath(script)
  } catch {
    // A file URL with a foreign host: its text is the best name there is.
    return script
  }
}

// Tells which modules the program is about to load, Node's own among them, where this Node says so.

import * as nodeModule from 'node:module'

export interface ModuleWatcher {
  /** Before a module is found: the name that it is asked for by. May throw: the program does not notice. */
  readonly asked?: (specifier: string) => void
  /** The URL at which it was found, once for each; and the package, as npm names it, that is installed there. */
  readonly found?: (url: string, installed: string | undefined) => void
}

type ResolveHook = (
  specifier: string,
  context: unknown,
  nextResolve: (specifier: string, context: unknown) => { readonly url?: string },
) => { readonly url?: string }

const { registerHooks } = nodeModule as unknown as {
  readonly registerHooks?: (hooks: { readonly resolve: ResolveHook }) => void
}

/** Programs that only start others; they get no hooks into module resolution. */
const LAUNCHER =
  /[\\/](?:node_modules[\\/](?:npm|pnpm|yarn|corepack|tsx|typescript|esbuild|prettier|eslint|@biomejs)[\\/]|\.bin[\\/](?:npm|npx|pnpm|yarn|tsx|tsc|esbuild|prettier|eslint|biome)(?:\.\w+)?$|npm(?:-cli)?(?:\.js)?$|npx(?:-cli)?(?:\.js)?$)/

export function isLauncher(): boolean {
  const entry = process.argv[1]
  return entry !== undefined && LAUNCHER.test(entry)
}

const watchers: ModuleWatcher[] = []

/** URLs that were told already: a program asks for its modules again and again. */
const told = new Set<string>()
const MAX_TOLD = 50_000

/** False where this program or this Node is not told of its modules. */
export function watchModules(watcher: ModuleWatcher): boolean {
  if (typeof registerHooks !== 'function' || isLauncher()) return false
  if (watchers.push(watcher) > 1) return true
  registerHooks({
    resolve(specifier, context, nextResolve) {
      for (const each of watchers) if (each.asked !== undefined) tell(each.asked, specifier, undefined)
      const resolved = nextResolve(specifier, context)
      tellFound(resolved.url)
      return resolved
    },
  })
  return true
}

function tellFound(url: string | undefined): void {
  if (url === undefined || told.has(url)) return
  if (told.size >= MAX_TOLD) told.clear()
  told.add(url)
  const installed = packageAt(url)?.name
  for (const { found } of watchers) if (found !== undefined) tell(found, url, installed)
}

function tell(
  what: (text: string, more: string | undefined) => void,
  text: string,
  more: string | undefined,
): void {
  try {
    what(text, more)
  } catch {
    // What we would have done at this module is left undone.
  }
}

const INSTALLED = '/node_modules/'

/** The installed package, and the file inside it, that a module's URL names; undefined for one that is not installed. */
export function packageAt(url: string): { readonly name: string; readonly file: string } | undefined {
  const at = url.lastIndexOf(INSTALLED)
  if (at < 0 || !url.startsWith('file:')) return undefined
  const [, name, file] = /^((?:@[^/]+\/)?[^/]+)\/([^?#]+)/.exec(url.slice(at + INSTALLED.length)) ?? []
  return name === undefined || file === undefined ? undefined : { name, file }
}

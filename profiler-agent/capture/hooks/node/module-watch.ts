// Tells which modules the program is about to load, Node's own among them, where this Node says so.

import * as nodeModule from 'node:module'

export interface ModuleWatcher {
  /** Before a module is found: the name that it is asked for by. May throw: the program does not notice. */
  readonly asked?: (specifier: string) => void
  /** The URL at which it was found. */
  readonly found?: (url: string) => void
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

/** False where this program or this Node is not told of its modules. */
export function watchModules(watcher: ModuleWatcher): boolean {
  if (typeof registerHooks !== 'function' || isLauncher()) return false
  if (watchers.push(watcher) > 1) return true
  registerHooks({
    resolve(specifier, context, nextResolve) {
      tell((each) => each.asked?.(specifier))
      const resolved = nextResolve(specifier, context)
      const { url } = resolved
      if (url !== undefined) tell((each) => each.found?.(url))
      return resolved
    },
  })
  return true
}

function tell(what: (watcher: ModuleWatcher) => void): void {
  for (const watcher of watchers)
    try {
      what(watcher)
    } catch {
      // What we would have done at this module is left undone.
    }
}

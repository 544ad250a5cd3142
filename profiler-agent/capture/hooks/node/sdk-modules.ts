// Loads the modules of model SDKs with their entries told to us, where this Node lets us see what it loads.

import * as nodeModule from 'node:module'
import { entriesAt } from './sdk-entries'
import { acceptEntries, withEntries } from './sdk-instrument'

interface Loaded {
  readonly source?: unknown
}

type LoadHook = (url: string, context: unknown, nextLoad: (url: string, context: unknown) => Loaded) => Loaded

const { registerHooks } = nodeModule as unknown as {
  readonly registerHooks?: (hooks: { readonly load: LoadHook }) => void
}

let isHolding = false

/** From now on; false where this Node has no such hooks. Modules that are not declared as entries are loaded as they are. */
export function holdAtEntries(): boolean {
  if (typeof registerHooks !== 'function') return false
  if (isHolding) return true
  isHolding = true
  acceptEntries()
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const source = changedSource(url, loaded)
      return source === undefined ? loaded : { ...loaded, source }
    },
  })
  return true
}

function changedSource(url: string, { source }: Loaded): string | undefined {
  try {
    const row = entriesAt(url)
    return row && withEntries(row, textOf(source))
  } catch {
    // Without its entries; what they call is found by its own stack.
    return undefined
  }
}

function textOf(source: unknown): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source as Uint8Array)
}

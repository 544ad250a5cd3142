// The entry of `costflame/api` in Node: what every module of a process gets is the same functions, and where no profiler is they do nothing.

import { readSettings } from '../capture/hooks/node/settings'
import { type Api, contextOf } from './global'
import { straight } from './straight'

/** The first copy of this module in a process (two versions, a vendored file beside a package) serves all others. */
function apiOfThisProcess(): Api {
  try {
    const loaded = contextOf(globalThis)
    if (loaded !== undefined) return loaded
    const settings = typeof process === 'object' ? readSettings(process.env) : undefined
    if (settings === undefined) return straight
    // Required late: without a profiler nothing more is loaded.
    const { createApi } = require('./declaring') as typeof import('./declaring')
    return createApi(settings)
  } catch {
    // A runtime that is not quite Node: the program's functions are called all the same.
    return straight
  }
}

export const { agent, headers, outcome, retrieval, step, tag, tool, within } = apiOfThisProcess()

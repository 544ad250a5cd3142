// Puts the hook together in one thread of the user's process, once. What fails here leaves the program as it was.

import { CallSites } from './call-sites'
import { tagUndiciRequests } from './diagnostics'
import { wrapFetch } from './fetch'
import { observeCalls } from './observe'
import { joinRun } from './run-identity'
import { readSettings } from './settings'
import { tagHttp2Requests } from './tag-http2'
import { RequestTags } from './tags'

const INSTALLED = Symbol.for('costflame.hook')

/** Installs the hook into this thread, unless it is switched off, has no proxy to go to, or stands already. */
export function install(): void {
  const settings = readSettings(process.env)
  if (settings === undefined || INSTALLED in globalThis) return
  Object.defineProperty(globalThis, INSTALLED, { value: true, enumerable: false })
  const tags = new RequestTags(joinRun(process.env), settings.token, new CallSites(settings.callSites))
  wrapFetch(settings, tags)
  tagUndiciRequests(settings, tags)
  observeCalls(settings, tags)
  tagHttp2Requests(process.env, settings, tags)
}

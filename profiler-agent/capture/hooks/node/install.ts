// Puts the hook together in one thread of the user's process, once. What fails here leaves the program as it was.

import { isMainThread } from 'node:worker_threads'
import { Around } from './around'
import { CallSites } from './call-sites'
import { leadConnections } from './connections'
import { lastWords } from './last-words'
import { giveVariablesBackToMocks } from './mocked-hosts'
import { ModelHosts } from './model-hosts'
import { CopyMemory } from './observed-call'
import { Reporter } from './reporter'
import { watchModelRequests } from './requests'
import { joinRun } from './run-identity'
import { followServerRequests } from './server-contexts'
import { readSettings } from './settings'
import { tagHttp2Requests } from './tag-http2'
import { RequestTags } from './tags'

const INSTALLED = Symbol.for('costflame.hook')

/** Installs the hook into this thread, unless it is switched off, has no proxy to go to, or stands already. */
export function install(): void {
  const settings = readSettings(process.env)
  if (settings === undefined || INSTALLED in globalThis) return
  Object.defineProperty(globalThis, INSTALLED, { value: true, enumerable: false })
  const run = joinRun(process.env)
  const callSites = new CallSites(settings.callSites)
  const tags = new RequestTags(run, settings.token, callSites)
  const hosts = new ModelHosts(settings)
  const around = new Around()
  const memory = new CopyMemory()
  const reporter = new Reporter(settings, memory, (calls) => lastWords(run, calls, around))
  // Somebody waits for the end of a run that they began, and wonders where nothing was captured.
  if (run.isRoot !== true && isMainThread) reporter.tellAtExit()
  leadConnections(settings, hosts, around)
  watchModelRequests({ settings, hosts, tags, memory, reporter, around })
  followServerRequests(() => callSites.isSdkLoaded || reporter.hasCalls)
  tagHttp2Requests(process.env, settings, tags)
  giveVariablesBackToMocks(process.env, settings)
}

// Names on the wire between the user's process and the profiler. Shared by the hook, the proxy and the CLI; imports nothing.

export const HEADER_PREFIX = 'x-costflame-'

export const HEADERS = {
  agent: 'x-costflame-agent',
  step: 'x-costflame-step',
  parent: 'x-costflame-parent',
  callSite: 'x-costflame-callsite',
  run: 'x-costflame-run',
  session: 'x-costflame-session',
  agentVersion: 'x-costflame-agent-version',
  intent: 'x-costflame-intent',
  tenant: 'x-costflame-tenant',
  tagPrefix: 'x-costflame-tag-',
  upstream: 'x-costflame-upstream',
  token: 'x-costflame-token',
  /** Percent-encoded command line of a process that started its own run. */
  command: 'x-costflame-command',
  /** Which request of its own the program was answering when it made the call, as the hook knows it: one of them is one invocation. */
  context: 'x-costflame-context',
  budget: 'x-costflame-budget',
} as const

/** Environment variables that the hook and the CLI understand. */
export const ENV = {
  proxy: 'COSTFLAME_PROXY',
  run: 'COSTFLAME_RUN',
  token: 'COSTFLAME_TOKEN',
  data: 'COSTFLAME_DATA',
  callSites: 'COSTFLAME_CALLSITES',
  disable: 'COSTFLAME_DISABLE',
  /** JSON object: provider id → upstream URL that its calls go to when the profiler is gone. */
  upstreams: 'COSTFLAME_UPSTREAMS',
  /** Ids of those providers whose upstream stands in a variable that the user had set, with commas between them. */
  variableUpstreams: 'COSTFLAME_VARIABLE_UPSTREAMS',
} as const

/** A call-site header is cut to this many bytes after encoding, whole frames only. */
export const MAX_CALL_SITE_BYTES = 8 * 1024

/** Shape of a run id in `/r/ID/`, in `x-costflame-run` and in the store. */
export const RUN_ID = /^[A-Za-z0-9._-]{1,64}$/

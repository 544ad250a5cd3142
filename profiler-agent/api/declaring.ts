// The functions of `costflame/api` under a profiler. What goes wrong in here is ours: the program's function is called, once, whatever happens.

import { readStack } from '../capture/hooks/node/call-stack'
import { quietly } from '../capture/hooks/node/quietly'
import { givenRun } from '../capture/hooks/node/run-identity'
import type { Settings } from '../capture/hooks/node/settings'
import { mapFrame } from '../capture/hooks/node/source-maps'
import { HEADERS } from '../model/headers'
import { present } from '../model/present'
import type { DeclaredKind } from '../model/record'
import type { Frame } from '../model/span'
import { follow } from './following'
import { type Api, putContext } from './global'
import { addTag, countOf, outcomeOf, tagsOf, textOf } from './labels'
import { LiveSpan, timeNow } from './live-span'
import { headersOf, openSpanIn, type Scope, type ScopeLabels, scopeFrom, scopeWithOwnLabels } from './scope'
import { createScopes } from './scopes'
import { Teller } from './teller'

type Options = Readonly<Record<string, unknown>>

/** What a retrieval may say that it brought, and the attribute that says so. */
const BROUGHT = {
  documents: 'costflame.retrieval.documents',
  tokens: 'costflame.retrieval.tokens',
} as const

/** More frames than anybody looks at. */
const MAX_FRAMES = 32

/** Makes the functions, and puts them where other copies of this module and the hook find them. */
export function createApi(settings: Settings): Api {
  const declaring = new Declaring(settings)
  const declare = (kind: DeclaredKind) => (name: unknown, options: unknown, fn?: unknown) =>
    declaring.declare(kind, name, options, fn)
  const api = {
    agent: declare('agent'),
    step: declare('step'),
    tool: declare('tool'),
    retrieval: declare('retrieval'),
    outcome: (status: unknown, details?: unknown) => quietly(() => declaring.outcome(status, details)),
    tag: (key: unknown, value: unknown) => quietly(() => declaring.tag(key, value)),
    headers: () => declaring.headers(),
    within: (headers: unknown, fn: unknown) => declaring.within(headers, fn),
    // Each gives back what its callback gives; nothing else is said by the types.
  } as Api
  const file = typeof __filename === 'string' ? __filename : ''
  putContext(globalThis, { version: 1, headers: () => declaring.currentHeaders(), api, file })
  return api
}

class Declaring {
  readonly #scopes = createScopes()
  readonly #teller: Teller
  readonly #run = givenRun(process.env)

  constructor(readonly settings: Settings) {
    this.#teller = new Teller(settings, this.#run)
  }

  declare(kind: DeclaredKind, name: unknown, given: unknown, fn?: unknown): unknown {
    const work = isFunction(fn) ? fn : given
    if (!isFunction(work)) return undefined
    const options = isObject(given) ? given : {}
    const span = this.#begin(kind, name, options)
    if (span === undefined) return work()
    const run = <Result>(inner: () => Result) => this.#scopes.run(span.scope, inner)
    let result: unknown
    try {
      result = run(() => work())
    } catch (error) {
      this.#end(span, 'error')
      throw error
    }
    return follow(result, {
      ended: (value) => {
        quietly(() => noteBrought(span, options, value))
        this.#end(span, 'ok')
      },
      failed: () => this.#end(span, 'error'),
      run,
    })
  }

  outcome(status: unknown, details: unknown): void {
    const outcome = outcomeOf(status, details)
    if (outcome === undefined) return
    const agent = this.#scopes.current()?.agentSpan
    if (agent === undefined) {
      const at = timeNow()
      this.#teller.tell({ line: (run) => ({ type: 'outcome', ...run, at, outcome }) })
      return
    }
    agent.outcome = outcome
    this.#teller.tell(agent)
  }

  tag(key: unknown, value: unknown): void {
    const outer = this.#scopes.current()
    const span = openSpanIn(outer)
    const { scope } = span ?? { scope: scopeWithOwnLabels(outer) }
    addTag(scope.labels.tags, key, value)
    if (span) this.#teller.tell(span)
    else this.#scopes.enter(scope)
  }

  currentHeaders(): readonly (readonly [string, string])[] {
    return headersOf(this.#scopes.current())
  }

  headers(): Record<string, string> {
    const run = this.#run?.runId
    const headers: Record<string, string> = run === undefined ? {} : { [HEADERS.run]: run }
    quietly(() => Object.assign(headers, Object.fromEntries(this.currentHeaders())))
    return headers
  }

  within(headers: unknown, work: unknown): unknown {
    if (!isFunction(work)) return undefined
    let scope: Scope | undefined
    quietly(() => {
      scope = scopeFrom(headerMap(headers))
    })
    return scope === undefined ? work() : this.#scopes.run(scope, () => work())
  }

  #begin(kind: DeclaredKind, name: unknown, options: Options): LiveSpan | undefined {
    let span: LiveSpan | undefined
    quietly(() => {
      const beginning = {
        kind,
        name: textOf(name) ?? kind,
        labels: labelsFrom(kind, options),
        attributes: attributesFrom(kind, options),
        callSite: this.#callSite(),
      }
      span = new LiveSpan(beginning, this.#scopes.current())
      this.#teller.began(span)
      if (kind === 'retrieval') this.#teller.hurry()
    })
    return span
  }

  #end(span: LiveSpan, status: 'ok' | 'error'): void {
    quietly(() => {
      span.end(status)
      this.#teller.ended(span)
    })
  }

  #callSite(): readonly Frame[] {
    if (this.settings.callSites === 'off') return []
    return readStack(readStack).frames.slice(0, MAX_FRAMES).map(mapFrame)
  }
}

/** With what options of the wrong kind would say left out. */
function labelsFrom(kind: DeclaredKind, { version, intent, tenant, session, tags }: Options): ScopeLabels {
  const labels = present({
    agentVersion: kind === 'agent' ? textOf(version) : undefined,
    ...{ intent: textOf(intent), tenant: textOf(tenant), session: textOf(session) },
  })
  return { ...labels, tags: tagsOf(tags) }
}

function attributesFrom(kind: DeclaredKind, { toolCallId }: Options): Record<string, string | number> {
  const id = kind === 'tool' ? textOf(toolCallId) : undefined
  return id === undefined ? {} : { 'gen_ai.tool.call.id': id }
}

/** What a retrieval says that it brought, as such or by what it gave back. */
function noteBrought(span: LiveSpan, options: Options, value: unknown): void {
  if (span.kind !== 'retrieval') return
  for (const [option, attribute] of Object.entries(BROUGHT)) {
    const said = options[option]
    const count = countOf(isFunction(said) ? said(value) : said)
    if (count !== undefined) span.attributes[attribute] = count
  }
}

/** Headers in any of their forms, by name in lower case. */
function headerMap(headers: unknown): Map<string, string> {
  if (!isObject(headers)) return new Map()
  const pairs = Symbol.iterator in headers ? [...(headers as Iterable<unknown>)] : Object.entries(headers)
  return new Map(
    pairs.flatMap((pair) => {
      const [name, value] = Array.isArray(pair) ? pair : []
      return typeof name === 'string' && typeof value === 'string' ? [[name.toLowerCase(), value]] : []
    }),
  )
}

function isFunction(value: unknown): value is (...args: readonly unknown[]) => unknown {
  return typeof value === 'function'
}

function isObject(value: unknown): value is Options {
  return typeof value === 'object' && value !== null
}

// Carries the scope along the program's asynchronous code, and into worker threads that are started in it.

import { headersOf, type Scope, scopeFrom } from './scope'

export interface Scopes {
  readonly current: () => Scope | undefined
  readonly run: <Result>(scope: Scope, work: () => Result) => Result
  /** For what follows in the same flow of asynchronous code. */
  readonly enter: (scope: Scope) => void
}

/** Where there is no AsyncLocalStorage, context follows only code that runs at once. */
export function createScopes(): Scopes {
  const base = scopeOfThread()
  const scopes = asynchronous(base) ?? synchronous(base)
  handToThreads(scopes)
  return scopes
}

function asynchronous(base: Scope | undefined): Scopes | undefined {
  try {
    const { AsyncLocalStorage } = require('node:async_hooks') as typeof import('node:async_hooks')
    const storage = new AsyncLocalStorage<Scope>()
    return {
      current: () => storage.getStore() ?? base,
      run: (scope, work) => storage.run(scope, work),
      enter: (scope) => storage.enterWith(scope),
    }
  } catch {
    return undefined // Another runtime.
  }
}

function synchronous(base: Scope | undefined): Scopes {
  let current = base
  return {
    current: () => current,
    run: (scope, work) => {
      const before = current
      current = scope
      try {
        return work()
      } finally {
        current = before
      }
    },
    enter: (scope) => {
      current = scope
    },
  }
}

const THREAD_KEY = 'costflame.context'

/** The scope in which this worker thread was started. */
function scopeOfThread(): Scope | undefined {
  try {
    const { getEnvironmentData, isMainThread } =
      require('node:worker_threads') as typeof import('node:worker_threads')
    const given: unknown = isMainThread ? undefined : getEnvironmentData(THREAD_KEY)
    const headers: unknown = Reflect.get(Object(given), 'headers')
    return Array.isArray(headers) && headers.length > 0 ? scopeFrom(new Map(headers)) : undefined
  } catch {
    return undefined // A runtime without threads.
  }
}

/** Node copies this object when a thread is started, where it is started: so the getter is asked for the scope of that very place. */
function handToThreads({ current }: Scopes): void {
  try {
    const { setEnvironmentData } = require('node:worker_threads') as typeof import('node:worker_threads')
    const place = {
      get headers() {
        return headersOf(current())
      },
    }
    // The object is a value that can be copied, which is all that is asked of it.
    setEnvironmentData(THREAD_KEY, place as never)
  } catch {
    // A runtime without threads.
  }
}

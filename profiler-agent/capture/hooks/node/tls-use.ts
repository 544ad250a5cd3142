// Waits until the program needs TLS: loading it takes longer than everything else that the hook does at the start.

import { channel } from 'node:diagnostics_channel'
import { watchModules } from './module-watch'
import { withoutOurFrames } from './own-frames'

/** Modules of Node's that load TLS. */
const OVER_TLS = /^(?:node:)?(?:tls|https|http2|_tls_wrap)$/

/** Calls `prepare` once, before the program can make its first connection over TLS; at once where this Node does not tell. */
export function beforeTls(prepare: () => void): void {
  let isPrepared = false
  const once = () => {
    if (isPrepared) return
    isPrepared = true
    prepare()
  }
  const asked = (name: unknown) => {
    if (OVER_TLS.test(String(name))) once()
  }
  if (isLoaded('tls') || !watchModules({ asked })) once()
  else {
    beforeFetch(once)
    beforeBuiltin(asked)
  }
}

/** Loading a module of Node's takes its time; where Node does not tell, it is loaded. */
export function isLoaded(name: string): boolean {
  const { moduleLoadList } = process as { moduleLoadList?: readonly string[] }
  return moduleLoadList?.includes(`NativeModule ${name}`) ?? true
}

/** `fetch` and `WebSocket` of Node's own load it when they connect, after they have made their request. */
function beforeFetch(prepare: () => void): void {
  channel('undici:request:create').subscribe((message) => {
    const { request } = message as { readonly request?: { readonly origin?: unknown } }
    if (String(request?.origin).startsWith('https:')) prepare()
  })
}

/** The one way to a module of Node's that is told to nobody. */
function beforeBuiltin(asked: (name: unknown) => void): void {
  const holder = process as { getBuiltinModule?: (...args: unknown[]) => unknown }
  if (holder.getBuiltinModule === undefined) return
  holder.getBuiltinModule = new Proxy(holder.getBuiltinModule, {
    apply(target, self, args: unknown[]) {
      asked(args[0])
      return withoutOurFrames(() => Reflect.apply(target, self, args))
    },
  })
}

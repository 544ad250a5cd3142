// Tells a profiler that is gone from an upstream that failed: only the first may be answered by sending a call again.

import { connectTo } from './plain-connections'

const REFUSED = new Set(['ECONNREFUSED'])
/** The connection ended before there was an answer: the profiler died, or it passed on that its upstream did. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** A process that is being killed loses its connections first and may still be connected to for a moment; a living one keeps them. */
const DYING_MS = 100

/** True when nobody listens at the proxy any more. Looks at the socket only after a broken connection; never rejects. */
export function isProfilerGone(error: unknown, proxy: URL): Promise<boolean> {
  const codes = codesOf(error)
  if (codes.some((code) => REFUSED.has(code))) return Promise.resolve(true)
  if (codes.some((code) => BROKEN.has(code))) return isRefused(proxy)
  return Promise.resolve(false)
}

function codesOf(error: unknown, depth = 0): string[] {
  if (typeof error !== 'object' || error === null || depth > 4) return []
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown }
  const inner = Array.isArray(errors) ? errors : []
  return [
    ...(typeof code === 'string' ? [code] : []),
    ...[cause, ...inner].flatMap((each) => codesOf(each, depth + 1)),
  ]
}

function isRefused(proxy: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo(proxy.origin)
    let timer: NodeJS.Timeout | undefined
    const settle = (refused: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(refused)
    }
    socket.once('connect', () => {
      // What came while this program was not let run is heard first.
      timer = setTimeout(() => setImmediate(() => settle(false)), DYING_MS)
    })
    socket.once('error', () => settle(true))
    socket.once('close', () => settle(true))
    socket.resume()
  })
}

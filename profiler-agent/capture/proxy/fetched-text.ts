// One text from an https address, by the user's own proxy and certificate settings. For commands; the proxy has its own way to call.

import request from 'undici/lib/api/api-request.js'
import { type ConnectionEnvironment, openUpstreams } from './upstream-connections'

/** Rejects with what went wrong, an HTTP status other than 200 included, and after `timeoutMs`. */
export async function fetchedText(
  env: ConnectionEnvironment,
  url: string,
  timeoutMs: number,
  warn: (message: string) => void,
): Promise<string> {
  const { dispatcher } = openUpstreams(env, warn)
  try {
    const { origin, pathname, search } = new URL(url)
    const signal = AbortSignal.timeout(timeoutMs)
    const reply = await request.call(dispatcher, { origin, path: pathname + search, method: 'GET', signal })
    const text = await reply.body.text()
    if (reply.statusCode === 200) return text
    throw new Error(`HTTP ${reply.statusCode}`)
  } finally {
    await dispatcher.close()
  }
}

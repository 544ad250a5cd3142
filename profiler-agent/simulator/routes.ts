// Which provider API a request path means. Any prefix is accepted, because base URLs differ by SDK and proxy route.

import type { ErrorStyle } from './errors'

export type Route =
  | { readonly kind: 'chat' | 'responses' | 'messages' | 'count-tokens' | 'input-tokens' }
  | { readonly kind: 'stored-response'; readonly id: string }
  | { readonly kind: 'wrong-method' | 'unknown' }

const POSTS: readonly { readonly path: RegExp; readonly kind: Exclude<Route, { id: string }>['kind'] }[] = [
  { path: /\/chat\/completions$/, kind: 'chat' },
  { path: /\/responses\/input_tokens$/, kind: 'input-tokens' },
  { path: /\/responses$/, kind: 'responses' },
  { path: /\/messages\/count_tokens$/, kind: 'count-tokens' },
  { path: /\/messages$/, kind: 'messages' },
]

export function routeOf(method: string, pathname: string): Route {
  const path = pathname.replace(/\/+$/, '')
  const post = POSTS.find((known) => known.path.test(path))
  if (post) return { kind: method === 'POST' ? post.kind : 'wrong-method' }
  const id = /\/responses\/([^/]+)$/.exec(path)?.[1]
  if (id === undefined) return { kind: 'unknown' }
  return method === 'GET' ? { kind: 'stored-response', id } : { kind: 'wrong-method' }
}

/** How to word errors for a path: Anthropic's way for its API and its clients, else OpenAI's. */
export function errorStyleOf(pathname: string, headers: Readonly<Record<string, unknown>>): ErrorStyle {
  const isAnthropic =
    /\/messages(\/|$)|\/anthropic(\/|$)/.test(pathname) || headers['anthropic-version'] !== undefined
  return isAnthropic ? 'anthropic' : 'openai'
}

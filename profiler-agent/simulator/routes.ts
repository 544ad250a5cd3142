// Which provider API a request path means. Any prefix is accepted, because base URLs differ by SDK and proxy route.

import type { ErrorStyle } from './errors'

export type Route =
  | { readonly kind: 'chat' | 'responses' | 'messages' }
  | { readonly kind: 'count-tokens' | 'input-tokens' }
  | { readonly kind: 'stored-response'; readonly id: string }
  | { readonly kind: 'generate' | 'converse'; readonly model: string; readonly stream: boolean }
  | { readonly kind: 'gemini-count'; readonly model: string }
  | { readonly kind: 'make-cache' }
  | { readonly kind: 'cache'; readonly name: string; readonly verb: 'GET' | 'PATCH' | 'DELETE' }
  | { readonly kind: 'wrong-method' | 'unknown' }

const POSTS: readonly {
  readonly path: RegExp
  readonly kind: 'chat' | 'responses' | 'messages' | 'count-tokens' | 'input-tokens' | 'make-cache'
}[] = [
  { path: /\/chat\/completions$/, kind: 'chat' },
  { path: /\/responses\/input_tokens$/, kind: 'input-tokens' },
  { path: /\/responses$/, kind: 'responses' },
  { path: /\/messages\/count_tokens$/, kind: 'count-tokens' },
  { path: /\/messages$/, kind: 'messages' },
  { path: /\/cachedContents$/, kind: 'make-cache' },
]

export function routeOf(method: string, pathname: string): Route {
  const path = pathname.replace(/\/+$/, '')
  const post = POSTS.find((known) => known.path.test(path))
  if (post) return method === 'POST' ? { kind: post.kind } : { kind: 'wrong-method' }
  return geminiRoute(method, path) ?? bedrockRoute(method, path) ?? storedResponse(method, path)
}

/** A model's name out of a path; as it stands where it is not encoded as it should be. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

function geminiRoute(method: string, path: string): Route | undefined {
  const [, model = '', verb] =
    /\/models\/([^/]+):(generateContent|streamGenerateContent|countTokens)$/.exec(path) ?? []
  if (verb !== undefined) {
    if (method !== 'POST') return { kind: 'wrong-method' }
    if (verb === 'countTokens') return { kind: 'gemini-count', model: decoded(model) }
    return { kind: 'generate', model: decoded(model), stream: verb === 'streamGenerateContent' }
  }
  const id = /\/cachedContents\/([^/]+)$/.exec(path)?.[1]
  if (id === undefined) return undefined
  const known = (['GET', 'PATCH', 'DELETE'] as const).find((each) => each === method)
  return known ? { kind: 'cache', name: `cachedContents/${id}`, verb: known } : { kind: 'wrong-method' }
}

function bedrockRoute(method: string, path: string): Route | undefined {
  const model = /\/model\/([^/]+)\/converse$/.exec(path)?.[1]
  if (model === undefined) return undefined
  if (method !== 'POST') return { kind: 'wrong-method' }
  return { kind: 'converse', model: decoded(model), stream: false }
}

function storedResponse(method: string, path: string): Route {
  const id = /\/responses\/([^/]+)$/.exec(path)?.[1]
  if (id === undefined) return { kind: 'unknown' }
  return method === 'GET' ? { kind: 'stored-response', id } : { kind: 'wrong-method' }
}

/** How to word errors for a path: Anthropic's, Google's and Bedrock's way for their APIs and their clients, else OpenAI's. */
export function errorStyleOf(pathname: string, headers: Readonly<Record<string, unknown>>): ErrorStyle {
  if (/\/model\/[^/]+\/converse/.test(pathname)) return 'bedrock'
  if (/\/models\/[^/]+:\w+$|\/cachedContents(\/|$)/.test(pathname)) return 'google'
  const isAnthropic =
    /\/messages(\/|$)|\/anthropic(\/|$)/.test(pathname) || headers['anthropic-version'] !== undefined
  return isAnthropic ? 'anthropic' : 'openai'
}

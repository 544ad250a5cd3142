// What the exchange itself says of whose price a call has: the region in its URL, and who served it behind a router. Regions inside a model id are the book's business.

import type { HttpExchange } from '../model/exchange'

/** `regional` for a region's own endpoint, where the provider has a price for that; `undefined` for the global one. */
export function regionOf(provider: string, url: string): 'regional' | undefined {
  if (provider === 'openai')
    return /^https:\/\/[a-z]{2}\.api\.openai\.com\//.test(url) ? 'regional' : undefined
  if (provider !== 'vertex') return undefined
  const location = /\/locations\/([^/]+)\//.exec(url)?.[1]
  return location === undefined || location === 'global' ? undefined : 'regional'
}

/** The URL that names the seller: at Hugging Face's router the reply says who served the model. */
export function sellerUrl({
  provider,
  url,
  responseHeaders,
}: Pick<HttpExchange, 'provider' | 'url' | 'responseHeaders'>): string {
  const server = provider === 'huggingface' ? responseHeaders['x-inference-provider'] : undefined
  return server === undefined ? url : `https://router.huggingface.co/${server}`
}

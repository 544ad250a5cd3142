// What the path of a call on Vertex says: the publisher of the model, and whether a region of its own serves it.

/** `publishers/anthropic/models/…` → `anthropic`; `undefined` where the path names no publisher. */
export function publisherOf(path: string): string | undefined {
  return /\/publishers\/([^/]+)\/models\//.exec(path)?.[1]
}

/**
 * `regional` for any place but `global`, where newer models cost more: a region, or a multi-region such as `eu`.
 * `undefined` where the path names no place, which means the global endpoint.
 */
export function vertexGeo(path: string): 'global' | 'regional' | undefined {
  const place = /\/projects\/[^/]+\/locations\/([^/]+)\//.exec(path)?.[1]
  if (place === undefined) return undefined
  return place === 'global' ? 'global' : 'regional'
}

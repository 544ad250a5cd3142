// The providers that have a route of their own, and where their calls go unless something else is set.

export const PROVIDER_ORIGINS: Readonly<Record<string, string>> = {
  openai: 'https://api.openai.com',
  anthropic: 'https://api.anthropic.com',
  google: 'https://generativelanguage.googleapis.com',
  openrouter: 'https://openrouter.ai',
  mistral: 'https://api.mistral.ai',
  cohere: 'https://api.cohere.com',
  groq: 'https://api.groq.com',
  deepseek: 'https://api.deepseek.com',
  xai: 'https://api.x.ai',
  together: 'https://api.together.xyz',
  fireworks: 'https://api.fireworks.ai',
  cerebras: 'https://api.cerebras.ai',
  perplexity: 'https://api.perplexity.ai',
  huggingface: 'https://router.huggingface.co',
  ollama: 'http://127.0.0.1:11434',
}

/** Routes whose upstream depends on the account, so that there is no default. */
export const PROVIDERS_WITHOUT_DEFAULT = ['vertex', 'azure', 'bedrock'] as const

export function isKnownProvider(id: string): boolean {
  return Object.hasOwn(PROVIDER_ORIGINS, id) || (PROVIDERS_WITHOUT_DEFAULT as readonly string[]).includes(id)
}

/** Hosts beside those of `PROVIDER_ORIGINS`: other names of theirs, regions, accounts, private endpoints. The Python hook reads them, too. */
export const MORE_HOSTS: readonly { readonly provider: string; readonly host: RegExp }[] = [
  // Data residency: `eu.api.openai.com`.
  { provider: 'openai', host: /^[a-z]{2}\.api\.openai\.com$/ },
  {
    provider: 'azure',
    host: /\.(?:openai|services\.ai|cognitiveservices|(?:models|inference)\.ai)\.azure\.(?:com|us)$/,
  },
  { provider: 'vertex', host: /^(?:[\w-]+-)?aiplatform(?:\.[\w-]+\.rep|\.p)?\.googleapis\.com$/ },
  {
    provider: 'bedrock',
    host: /^bedrock-(?:runtime|mantle)(?:-fips)?\.[\w-]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/,
  },
  // VPC interface endpoint: `vpce-0abc-xyz.bedrock-runtime.us-east-1.vpce.amazonaws.com`.
  {
    provider: 'bedrock',
    host: /\.bedrock-(?:runtime|mantle)(?:-fips)?\.[\w-]+\.vpce\.amazonaws\.com(?:\.cn)?$/,
  },
  { provider: 'openrouter', host: /^[a-z]{2}\.openrouter\.ai$/ },
  { provider: 'mistral', host: /^codestral\.mistral\.ai$/ },
  { provider: 'cohere', host: /^api\.cohere\.ai$/ },
  // Regions: `eu-west-1.api.x.ai`.
  { provider: 'xai', host: /^[\w-]+\.api\.x\.ai$/ },
  { provider: 'together', host: /^api\.together\.ai$/ },
  { provider: 'huggingface', host: /^api-inference\.huggingface\.co$/ },
  { provider: 'ollama', host: /^(?:(?:localhost|\[::1\]):11434|ollama\.com)$/ },
]

/** Provider id of a host in lower case (with its port, if not the scheme's own); `custom:<host>` for one that is nobody's that we know. */
export function providerOfHost(host: string): string {
  const listed = Object.entries(PROVIDER_ORIGINS).find(([, origin]) => origin.endsWith(`://${host}`))
  const more = MORE_HOSTS.find((entry) => entry.host.test(host))
  return listed?.[0] ?? more?.provider ?? `custom:${host}`
}

/**
 * Where a provider's calls go: what `upstreams` says, else its own origin; at Vertex that is the host of the location that `path`
 * (what follows the provider in the URL) names. The id may be any word, `constructor` too.
 */
export function upstreamFor(
  provider: string,
  upstreams: Readonly<Record<string, string>>,
  path = '',
): string | undefined {
  const places = [upstreams, PROVIDER_ORIGINS].find((each) => Object.hasOwn(each, provider))
  return places?.[provider] ?? (provider === 'vertex' ? vertexOrigin(path) : undefined)
}

/** Source: `@google/genai` 3.1.0 and `@anthropic-ai/vertex-sdk`, which build their hosts like this; read 2026-11-22. */
function vertexOrigin(path: string): string | undefined {
  const location = /^\/v\d\w*\/projects\/[^/]+\/locations\/([a-z0-9-]+)\//.exec(path)?.[1]
  if (location === 'us' || location === 'eu') return `https://aiplatform.${location}.rep.googleapis.com`
  if (location !== undefined && location !== 'global') return `https://${location}-aiplatform.googleapis.com`
  const isExpress = /^\/v\d\w*\/publishers\//.test(path)
  return location === 'global' || isExpress ? 'https://aiplatform.googleapis.com' : undefined
}

/**
 * Path at the provider of what follows `/<provider>` in a base URL: one base URL of Anthropic serves clients that add `/v1`
 * themselves and clients that expect it in the base.
 */
export function providerPath(provider: string, rest: string): string {
  return provider === 'anthropic' && /^\/messages(?:[/?]|$)/.test(rest) ? `/v1${rest}` : rest
}

// When two model ids name the same model: equal after taking off dates and other suffixes that do not change the price.

const SUFFIXES: readonly RegExp[] = [
  /-v\d+:\d+(:\d+k)?$/,
  /-\d:\d$/,
  /:\d{8}-v\d+$/,
  /@(\d{8}|latest|default)$/,
  /-\d{8}$/,
  /-\d{4}-\d{2}-\d{2}$/,
  // `gemini-pro-latest` is no `gemini-pro`: without a version in its name, the newest model has another one.
  /(?<=\d[\w.-]*)-latest$/,
  /-preview(-\d{2}-\d{2}|-\d{2}-\d{4})?$/,
  /:nitro$/,
]

/** Regions of a Bedrock inference profile that share the regional price; `global.` has a price of its own. */
const REGION = /^(us|eu|apac|jp|au|in|ca|us-gov)\./
const VENDOR = /^[a-z0-9]+\./

/**
 * Ids to look up, the most specific first: `claude-haiku-4-5-20251001` → itself, then `claude-haiku-4-5`.
 * Never a shorter name without a rule for it: `claude-sonnet-5-5` does not give `claude-sonnet-5`.
 */
export function idForms(provider: string, model: string): string[] {
  const whole = withoutPrefix(provider, model.trim().toLowerCase())
  const forms = withoutSuffixes(whole, [...SUFFIXES, ...(SUFFIXES_OF[provider] ?? [])])
  if (provider !== 'bedrock') return forms
  const local = forms.map((form) => form.replace(REGION, ''))
  const bare = local.filter((form) => !form.startsWith('global.')).map((form) => form.replace(VENDOR, ''))
  return [...new Set([...forms, ...local, ...bare])]
}

const SUFFIXES_OF: Readonly<Record<string, readonly RegExp[]>> = {
  // `gemini-2.0-flash-001` is a stable version of `gemini-2.0-flash`.
  google: [/-00\d$/],
  vertex: [/-00\d$/],
  // `anthropic.claude-opus-4-6-v1`
  bedrock: [/-v\d+$/],
  // Its own names for its newest models have no version; rules/prices/mistral.ts says where the price moved.
  mistral: [/-latest$/],
}

/** The id itself, then with one suffix less each. */
export function withoutSuffixes(id: string, suffixes: readonly RegExp[] = SUFFIXES): string[] {
  const forms = [id]
  for (let form = id; ; ) {
    const suffix = suffixes.find((candidate) => candidate.test(form))
    if (suffix === undefined) return forms
    form = form.replace(suffix, '')
    forms.push(form)
  }
}

/** Suffixes that a catalogue id may carry although it means the plain name. Not dates: a dated entry is that snapshot only. */
export const CATALOGUE_SUFFIXES: readonly RegExp[] = [/-latest$/, /-preview$/, /-\d:\d$/]

/** A profile of Bedrock's own names the model; one of the customer's does not, and stays as it is. */
const BEDROCK_ARN = /^arn:aws[\w-]*:bedrock:[^:]*:[^:]*:(inference-profile|foundation-model)\//

function withoutPrefix(provider: string, id: string): string {
  if (provider === 'bedrock') return id.replace(BEDROCK_ARN, '')
  const bare = id.replace(/^(projects\/.*\/)?(publishers\/[^/]+\/)?models\//, '')
  // Vertex's OpenAI surface names the publisher.
  if (provider === 'vertex') return bare.replace(/^(google|anthropic)\//, '')
  // A router's ids begin with the vendor, and that is part of the name.
  return provider !== 'openrouter' && bare.startsWith(`${provider}/`) ? bare.slice(provider.length + 1) : bare
}

/**
 * Whether an answer's model is the requested one in a shorter notation: `rerank-v3.5` for `cohere/rerank-v3.5`, `ada` for
 * `text-embedding-ada-002`. Every part of the shorter name stands in the longer one.
 */
export function isShorterName(short: string, long: string): boolean {
  const parts = (id: string) =>
    id
      .toLowerCase()
      .replace(/:.*$/, '')
      .split(/[-/.@]/)
  const whole = new Set(parts(long))
  return parts(short).every((part) => whole.has(part))
}

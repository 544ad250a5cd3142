// When two model ids name the same model: equal after taking off dates and other suffixes that do not change the price.

const SUFFIXES: readonly RegExp[] = [
  /-v\d+:\d+$/,
  /@(\d{8}|latest|default)$/,
  /-\d{8}$/,
  /-\d{4}-\d{2}-\d{2}$/,
  /-latest$/,
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
  const forms = withoutSuffixes(whole)
  if (provider !== 'bedrock') return forms
  const local = forms.map((form) => form.replace(REGION, ''))
  const bare = local.filter((form) => !form.startsWith('global.')).map((form) => form.replace(VENDOR, ''))
  return [...new Set([...forms, ...local, ...bare])]
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
export const CATALOGUE_SUFFIXES: readonly RegExp[] = [/-latest$/, /-preview$/]

function withoutPrefix(provider: string, id: string): string {
  const bare = id.replace(/^(publishers\/[^/]+\/)?models\//, '')
  // A router's ids begin with the vendor, and that is part of the name.
  return provider !== 'openrouter' && bare.startsWith(`${provider}/`) ? bare.slice(provider.length + 1) : bare
}

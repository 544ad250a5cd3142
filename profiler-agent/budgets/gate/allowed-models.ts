// Whether the allow-list `models` of a budget has a model.

/** A date or a version that a provider puts behind the name that programs ask for: `-2026-03-05`, `-20260305`, `@20260305`, `-latest`. */
const DATED = /^[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|latest)$/

/** Entries name a model, or `provider/model`; a `*` stands for any text. A dated name of the same model is allowed too. */
export function isAllowedModel(allowed: readonly string[], provider: string, model: string): boolean {
  return allowed.some((entry) => fits(entry, model) || fits(entry, `${provider}/${model}`))
}

function fits(entry: string, model: string): boolean {
  if (entry.includes('*')) return fitsPattern(entry, model)
  return model === entry || (model.startsWith(entry) && DATED.test(model.slice(entry.length)))
}

/** Each part between the stars in its turn; no regular expression, whose work could grow without bound. */
function fitsPattern(entry: string, model: string): boolean {
  const parts = entry.split('*')
  const [first = '', last = ''] = [parts[0], parts.at(-1)]
  if (model.length < first.length + last.length || !model.startsWith(first) || !model.endsWith(last))
    return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = model.indexOf(part, at)
    if (found < 0 || found + part.length > model.length - last.length) return false
    at = found + part.length
  }
  return true
}

// What a filter of a view finds: every word of it somewhere in what a row says. Text only.

/** Whether all words of a filter stand in these texts, in any order, whatever their case; an empty filter finds everything. */
export function isFound(filter: string, texts: readonly (string | undefined)[]): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const said = texts
    .filter((text) => text !== undefined)
    .join('\n')
    .toLowerCase()
  return words.every((word) => said.includes(word))
}

// Which runs have a span with a certain label. Reads labels only.

import type { SQLOutputValue } from 'node:sqlite'
import { type OpenFacts, PackedFacts } from './packed-facts'
import type { Store } from './store'

/** The column of the same name in the facts of a span, or a tag. */
export type LabelQuery =
  | { readonly label: 'agent' | 'agent_version' | 'intent' | 'tenant'; readonly value: string }
  | { readonly tag: string; readonly value: string }

/** Ids of the runs in which some span has the label; for several labels, each may be on another span. */
export function runsWithLabels(store: Store, queries: readonly LabelQuery[]): Set<string> {
  const facts = new PackedFacts(store.shapes)
  const found = queries.map(() => new Set<number>())
  const statement = store.prepare('SELECT run, facts FROM spans')
  statement.setReturnArrays(true)
  for (const row of statement.iterate() as Iterable<unknown>) {
    const [run, packed] = row as SQLOutputValue[]
    const missing = queries.filter((_, index) => !found[index]?.has(Number(run)))
    if (missing.length === 0) continue
    const open = facts.open(String(packed))
    for (const query of missing) if (hasLabel(open, query)) found[queries.indexOf(query)]?.add(Number(run))
  }
  const runs = store.prepare('SELECT key, id FROM runs').all()
  return new Set(
    runs.filter(({ key }) => found.every((keys) => keys.has(Number(key)))).map(({ id }) => String(id)),
  )
}

function hasLabel(facts: OpenFacts, query: LabelQuery): boolean {
  if ('label' in query) return facts.text(query.label) === query.value
  const json = facts.text('tags')
  // Most spans have no such tag, and need not be read for it.
  if (json === undefined || !json.includes(JSON.stringify(query.tag))) return false
  const tags = JSON.parse(json) as Readonly<Record<string, string>>
  return tags[query.tag] === query.value
}

// Which tool the calls of a run work for, out of the tree and of what their prompts bring. Reads one run at a time; sums nothing.

import type { SQLOutputValue } from 'node:sqlite'
import type { HashedBlock } from '../model/record'
import { unpackId } from './pack'
import { PackedFacts } from './packed-facts'
import { type PromptLists, unpackLists } from './prompt-column'
import type { Store } from './store'

/** What is known of the tools of one call, by the id of its span. */
export interface CallTools {
  /** Name of the nearest tool or retrieval that the call was made in. */
  readonly around?: string
  /** Names of the tools whose results its prompt is the first to bring; undefined for one that nobody can name. */
  readonly answered: readonly (string | undefined)[]
}

/** All calls of a run; calls that have no tool are in it, too. */
export function readCallTools(store: Store, runId: string): Map<string, CallTools> {
  const run = store.runKey(runId)
  const tools = new Map<string, CallTools>()
  if (run === undefined) return tools
  const aroundOf = enclosingTools(store, run)
  const asked = new Map<string, string>()
  const answeredBy = new Map<number, CallTools['answered']>()
  const sql = `SELECT spans.key, spans.id, logical, parts, ids FROM calls JOIN spans ON spans.key = calls.span
    WHERE calls.run = ? ORDER BY spans.key`
  for (const row of store.prepare(sql).iterate(run)) {
    const around = aroundOf(Number(row.key))
    // A retry sends the prompt of its first attempt again.
    const answered = answeredBy.get(Number(row.logical)) ?? answeredTools(listsOf(row, store), asked)
    answeredBy.set(Number(row.key), answered)
    tools.set(unpackId(row.id), { ...(around === undefined ? {} : { around }), answered })
  }
  return tools
}

interface Place {
  readonly parent: number | undefined
  readonly tool: string | undefined
}

/** Gives the name of the nearest tool or retrieval around a span. */
function enclosingTools(store: Store, run: number): (key: number) => string | undefined {
  const facts = new PackedFacts(store.shapes)
  const places = new Map<number, Place>()
  for (const row of store.prepare('SELECT key, parent, facts FROM spans WHERE run = ?').iterate(run)) {
    const open = facts.open(String(row.facts))
    const isTool = ['tool', 'retrieval'].includes(open.text('kind') ?? '')
    const parent = typeof row.parent === 'number' ? row.parent : undefined
    places.set(Number(row.key), { parent, tool: isTool ? open.text('name') : undefined })
  }
  return (key) => {
    const seen = new Set<number>()
    for (let place = places.get(key); place; place = places.get(place.parent ?? -1)) {
      if (place.tool !== undefined) return place.tool
      // A tree that somebody damaged may go in a circle.
      if (place.parent === undefined || seen.has(place.parent)) return undefined
      seen.add(place.parent)
    }
    return undefined
  }
}

function listsOf(row: Record<string, SQLOutputValue>, store: Store): PromptLists {
  const ids = typeof row.ids === 'string' ? row.ids : null
  return unpackLists(String(row.parts), ids, store.shapes, () => '')
}

const MODEL_SPEAKS: readonly HashedBlock['kind'][] = ['assistant', 'reasoning', 'tool_call']

/**
 * The tools whose results stand behind the last word of the model's, among the blocks that the call does not copy from an
 * earlier one. `asked` holds names by id of the tool calls that were seen before, and gets those of this reply.
 */
function answeredTools({ prompt, reply }: PromptLists, asked: Map<string, string>): (string | undefined)[] {
  const added = prompt.flatMap((part) => ('hash' in part ? [part] : []))
  const last = added.findLastIndex(({ kind }) => MODEL_SPEAKS.includes(kind))
  for (const { kind, name, toolCallId } of [...added, ...reply])
    if (kind === 'tool_call' && name !== undefined && toolCallId !== undefined) asked.set(toolCallId, name)
  return added
    .slice(last + 1)
    .flatMap(({ kind, name, toolCallId = '' }) =>
      kind === 'tool_result' ? [name ?? asked.get(toolCallId)] : [],
    )
}

// Which tool the calls of a run work for, out of the tree and of what their prompts bring. Reads one run at a time; sums nothing.

import type { SQLOutputValue } from 'node:sqlite'
import type { HashedBlock } from '../model/record'
import { PackedFacts } from './packed-facts'
import { type PromptLists, unpackLists } from './prompt-column'
import type { Store } from './store'

/** What is known of the tools of one call. */
export interface CallTools {
  /** Name of the nearest tool or retrieval that the call was made in. */
  readonly around?: string
  /** Names of the tools whose results its prompt is the first to bring; undefined for one that nobody can name. */
  readonly answered: readonly (string | undefined)[]
}

/** Reads the tools of one run after the other. What most rows have not, a tool, is told by the shape of their JSON, unpacked by nobody. */
export class CallToolsReader {
  readonly #facts: PackedFacts
  /** Whether the spans of a shape are tools, and whether prompts and replies of one hold any. */
  readonly #areTools: (shape: number) => boolean
  readonly #haveTools: (shape: number) => boolean

  constructor(readonly store: Store) {
    this.#facts = new PackedFacts(store.shapes)
    this.#areTools = byShape(store, /"kind":"(?:tool|retrieval)"/)
    this.#haveTools = byShape(store, /"tool_(?:call|result)"/)
  }

  /** All calls of a run by the key of their span; calls that have no tool are in it, too. */
  of(runId: string): Map<number, CallTools> {
    const run = this.store.runKey(runId)
    const tools = new Map<number, CallTools>()
    if (run === undefined) return tools
    const aroundOf = this.#enclosingTools(run)
    const asked = new Map<string, string>()
    const answeredBy = new Map<number, CallTools['answered']>()
    const sql = 'SELECT span, logical, parts, ids FROM calls WHERE run = ? ORDER BY span'
    for (const [key, logical, parts, ids] of rows(this.store, sql, run)) {
      const around = aroundOf(Number(key))
      // A retry sends the prompt of its first attempt again.
      const answered = answeredBy.get(Number(logical)) ?? this.#answered(String(parts), ids, asked)
      answeredBy.set(Number(key), answered)
      tools.set(Number(key), around === undefined ? { answered } : { around, answered })
    }
    return tools
  }

  #answered(
    parts: string,
    ids: SQLOutputValue | undefined,
    asked: Map<string, string>,
  ): CallTools['answered'] {
    if (!this.#haveTools(shapeOf(parts))) return NONE
    const lists = unpackLists(parts, typeof ids === 'string' ? ids : null, this.store.shapes, () => '')
    return answeredTools(lists, asked)
  }

  /** Gives the name of the nearest tool or retrieval around a span. */
  #enclosingTools(run: number): (key: number) => string | undefined {
    const parents = new Map<number, number>()
    const names = new Map<number, string>()
    const sql = 'SELECT key, parent, CAST(facts AS INTEGER) FROM spans WHERE run = ?'
    for (const [key, parent, shape] of rows(this.store, sql, run)) {
      if (typeof parent === 'number') parents.set(Number(key), parent)
      if (this.#areTools(Number(shape))) names.set(Number(key), this.#nameOf(Number(key)))
    }
    return (key) => {
      if (names.size === 0) return undefined
      const seen = new Set<number>()
      // A tree that somebody damaged may go in a circle.
      for (let at: number | undefined = key; at !== undefined && !seen.has(at); at = parents.get(at)) {
        const name = names.get(at)
        if (name !== undefined) return name
        seen.add(at)
      }
      return undefined
    }
  }

  #nameOf(key: number): string {
    const row = this.store.prepare('SELECT facts FROM spans WHERE key = ?').get(key)
    return this.#facts.open(String(row?.facts)).text('name') ?? ''
  }
}

const NONE: CallTools['answered'] = []

/** Rows as lists of their columns, which are made faster than objects. */
function rows(store: Store, sql: string, run: number): Iterable<readonly SQLOutputValue[]> {
  const statement = store.prepare(sql)
  statement.setReturnArrays(true)
  return statement.iterate(run) as Iterable<unknown> as Iterable<readonly SQLOutputValue[]>
}

function shapeOf(packed: string): number {
  return Number(packed.slice(0, packed.indexOf(':')))
}

/** Whether the text of a shape matches, looked at once for each shape. */
function byShape({ shapes }: Store, pattern: RegExp): (shape: number) => boolean {
  const known = new Map<number, boolean>()
  return (shape) => {
    const before = known.get(shape)
    if (before !== undefined) return before
    const matches = pattern.test(shapes.textOf(shape))
    known.set(shape, matches)
    return matches
  }
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

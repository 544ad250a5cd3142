// Embeddings and rerankings: they make no agent, but are made for somebody. Finds for whom; makes no spans.

import type { RunRecord } from '../model/record'
import { type Agent, type Agents, mayBelong } from './agents'
import type { CallFacts } from './call-facts'
import { rootBasisOf, type TraceInput } from './exchange-facts'
import type { LooseCall, Newcomers } from './newcomers'
import { overlap, Said, wordsOf } from './texts'
import { CLOCK_TOLERANCE_MS } from './times'
import type { ToolRuns } from './tool-runs'
import type { Place, TracedCall } from './traced-call'
import { newcomerOf } from './traffic'
import type { Tree } from './tree'

/** A query is made soon after it was written, and for a call that follows soon. */
const QUERY_MS = 60_000
/** An embedding of so many texts or fewer is a query; of more it makes an index. */
const MOST_QUERIES = 4
/** Characters of an answer that is nothing but queries. */
const LONGEST_QUERIES = 1_000

export class Queries {
  constructor(
    readonly tree: Tree,
    readonly agents: Agents,
    readonly newcomers: Newcomers,
    readonly toolRuns: ToolRuns,
  ) {}

  /** They hang under the tool that ran them, in the request that is answered, or under whoever wrote what they ask. */
  placeOf(input: TraceInput, facts: CallFacts, run: RunRecord): Place {
    const found = this.newcomers.startedBy(newcomerOf(facts, undefined))
    if (found) {
      this.toolRuns.begin(found.tool)
      return { agent: found.tool.agent, parentId: found.tool.spanId, basis: found.basis }
    }
    const isRerank = input.inferences.some(({ kind }) => kind === 'rerank')
    const writer = this.wait(input.exchange.id, facts, isRerank)
    const root = this.agents.rootOf(facts.group)
    if (root && facts.group) return { agent: root, parentId: root.id, basis: facts.group.basis }
    if (writer) return { agent: writer, parentId: writer.lastStep?.id ?? writer.id, basis: 'traffic' }
    return {
      agent: undefined,
      parentId: run.id,
      basis: facts.group?.basis ?? rootBasisOf(input.exchange, run.id),
    }
  }

  /** Has a call that asks it take it; gives the agent that wrote it, where one did: a question may be rewritten for the search. */
  wait(spanId: string, facts: CallFacts, isRerank: boolean): Agent | undefined {
    const isQuery = isRerank || facts.asked <= MOST_QUERIES
    const writer = isQuery ? this.#writerOf(facts) : undefined
    // What was asked before it was rewritten tells, too, for whom the query is.
    const texts = writer ? [...facts.questions.texts, ...writer.questions.texts] : facts.questions.texts
    this.newcomers.addCall({
      ...newcomerOf(facts, undefined),
      questions: new Said(texts),
      spanId,
      isQuery,
    })
    return writer
  }

  /** Hangs those under the step of a call whose query it asks, or that were made for the same request before it. */
  takeFor(call: TracedCall, facts: CallFacts): void {
    let asked: readonly string[] | undefined
    const isQuoted = (query: LooseCall) => {
      asked ??= [...facts.questions.words, wordsOf(facts.latestText)]
      const texts = asked
      return (
        query.isQuery && query.questions.words.some((words) => texts.some((text) => overlap(words, text)))
      )
    }
    const isFor = (query: LooseCall) => {
      const pause = facts.startedAt - query.startedAt
      if (pause < -CLOCK_TOLERANCE_MS || pause > QUERY_MS || !mayBelong(query.group, facts.group))
        return false
      return (query.group !== undefined && query.group.key === facts.group?.key) || isQuoted(query)
    }
    for (const { spanId, group } of this.newcomers.takeCalls(isFor))
      this.tree.move(spanId, call.parentId, group && group.key === facts.group?.key ? group.basis : 'traffic')
  }

  #writerOf(query: CallFacts): Agent | undefined {
    const isIt = (words: string) =>
      query.questions.words.some(
        (text) => text === words || (words.length <= LONGEST_QUERIES && overlap(text, words)),
      )
    return this.agents.latest.find(
      ({ latestReply, endedAt, group }) =>
        endedAt <= query.startedAt + CLOCK_TOLERANCE_MS &&
        query.startedAt - endedAt <= QUERY_MS &&
        mayBelong(group, query.group) &&
        latestReply.words.some(isIt),
    )
  }
}

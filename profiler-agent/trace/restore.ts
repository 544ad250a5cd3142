// The tree of a run out of what the store has of it, so that a conversation goes on where it was, also in another process.

import type { Block } from '../model/call'
import type { HashedBlock, SpanRecord } from '../model/record'
import type { ModelCall } from '../model/span'
import { FROM, STEP_ID } from './agent-spans'
import { type Agent, serve } from './agents'
import { askedOf, isRetryableStatus } from './attempts'
import { type CallFacts, factsOf, groupInAttributes } from './call-facts'
import type { Calls } from './calls'
import type { LineageCall } from './lineage'
import { TOOL_CALL_ID } from './tool-spans'
import { type AskedTool, answersIn, toolsAsked } from './tools'
import type { Tree } from './tree'

/** What the store knows of a run; without it the run begins. */
export interface EarlierTrace {
  /** Spans by start, those of calls included. */
  readonly spans: readonly SpanRecord[]
  /** By their end. */
  readonly calls: readonly EarlierCall[]
  /** Whether a span of the run is stored, for those that are forgotten here. */
  readonly hasSpan: (id: string) => boolean
  /** Text behind a hash, `undefined` where it is not kept. */
  readonly textOf?: (hash: string) => string | undefined
  /** The run as the store has it now, where another process wrote since this was asked last. */
  readonly again?: () => EarlierTrace | undefined
}

export interface EarlierCall extends LineageCall {
  readonly modelCall: Pick<ModelCall, 'attempt' | 'endpoint' | 'httpStatus' | 'requestModel' | 'responseId'>
}

/** Brings tree and calls of a run to where they were when the last of these spans was written; what they know already stays as it is. */
export function restore(earlier: EarlierTrace, tree: Tree, calls: Calls): void {
  const spans = earlier.spans.filter(({ id }) => !tree.get(id))
  const isNew = new Set(spans.map(({ id }) => id))
  for (const span of spans) tree.restore(span)
  const run = new Restoration({ ...earlier, spans }, tree, calls)
  for (const call of earlier.calls) if (isNew.has(call.spanId)) run.recall(call)
  run.finish()
}

/** What queries hang under before a call asks them. */
const MAY_HOLD_LOOSE: readonly SpanRecord['kind'][] = ['run', 'agent', 'step']

class Restoration {
  readonly #agents = new Map<string, Agent>()
  /** Spans of tools that the program declared, by their agent and the id of the tool call. */
  readonly #toolSpans: ReadonlyMap<string, string>

  constructor(
    readonly earlier: EarlierTrace,
    readonly tree: Tree,
    readonly calls: Calls,
  ) {
    this.#toolSpans = new Map(
      earlier.spans.flatMap(({ id, parentBasis, attributes }) => {
        const callId = attributes[TOOL_CALL_ID]
        const isDeclared = parentBasis === 'header' && typeof callId === 'string'
        return isDeclared ? [[`${tree.nearest(id, 'agent')?.id} ${callId}`, id] as const] : []
      }),
    )
  }

  recall({ spanId, prompt, reply, modelCall }: EarlierCall): void {
    const own = this.tree.get(spanId)
    if (!own) return
    // Several inferences are children of the span of their exchange.
    const above = this.tree.get(own.parentId)
    const span = above && spanId.startsWith(`${above.id}.`) ? above : own
    const blocks = { prompt: this.#blocks(prompt), reply: this.#blocks(reply) }
    const facts = factsOf({
      ...blocks,
      hashes: prompt,
      startedAt: span.startedAt,
      endedAt: span.endedAt,
      group: undefined,
      isChat: own.kind === 'chat' || own.kind === 'other',
      isFailed: span.status !== 'ok',
      callSite: span.callSite,
    })
    const agent = facts.isChat ? this.#agentOf(span, facts) : undefined
    const parentId = span.parentId ?? this.tree.rootId
    const tools = this.#toolsOf(span.id, blocks.reply, { openedAt: facts.endedAt, agent, parentId })
    this.#answer(prompt, facts)
    this.calls.parts.tools.add(tools)
    const { startedAt, endedAt, isFailed } = facts
    const call = {
      spanId,
      prompt,
      reply,
      agent,
      parentId,
      startedAt,
      endedAt,
      isFailed,
      session: span.session,
      tenant: span.tenant,
      tools,
      tokens: undefined,
    }
    // A conversation that the provider holds is its session.
    const responseIds = [modelCall.responseId, span.session].flatMap((id) => id ?? [])
    if (!facts.isChat && !agent) this.#recallQuery(span, own.kind, facts)
    const { attempt, httpStatus } = modelCall
    const asked = askedOf({ ...modelCall, group: agent?.group, prompt })
    const isAnswered = span.status === 'error' || span.status === 'blocked'
    const retryable = isAnswered ? isRetryableStatus(httpStatus) : span.status !== 'ok'
    const stored = { asked, attempt, facts: { startedAt, endedAt, retryable } }
    this.calls.recall({ call, facts, stored, responseIds })
  }

  /** Embeddings that no call has asked for yet. */
  #recallQuery({ id, parentId }: Omit<SpanRecord, 'call'>, kind: SpanRecord['kind'], facts: CallFacts): void {
    const above = this.tree.get(parentId)
    const isCallFor = (span: Omit<SpanRecord, 'call'> | undefined) =>
      span?.kind === 'chat' && span.startedAt >= facts.startedAt
    const isTaken =
      above?.kind === 'step' &&
      this.tree.childrenOf(above.id).some((child) => isCallFor(this.tree.get(child)))
    if (isTaken || !above || !MAY_HOLD_LOOSE.includes(above.kind)) return
    this.calls.parts.queries.wait(id, facts, kind === 'rerank')
  }

  /** Steps go on being numbered, and named ones go on, where they were; whoever served a conversation is known to have. */
  finish(): void {
    for (const agent of this.#agents.values()) {
      const above = this.#agents.get(this.tree.get(agent.id)?.parentId ?? '')
      if (above) serve(above, agent.identity)
    }
    for (const span of this.earlier.spans) {
      const agent = span.kind === 'step' ? this.calls.parts.agents.get(span.parentId ?? '') : undefined
      if (!agent) continue
      const stepId = span.attributes[STEP_ID]
      agent.steps++
      agent.lastStep = {
        id: span.id,
        name: span.name,
        stepId: stepId === undefined ? undefined : String(stepId),
      }
    }
  }

  /** The agent around a call; made when its first call comes by. */
  #agentOf(span: Omit<SpanRecord, 'call'>, facts: CallFacts): Agent | undefined {
    const found = this.tree.nearest(span.id, 'agent')
    if (!found) return undefined
    const { agents, agentSpans, newcomers, tools } = this.calls.parts
    const known = this.#agents.get(found.id) ?? agents.get(found.id)
    if (known) return known
    const identity = this.calls.identities.of(facts.identity)
    agentSpans.names.keep(identity, found.name)
    const group = groupInAttributes(found.attributes)
    const isLoose = found.parentBasis !== 'header' && found.parentId === this.tree.rootId
    const certainty = found.parentBasis === 'header' ? 'said' : isLoose ? 'none' : 'strong'
    const from = this.#agents.get(String(found.attributes[FROM] ?? ''))
    const told = { id: found.id, name: found.name, certainty, identity, facts: { ...facts, group } } as const
    const agent = agentSpans.known({ ...told, ...(from ? { from } : {}) })
    if (isLoose) newcomers.addAgent(agent)
    if (isLoose && tools.openAt(facts.startedAt).length === 0) identity.isEntry = true
    if (found.parentBasis === 'header') agents.addNamed(agent)
    if (found.parentId === this.tree.rootId || !agents.rootOf(group)) agents.makeRoot(agent)
    this.#agents.set(agent.id, agent)
    return agent
  }

  #toolsOf(spanId: string, reply: readonly Block[], call: Parameters<typeof toolsAsked>[2]): AskedTool[] {
    return toolsAsked(spanId, reply, call).map((tool) => {
      const declared = this.#toolSpans.get(`${tool.agent?.id} ${tool.callId}`)
      return declared === undefined || declared === tool.spanId
        ? tool
        : { ...tool, spanId: declared, isDeclared: true }
    })
  }

  #answer(prompt: readonly HashedBlock[], { startedAt }: CallFacts): void {
    const base = this.calls.baseOf(prompt)
    for (const tool of base ? answersIn(base.tools, prompt).keys() : []) {
      tool.state = 'answered'
      tool.answeredAt = Math.max(tool.openedAt, startedAt)
    }
  }

  /** Texts are read only where somebody asks for them. */
  #blocks(blocks: readonly HashedBlock[]): Block[] {
    const { textOf } = this.earlier
    return blocks.map((block) => ({
      ...block,
      get content() {
        return textOf?.(block.hash) ?? ''
      },
    }))
  }
}

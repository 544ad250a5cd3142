// What one call says of the agent that made it: who speaks, about what, from where in the code. Knows no other call.

import type { Block } from '../model/call'
import type { Attribution } from '../model/exchange'
import type { HashedBlock, SpanRecord } from '../model/record'
import type { CallSite, Frame } from '../model/span'
import { endOf, statusOf, type TraceInput } from './exchange-facts'
import type { IdentityFacts } from './identity'
import { Said } from './texts'

export interface CallFacts {
  readonly startedAt: number
  readonly endedAt: number
  readonly group: Group | undefined
  readonly callSite: CallSite | undefined
  readonly stack: readonly Frame[]
  /** Whether a model talks; embeddings and reranking do not. */
  readonly isChat: boolean
  readonly isFailed: boolean
  readonly identity: IdentityFacts
  readonly hasTools: boolean
  /** Whether nothing was said before: no answer of a model and no result of a tool stands in the prompt. */
  readonly isOpening: boolean
  /** How many texts were asked first. */
  readonly asked: number
  /** What was asked first, block by block. */
  readonly questions: Said
  /** The text that was asked last, as it stands. */
  readonly latestText: string
  readonly reply: Said
}

/** Calls that one request of the program, or one trace, holds together. */
export interface Group {
  readonly key: string
  readonly basis: 'hook' | 'otel'
}

const MOST_QUESTIONS = 8

/** A call as it was seen, live or in the store. */
export interface SeenCall extends Pick<CallFacts, 'startedAt' | 'endedAt' | 'group' | 'isChat' | 'isFailed'> {
  readonly prompt: readonly Block[]
  readonly hashes: readonly Pick<HashedBlock, 'hash'>[]
  readonly reply: readonly Block[]
  readonly callSite: CallSite | undefined
}

export function callFactsOf(input: TraceInput): CallFacts {
  const { exchange, reading, callSite } = input
  return factsOf({
    startedAt: exchange.startTime,
    endedAt: endOf(exchange),
    group: groupOf(exchange.attribution),
    isChat: input.inferences.some(({ kind }) => kind === 'chat' || kind === 'other'),
    isFailed: statusOf(exchange, reading) !== 'ok',
    prompt: reading.prompt,
    hashes: input.prompt,
    reply: reading.reply,
    callSite,
  })
}

/** What a call says of its agent, out of what was seen of it. Prompts are long: one pass, and nothing is copied but what is kept. */
export function factsOf({ prompt, hashes, reply, callSite, ...seen }: SeenCall): CallFacts {
  const [keys, system, tools, questions]: [string[], string[], string[], string[]] = [[], [], [], []]
  let [isOpening, asked, latest]: [boolean, number, Block | undefined] = [true, 0, undefined]
  for (let index = 0; index < prompt.length; index++) {
    const block = prompt[index]
    if (block === undefined) continue
    if (block.kind === 'tool_def') tools.push(block.name ?? '')
    else if (block.kind === 'system' && !isFormat(block)) {
      keys.push(hashes[index]?.hash ?? '')
      system.push(block.content)
    } else if (isAnswer(block)) isOpening = false
    else if (isAsked(block)) {
      latest = block
      if (!isOpening) continue
      asked++
      if (questions.length < MOST_QUESTIONS) questions.push(block.content)
    }
  }
  return {
    ...seen,
    callSite,
    stack: callSite?.stack ?? [],
    identity: {
      key: keys.join(),
      system: system.join('\n'),
      tools: tools.sort().join(),
      site: callSite ? `${callSite.file}#${callSite.function ?? ''}` : '',
    },
    hasTools: tools.length > 0,
    isOpening,
    asked,
    questions: new Said(questions),
    latestText: latest?.content ?? '',
    reply: new Said(reply.flatMap(({ kind, content }) => (kind === 'output' ? [content] : []))),
  }
}

/** Bear what holds calls together, so that a run goes on the same after a restart. */
const GROUP_ATTRIBUTES = { hook: 'costflame.context', otel: 'costflame.trace' } as const

/** A group as an agent's span says it. */
export function attributesOfGroup(group: Group | undefined): Record<string, string> {
  return group ? { [GROUP_ATTRIBUTES[group.basis]]: group.key } : {}
}

export function groupInAttributes(attributes: SpanRecord['attributes']): Group | undefined {
  for (const basis of ['hook', 'otel'] as const) {
    const key = attributes[GROUP_ATTRIBUTES[basis]]
    if (typeof key === 'string') return { key, basis }
  }
  return undefined
}

function groupOf({ context, traceId }: Attribution): Group | undefined {
  if (context !== undefined) return { key: context, basis: 'hook' }
  return traceId === undefined ? undefined : { key: traceId, basis: 'otel' }
}

/** A schema for the reply stands among the system blocks; it is no word of who speaks. */
function isFormat({ path }: Pick<Block, 'path'>): boolean {
  return path === 'response_format' || path === 'text.format' || path.startsWith('output_config')
}

function isAnswer({ kind }: Block): boolean {
  return kind === 'assistant' || kind === 'tool_call' || kind === 'tool_result' || kind === 'reasoning'
}

function isAsked({ kind }: Block): boolean {
  return kind === 'user' || kind === 'retrieval'
}

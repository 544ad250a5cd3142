// The requests of an agent's long run, one by one: tools, a long system text, and a conversation that grows by a tool call and its
// result a step, up to 200,000 tokens. The same on every machine.

import type { HttpExchange } from '../../profiler-agent/model/exchange'

/** `cached`: a mark wanders along. `unmarked`: nobody asks for caching. `clock`: the system text begins with the time of day. */
export const SHAPES = ['cached', 'unmarked', 'clock'] as const
export type Shape = (typeof SHAPES)[number]

const PROMPT_TOKENS = 200_000
const CHARACTERS_PER_TOKEN = 4
const TOOLS = 20
const TOOL_CHARACTERS = 800
const SYSTEM_CHARACTERS = 16_000
const START = 1_795_341_600_000
const STEP_MS = 2_000

/** The exchanges of a run with so many steps, in their order. */
export function* longRun(steps: number, shape: Shape): Generator<HttpExchange> {
  const text = textsOf(7)
  const tools = Array.from({ length: TOOLS }, (_, index) => toolOf(index, text(TOOL_CHARACTERS)))
  const rules = text(SYSTEM_CHARACTERS)
  const fixed = TOOLS * TOOL_CHARACTERS + SYSTEM_CHARACTERS
  const perStep = Math.floor((PROMPT_TOKENS * CHARACTERS_PER_TOKEN - fixed) / steps)
  const messages: string[] = []
  let before = 0
  for (let step = 1; step <= steps; step++) {
    const clock = shape === 'clock' ? `It is ${new Date(START + step * STEP_MS).toISOString()}. ` : ''
    const mark = shape === 'cached' ? { cache_control: { type: 'ephemeral' } } : {}
    const result = text(Math.floor(perStep / 2))
    const asked =
      step === 1
        ? { type: 'text', text: result }
        : { type: 'tool_result', tool_use_id: `toolu_${step - 1}`, content: result }
    const reply = [
      { type: 'text', text: text(Math.floor(perStep / 2)) },
      { type: 'tool_use', id: `toolu_${step}`, name: 'tool_3', input: { query: `ferry ${step}` } },
    ]
    const latest = JSON.stringify({ role: 'user', content: [{ ...asked, ...mark }] })
    const system = JSON.stringify([{ type: 'text', text: clock + rules }])
    const body = `{"model":"claude-opus-5","max_tokens":4096,"tools":[${tools}],"system":${system},"messages":[${[...messages, latest]}]}`
    messages.push(
      JSON.stringify({ role: 'user', content: [asked] }),
      JSON.stringify({ role: 'assistant', content: reply }),
    )
    const tokens = Math.round(body.length / CHARACTERS_PER_TOKEN)
    const read = shape === 'cached' ? before : 0
    const written = shape === 'cached' ? tokens - before : 0
    yield exchangeOf(step, body, reply, {
      input_tokens: tokens - read - written,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: written,
      output_tokens: 60,
    })
    before = tokens
  }
}

function toolOf(index: number, description: string): string {
  return JSON.stringify({
    name: `tool_${index}`,
    description,
    input_schema: { type: 'object', properties: { query: { type: 'string' } } },
  })
}

function exchangeOf(step: number, body: string, content: readonly object[], usage: object): HttpExchange {
  const reply = { id: `msg_${step}`, type: 'message', role: 'assistant', model: 'claude-opus-5', content }
  return {
    id: `00000000-0000-4000-8000-${String(step).padStart(12, '0')}`,
    runId: 'bench',
    provider: 'anthropic',
    method: 'POST',
    url: 'https://api.anthropic.com/v1/messages',
    requestHeaders: { 'content-type': 'application/json' },
    requestBody: new TextEncoder().encode(body),
    status: 200,
    responseHeaders: { 'content-type': 'application/json' },
    responseBody: new TextEncoder().encode(JSON.stringify({ ...reply, stop_reason: 'tool_use', usage })),
    startTime: START + step * STEP_MS,
    durationMs: STEP_MS / 2,
    end: 'complete',
    copyTruncated: false,
    attribution: { agent: 'bench' },
  }
}

/** Syllables, so that the texts are neither all alike nor noise. */
const WORDS = ['ba', 'ke', 'li', 'mo', 'nu', 'ra', 'se', 'ti'].flatMap((first) =>
  ['den', 'fer', 'gal', 'hom', 'kin', 'lor', 'mun', 'pes'].map((second) => first + second),
)

function textsOf(seed: number): (characters: number) => string {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return (characters) => {
    let text = ''
    while (text.length < characters) text += `${WORDS[Math.floor(next() * WORDS.length)]} `
    return text.slice(0, characters)
  }
}

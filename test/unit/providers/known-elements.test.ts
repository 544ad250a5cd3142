// Conversations of every format that grow and change from call to call: what is known of earlier calls changes no reading.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ExchangeReading } from '../../../profiler-agent/model/call'
import { readExchange } from '../../../profiler-agent/providers'
import { JsonMemory } from '../../../profiler-agent/wire/json-memory'
import { exchangeOf, MESSAGES, type Parts, RESPONSES } from './exchange'

/** One turn of an agent, whatever its notation. */
interface Turn {
  readonly text: string
  readonly tool: string
  readonly callId: string
  readonly isMarked: boolean
}

const turn: fc.Arbitrary<Turn> = fc.record({
  text: fc.constantFrom('The tide turns at noon.', 'Two ferries a day.', 'é \u{1F6A2} "quoted"'),
  tool: fc.constantFrom('timetable', 'weather'),
  callId: fc.constantFrom('call_1', 'call_2', 'call_3'),
  isMarked: fc.boolean(),
})

const CACHED = { cache_control: { type: 'ephemeral' } }
const PADDING = 'Buoys are laid out in spring. '.repeat(80)

const mark = ({ isMarked }: Turn) => (isMarked ? CACHED : {})

type Notation = (turns: readonly Turn[], system: string) => Parts

const NOTATIONS: Readonly<Record<string, Notation>> = {
  chat: (turns, system) => ({
    request: {
      model: 'gpt-5',
      prompt_cache_options: { ttl: turns.length % 5 === 0 ? '1h' : '30m' },
      tools: [{ type: 'function', function: { name: 'timetable', description: PADDING } }],
      messages: [{ role: 'system', content: system }, ...turns.flatMap(chatTurn)],
    },
  }),
  messages: (turns, system) => ({
    provider: 'anthropic',
    url: MESSAGES,
    request: {
      model: 'claude-sonnet-5',
      system: [{ type: 'text', text: system, ...CACHED }],
      messages: turns.flatMap(anthropicTurn),
    },
  }),
  responses: (turns, system) => ({
    url: RESPONSES,
    request: { model: 'gpt-5', instructions: system, input: turns.flatMap(responsesTurn) },
  }),
  gemini: (turns, system) => ({
    provider: 'google',
    url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro:generateContent',
    request: { systemInstruction: { parts: [{ text: system }] }, contents: turns.flatMap(geminiTurn) },
  }),
  converse: (turns, system) => ({
    provider: 'bedrock',
    url: 'https://bedrock-runtime.eu-central-1.amazonaws.com/model/amazon.nova-pro-v1:0/converse',
    request: { system: [{ text: system }], messages: turns.flatMap(converseTurn) },
  }),
  ollama: (turns, system) => ({
    provider: 'ollama',
    url: 'http://localhost:11434/api/chat',
    request: { model: 'llama', messages: [{ role: 'system', content: system }, ...turns.flatMap(chatTurn)] },
  }),
}

function chatTurn(turn: Turn): object[] {
  const { text, tool, callId } = turn
  return [
    {
      role: 'assistant',
      content: '',
      tool_calls: [{ id: callId, function: { name: tool, arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: callId, content: [{ type: 'text', text, ...mark(turn) }] },
    { role: 'tool', tool_call_id: 'call_2', content: text },
  ]
}

function anthropicTurn(turn: Turn): object[] {
  const { text, tool, callId } = turn
  return [
    {
      role: 'assistant',
      content: [
        { type: 'tool_use', id: callId, name: tool, input: {} },
        { type: 'mcp_tool_use', id: 'call_2', name: tool, input: {} },
        { type: 'mcp_tool_result', tool_use_id: 'call_2', content: text },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: callId, content: text, ...mark(turn) }] },
    { role: 'user', content: text },
  ]
}

function responsesTurn({ text, tool, callId }: Turn): object[] {
  return [
    { type: 'function_call', call_id: callId, name: tool, arguments: '{}' },
    { type: 'function_call_output', call_id: callId, output: text },
    { type: 'function_call_output', call_id: 'call_2', output: text },
    { role: 'user', content: [{ type: 'input_text', text }] },
  ]
}

function geminiTurn({ text, tool }: Turn): object[] {
  return [
    { role: 'model', parts: [{ functionCall: { name: tool, args: {} } }] },
    { role: 'user', parts: [{ functionResponse: { name: tool, response: { text } } }, { text }] },
  ]
}

function converseTurn({ text, tool, callId, isMarked }: Turn): object[] {
  return [
    { role: 'assistant', content: [{ toolUse: { toolUseId: callId, name: tool, input: {} } }] },
    {
      role: 'user',
      content: [
        { toolResult: { toolUseId: callId, content: [{ text }] } },
        { toolResult: { toolUseId: 'call_2', content: [{ text }, { image: { format: 'png' } }] } },
        ...(isMarked ? [{ cachePoint: { type: 'default' } }] : []),
      ],
    },
  ]
}

/** What happens to a conversation between two calls. */
const change: fc.Arbitrary<(turns: readonly Turn[]) => readonly Turn[]> = fc.oneof(
  turn.map((added) => (turns: readonly Turn[]) => [...turns, added]),
  turn.map((added) => (turns: readonly Turn[]) => [...turns, added]),
  fc.tuple(fc.nat(3), turn).map(([place, other]) => (turns: readonly Turn[]) => {
    return turns.map((each, index) => (index === place ? other : each))
  }),
  fc.constant((turns: readonly Turn[]) => turns.slice(1)),
  fc.constant((turns: readonly Turn[]) => turns.toReversed()),
)

describe('providers/known-elements', () => {
  for (const [name, notation] of Object.entries(NOTATIONS))
    it(`reads ${name} as if every call were the first`, () => {
      fc.assert(
        fc.property(fc.array(fc.tuple(change, fc.boolean()), { minLength: 3, maxLength: 12 }), (changes) => {
          const bodies = new JsonMemory()
          let turns: readonly Turn[] = []
          const exchanges = changes.map(([next, isSystemChanged]) => {
            turns = next(turns)
            return exchangeOf(notation(turns, isSystemChanged ? `${PADDING}!` : PADDING))
          })
          const readings = exchanges.map((exchange) => readExchange(exchange, bodies))
          // One by one they would come between the requests that are remembered.
          assert.deepEqual(
            readings,
            exchanges.map((exchange) => readExchange(exchange)),
          )
        }),
      )
    })

  it('gives the very same blocks for what is repeated', () => {
    const bodies = new JsonMemory()
    const turns = [
      { text: 'Two ferries a day.', tool: 'timetable', callId: 'call_1', isMarked: false },
      { text: 'The tide turns at noon.', tool: 'weather', callId: 'call_2', isMarked: false },
    ]
    for (const [name, notation] of Object.entries(NOTATIONS)) {
      const read = (count: number) =>
        readExchange(exchangeOf(notation(turns.slice(0, count), PADDING)), bodies).prompt
      const [first, second] = [read(1), read(2)]
      const repeated = first.filter(
        ({ path }) => /^(messages|input|contents)\[/.test(path) && path !== 'messages[0]',
      )
      const isSame = (block: ExchangeReading['prompt'][number]) => second.includes(block)
      assert.ok(repeated.length >= 2, name)
      assert.deepEqual(
        repeated.map(isSame),
        repeated.map(() => true),
        name,
      )
    }
  })
})

// Requests of Gemini as blocks: either notation, loose shapes, every kind of part.
import assert from 'node:assert/strict'
import { readGoogle } from './gemini-exchange'

const blocksOf = (request: unknown) =>
  readGoogle({ request, response: {} }).prompt.map(({ path, kind, name, content }) => [
    path,
    kind,
    name,
    content,
  ])

describe('providers/gemini-prompt', () => {
  it('gives tools, system, schema and contents in the order in which they are rendered', () => {
    assert.deepEqual(
      blocksOf({
        contents: [{ role: 'user', parts: [{ text: 'go' }] }],
        generation_config: { response_json_schema: { type: 'object' } },
        system_instruction: { parts: { text: 'be kind' } },
        tools: [{ function_declarations: [{ name: 'f' }] }, { google_search: {} }],
      }),
      [
        ['tools[0].function_declarations[0]', 'tool_def', 'f', '{"name":"f"}'],
        ['tools[1].google_search', 'tool_def', 'google_search', '{"google_search":{}}'],
        ['system_instruction.parts[0]', 'system', undefined, 'be kind'],
        ['generation_config.response_json_schema', 'system', undefined, '{"type":"object"}'],
        ['contents[0].parts[0]', 'user', undefined, 'go'],
      ],
    )
  })

  it('knows who says what in a conversation', () => {
    const parts = (role: string, ...given: object[]) => ({ role, parts: given })
    assert.deepEqual(
      blocksOf({
        contents: [
          parts('model', { text: 'hm', thought: true }, { text: 'sure', thoughtSignature: 'c2ln' }),
          parts('model', { functionCall: { id: '1', name: 'f', args: {} } }),
          parts('function', { function_response: { id: '1', name: 'f', response: {} } }),
          parts('model', { toolCall: { id: '2', toolType: 'GOOGLE_SEARCH_WEB' } }),
          parts('user', { fileData: { fileUri: 'gs://b/x.pdf' } }, { unheardOf: 1 }),
        ],
      }).map(([path, kind, name]) => [path, kind, name]),
      [
        ['contents[0].parts[0]', 'reasoning', undefined],
        ['contents[0].parts[1]', 'assistant', undefined],
        ['contents[1].parts[0]', 'tool_call', 'f'],
        ['contents[2].parts[0]', 'tool_result', 'f'],
        ['contents[3].parts[0]', 'tool_call', 'google_search_web'],
        ['contents[4].parts[0]', 'media', undefined],
        ['contents[4].parts[1]', 'user', undefined],
      ],
    )
  })

  it('takes bare text, one content and one part for what they are', () => {
    assert.deepEqual(blocksOf({ contents: 'hello', systemInstruction: 'be kind' }), [
      ['systemInstruction', 'system', undefined, 'be kind'],
      ['contents[0]', 'user', undefined, 'hello'],
    ])
    assert.deepEqual(blocksOf({ contents: { parts: { text: 'hello' } } }), [
      ['contents[0].parts[0]', 'user', undefined, 'hello'],
    ])
    assert.deepEqual(blocksOf({ contents: [null, 7, { role: 'user' }], tools: 'x' }).length, 1)
  })
})

// Prompts in the schema of Converse as blocks: render order, cache points, tools and their results, media, guarded text.

import assert from 'node:assert/strict'
import type { Block } from '../../../profiler-agent/model/call'
import { readBedrock } from './bedrock-exchange'

function promptOf(request: object): readonly Block[] {
  const reading = readBedrock({ operation: 'converse', request })
  assert.equal(reading.wireFormat, 'bedrock-converse')
  return reading.prompt
}

const POINT = { cachePoint: { type: 'default' } }
const HOUR = { cachePoint: { type: 'default', ttl: '1h' } }

describe('Bedrock prompt', () => {
  it('puts tools first, then the form of the answer, system and messages', () => {
    const prompt = promptOf({
      messages: [
        { role: 'user', content: [{ text: 'Hello' }] },
        { role: 'assistant', content: [{ text: 'Hello, who are you?' }] },
      ],
      system: [{ text: 'Be brief.' }],
      outputConfig: { textFormat: { type: 'json_schema' } },
      toolConfig: {
        tools: [
          { toolSpec: { name: 'find', description: 'Finds', inputSchema: { json: {} } } },
          { systemTool: { name: 'nova_grounding' } },
        ],
      },
      additionalModelRequestFields: { tools: [{ type: 'computer', name: 'computer' }], top_k: 5 },
    })
    assert.deepEqual(prompt, [
      {
        path: 'toolConfig.tools[0]',
        kind: 'tool_def',
        name: 'find',
        content: '{"toolSpec":{"name":"find","description":"Finds","inputSchema":{"json":{}}}}',
      },
      {
        path: 'toolConfig.tools[1]',
        kind: 'tool_def',
        name: 'nova_grounding',
        content: '{"systemTool":{"name":"nova_grounding"}}',
      },
      {
        path: 'additionalModelRequestFields.tools[0]',
        kind: 'tool_def',
        name: 'computer',
        content: '{"type":"computer","name":"computer"}',
      },
      { path: 'outputConfig.textFormat', kind: 'system', content: '{"type":"json_schema"}' },
      { path: 'system[0]', kind: 'system', content: 'Be brief.' },
      { path: 'messages[0].content[0]', kind: 'user', content: 'Hello' },
      { path: 'messages[1].content[0]', kind: 'assistant', content: 'Hello, who are you?' },
    ])
  })

  it('marks the block before a cache point, in tools, system and messages', () => {
    const prompt = promptOf({
      toolConfig: { tools: [{ toolSpec: { name: 'find' } }, HOUR] },
      system: [{ text: 'Be brief.' }, POINT],
      messages: [{ role: 'user', content: [{ text: 'A' }, POINT, { text: 'B' }] }],
    })
    assert.deepEqual(
      prompt.map(({ path, mark }) => [path, mark]),
      [
        ['toolConfig.tools[0]', '1h'],
        ['system[0]', '5m'],
        ['messages[0].content[0]', '5m'],
        ['messages[0].content[2]', undefined],
      ],
    )
  })

  it('marks nothing where a cache point stands before everything', () => {
    assert.deepEqual(promptOf({ system: [POINT], messages: [] }), [])
  })

  it('marks a block that carries the cache point itself, and leaves it out of the content', () => {
    const [block] = promptOf({ system: [{ text: 'Be brief.', ...POINT }], messages: [] })
    assert.deepEqual(block, { path: 'system[0]', kind: 'system', content: 'Be brief.', mark: '5m' })
  })

  it('ties results to their calls; one text is the text, media are blocks of their own', () => {
    const image = { image: { format: 'png', source: { bytes: 'aGk=' } } }
    const document = { document: { format: 'txt', name: 'notes', source: { bytes: 'aGk=' } } }
    const prompt = promptOf({
      messages: [
        { role: 'assistant', content: [{ toolUse: { toolUseId: 't1', name: 'find', input: { q: 1 } } }] },
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId: 't1', content: [{ text: 'found' }], status: 'success' } },
            { toolResult: { toolUseId: 't1', content: [{ text: 'one' }, image, document] } },
            { toolResult: { toolUseId: 't9', content: [{ json: { n: 1 } }] } },
            { toolResult: { toolUseId: 't1', content: [{ text: 'no' }], status: 'error' } },
            POINT,
          ],
        },
      ],
    })
    const at = (path: string) => `messages[1].content[${path}`
    assert.deepEqual(prompt, [
      {
        path: 'messages[0].content[0]',
        kind: 'tool_call',
        name: 'find',
        toolCallId: 't1',
        content: '{"toolUseId":"t1","name":"find","input":{"q":1}}',
      },
      { path: at('0]'), kind: 'tool_result', name: 'find', toolCallId: 't1', content: 'found' },
      {
        path: at('1].toolResult.content[0]'),
        kind: 'tool_result',
        name: 'find',
        toolCallId: 't1',
        content: 'one',
      },
      {
        path: at('1].toolResult.content[1]'),
        kind: 'media',
        name: 'find',
        toolCallId: 't1',
        content: '{"image":{"format":"png","source":{"bytes":"aGk="}}}',
      },
      {
        path: at('1].toolResult.content[2]'),
        kind: 'retrieval',
        name: 'find',
        toolCallId: 't1',
        content: '{"document":{"format":"txt","name":"notes","source":{"bytes":"aGk="}}}',
      },
      {
        path: at('2]'),
        kind: 'tool_result',
        toolCallId: 't9',
        content: '{"toolUseId":"t9","content":[{"json":{"n":1}}]}',
      },
      {
        path: at('3]'),
        kind: 'tool_result',
        name: 'find',
        toolCallId: 't1',
        content: '{"toolUseId":"t1","content":[{"text":"no"}],"status":"error"}',
        mark: '5m',
      },
    ])
  })

  it('knows every kind of content', () => {
    const content = [
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 's' } } },
      { reasoningContent: { redactedContent: 'eHg=' } },
      { video: { format: 'mp4', source: { s3Location: { uri: 's3://b/v' } } } },
      { audio: { format: 'mp3', source: { bytes: 'aGk=' } } },
      { searchResult: { source: 'web', title: 'T', content: [{ text: 'x' }] } },
      { guardContent: { text: { text: 'Guarded.', qualifiers: ['guard_content'] } } },
      { guardContent: { text: { text: 'Source.', qualifiers: ['grounding_source'] } } },
      { guardContent: { image: { format: 'png' } } },
      { citationsContent: { content: [{ text: 'Cited.' }], citations: [] } },
    ]
    const prompt = promptOf({ messages: [{ role: 'user', content }] })
    assert.deepEqual(
      prompt.map(({ kind, content: text }) => [kind, text]),
      [
        ['reasoning', 'Hm.'],
        ['reasoning', '{"redactedContent":"eHg="}'],
        ['media', '{"video":{"format":"mp4","source":{"s3Location":{"uri":"s3://b/v"}}}}'],
        ['media', '{"audio":{"format":"mp3","source":{"bytes":"aGk="}}}'],
        ['retrieval', '{"searchResult":{"source":"web","title":"T","content":[{"text":"x"}]}}'],
        ['user', 'Guarded.'],
        ['retrieval', 'Source.'],
        ['media', '{"image":{"format":"png"}}'],
        ['user', '{"citationsContent":{"content":[{"text":"Cited."}],"citations":[]}}'],
      ],
    )
  })

  it('takes anything in place of what it expects', () => {
    for (const odd of [null, 7, 'text', [], [null, 3, 'x', []], { length: 2 }]) {
      promptOf({ system: odd, messages: odd, toolConfig: odd, outputConfig: odd })
      promptOf({ messages: [{ role: odd, content: odd }], toolConfig: { tools: odd } })
      promptOf({ messages: [{ content: [{ toolUse: odd }, { toolResult: odd }, { guardContent: odd }] }] })
      promptOf({ messages: [{ content: [{ toolResult: { toolUseId: odd, content: odd } }] }] })
    }
  })
})

// Where only hashes are kept, nothing that is written holds a text of a prompt, a reply, an error or an argument.

import assert from 'node:assert/strict'
import type { SpanRecord } from '../../../profiler-agent/model/record'
import { hashesOnly, withoutArguments } from '../../../profiler-agent/store/hashes-only'
import { readCharacters, readContent } from '../../../profiler-agent/store/reader'
import { openStore } from '../../../profiler-agent/store/store'
import { modelCallOf } from '../../support/spans'
import { temporaryFolder } from '../../support/test-folders'

describe('store/hashes-only', () => {
  const { segments: _, ...modelCall } = modelCallOf({})
  const failed = (code: string): SpanRecord => ({
    ...{
      id: 'c',
      runId: 'r',
      parentBasis: 'none',
      kind: 'chat',
      name: 'chat',
      status: 'error',
      attributes: {},
    },
    ...{ startedAt: 1, endedAt: 2 },
    call: {
      modelCall: { ...modelCall, error: { status: 400, code, message: 'not allowed: my secret plan' } },
      prompt: [],
      reply: [],
    },
  })
  const errorOf = (code: string) =>
    hashesOnly({ spans: [failed(code)], contents: [] }).spans[0]?.call?.modelCall.error

  it('keeps the hash and the length of a content', () => {
    const { contents } = hashesOnly({ spans: [], contents: [{ hash: 'h', text: 'secret' }] })
    assert.deepEqual(contents, [{ hash: 'h', text: null, characters: 6 }])
    assert.deepEqual(hashesOnly({ spans: [], contents }).contents, contents)
  })

  it('keeps the status and the code of an error', () => {
    const message = 'text not kept (content: hashes)'
    assert.deepEqual(errorOf('bad_request'), { status: 400, code: 'bad_request', message })
    assert.deepEqual(errorOf('bad request: my secret plan'), { status: 400, message })
  })

  it('keeps the program and the script of a command', () => {
    const commandOf = (command: string) =>
      withoutArguments({ id: 'r', name: command, command, startedAt: 1, tags: {}, defaults: {} }).command
    assert.equal(commandOf('node agent.mjs --ask secret'), 'node agent.mjs …')
    assert.equal(commandOf('node src/agent.mjs'), 'node src/agent.mjs')
    assert.equal(commandOf('claude -p secret'), 'claude …')
    assert.equal(commandOf("claude 'secret plan'"), 'claude …')
    assert.equal(commandOf('agent'), 'agent')
  })

  it('lets a run that may keep the text bring it in', () => {
    const folder = temporaryFolder('hashes-only')
    const store = openStore(folder.path)
    store.addRun({ id: 'r', name: 'r', startedAt: 1, tags: {}, defaults: {} })
    const batch = { spans: [], contents: [{ hash: 'h', text: 'secret' }] }
    store.write('r', hashesOnly(batch), 2)
    assert.deepEqual([readContent(store, 'h'), readCharacters(store, 'h')], [undefined, 6])
    store.write('r', batch, 2)
    assert.equal(readContent(store, 'h'), 'secret')
    store.write('r', hashesOnly(batch), 2)
    assert.equal(readContent(store, 'h'), 'secret')
    store.close()
    folder.remove()
  })
})

// What is about to be stored holds no credential, however the wire had it cut.

import assert from 'node:assert/strict'
import { SecretMemory } from '../../../../profiler-agent/capture/redact'
import { maskedRun, maskedTexts } from '../../../../profiler-agent/capture/redact-record'
import type { SpanRecord } from '../../../../profiler-agent/model/record'
import { modelCallOf } from '../../../support/spans'

const REDACTED = '‹redacted›'
const KEY = 'key-0123456789'

describe('redact-record', () => {
  const { segments: _, ...modelCall } = modelCallOf({})
  const span: SpanRecord = {
    ...{ id: 'c', runId: 'r', parentBasis: 'none', kind: 'chat', name: `chat ${KEY}`, status: 'error' },
    ...{ startedAt: 1, endedAt: 2, attributes: { 'url.full': `https://h/${KEY}`, streamed: true } },
    call: {
      modelCall: { ...modelCall, error: { status: 401, message: `wrong: ${KEY}` } },
      prompt: [{ path: 'messages[0]', kind: 'user', hash: 'h' }],
      reply: [],
    },
  }

  it('masks contents, names, attributes and errors', () => {
    const secrets = new SecretMemory()
    secrets.remember([KEY])
    const masked = maskedTexts(
      { spans: [span], contents: [{ hash: 'h', text: `the key is ${KEY}` }] },
      secrets,
    )
    assert.deepEqual(masked.contents, [{ hash: 'h', text: `the key is ${REDACTED}` }])
    assert.equal(JSON.stringify(masked).includes(KEY), false)
    assert.equal(masked.spans[0]?.call?.modelCall.error?.message, `wrong: ${REDACTED}`)
    assert.deepEqual(masked.spans[0]?.call?.prompt, span.call?.prompt)
    assert.equal(masked.spans[0]?.attributes.streamed, true)
  })

  it('masks what a tool definition names as a credential, there and wherever else it stands', () => {
    const secrets = new SecretMemory()
    const contents = [
      { hash: 'a', text: `use ${KEY}` },
      { hash: 'b', text: `{"type":"mcp","authorization":"${KEY}"}` },
    ]
    assert.deepEqual(maskedTexts({ spans: [], contents }, secrets).contents, [
      { hash: 'a', text: `use ${REDACTED}` },
      { hash: 'b', text: `{"type":"mcp","authorization":"${REDACTED}"}` },
    ])
  })

  it('masks names of tags', () => {
    const secrets = new SecretMemory()
    secrets.remember([KEY])
    const tagged = { ...span, tags: { [KEY]: 'x', team: 'core' } }
    assert.deepEqual(maskedTexts({ spans: [tagged], contents: [] }, secrets).spans[0]?.tags, {
      [REDACTED]: 'x',
      team: 'core',
    })
  })

  it('masks in a run what is only shaped like a key, but never its id', () => {
    const id = 'sk-abcdefghijklmnopqrst'
    const run = {
      ...{ id, name: id, command: 'node a.mjs --api-key abc', startedAt: 1 },
      ...{ tags: { note: id }, defaults: { tenant: `Bearer ${id}` } },
    }
    assert.deepEqual(maskedRun(run, new SecretMemory()), {
      ...{ id, name: REDACTED, command: `node a.mjs --api-key ${REDACTED}`, startedAt: 1 },
      ...{ tags: { note: REDACTED }, defaults: { tenant: `Bearer ${REDACTED}` } },
    })
  })

  it('leaves a command that was masked before as it was quoted', () => {
    const command = `node a.mjs --api-key '${REDACTED}' -u 'me:${REDACTED}'`
    const run = { id: 'r', name: 'node', command, startedAt: 1, tags: {}, defaults: {} }
    assert.equal(maskedRun(run, new SecretMemory()).command, command)
  })

  it('masks the command and the tags of a run', () => {
    const secrets = new SecretMemory()
    const run = {
      id: 'r',
      name: 'node a.mjs',
      command: `node a.mjs ${KEY}`,
      startedAt: 1,
      tags: { note: KEY },
      defaults: { agent: KEY },
    }
    assert.deepEqual(maskedRun(run, secrets), run)
    secrets.remember([KEY])
    assert.deepEqual(maskedRun(run, secrets), {
      ...run,
      ...{ command: `node a.mjs ${REDACTED}`, tags: { note: REDACTED }, defaults: { agent: REDACTED } },
    })
  })
})

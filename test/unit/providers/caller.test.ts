// What request bodies say of who calls, in the fields that providers have for it.

import assert from 'node:assert/strict'
import { callerIn } from '../../../profiler-agent/providers/caller'

const SESSION = '5b1f7a3e-0d7c-4f0e-9a59-27a6c1f6a001'

describe('providers/caller', () => {
  for (const [what, request, caller] of [
    [
      "Claude Code's packed user",
      { metadata: { user_id: `user_ab12_account__session_${SESSION}` } },
      { session: SESSION },
    ],
    [
      'the account in it',
      { metadata: { user_id: `user_ab12_account_acc-9_session_${SESSION}` } },
      { session: SESSION, tags: { user: 'acc-9' } },
    ],
    [
      'the same as JSON',
      { metadata: { user_id: JSON.stringify({ device_id: 'd', account_uuid: '', session_id: SESSION }) } },
      { session: SESSION },
    ],
    ['any other user of Anthropic', { metadata: { user_id: 'u-1' } }, { tags: { user: 'u-1' } }],
    [
      'JSON that is no session',
      { metadata: { user_id: '{"user": "kim"}' } },
      { tags: { user: '{"user": "kim"}' } },
    ],
    ["OpenAI's user", { user: 'u-2' }, { tags: { user: 'u-2' } }],
    ['the safety identifier before it', { user: 'u-2', safety_identifier: 'h-3' }, { tags: { user: 'h-3' } }],
    [
      "OpenAI's metadata",
      { metadata: { customer_id: 'acme', session_id: 's-1', feature: 'chat' } },
      { tenant: 'acme', session: 's-1', tags: { customer_id: 'acme', session_id: 's-1', feature: 'chat' } },
    ],
    ['a conversation that the server holds', { conversation: { id: 'conv_1' } }, { session: 'conv_1' }],
    ['the same by its id', { conversation: 'conv_2' }, { session: 'conv_2' }],
    ["OpenRouter's session", { session_id: 's-2', user: 'u' }, { session: 's-2', tags: { user: 'u' } }],
    ["Google's labels", { labels: { team: 'search' } }, { tags: { team: 'search' } }],
    [
      "Bedrock's metadata",
      { requestMetadata: { agent: 'desk' } },
      { agent: 'desk', tags: { agent: 'desk' } },
    ],
    [
      "Codex's session",
      { client_metadata: { session_id: 's-3', 'x-codex-installation-id': 'i' } },
      { session: 's-3', tags: { session_id: 's-3', 'x-codex-installation-id': 'i' } },
    ],
    [
      'values that are no text',
      { metadata: { a: null, b: [], c: true, d: '' }, user: 7, labels: ['x'] },
      {
        tags: { c: 'true' },
        ignored: ['metadata: 1 unusable'],
      },
    ],
  ] as const)
    it(`reads ${what}`, () => {
      assert.deepEqual(callerIn(request), { caller })
    })

  it('says nothing of a body that says nothing', () => {
    assert.deepEqual(callerIn({ model: 'm', messages: [], prompt_cache_key: 'k' }), {})
  })
})

// What requests bring along, held against limits by a real profiler: in every wire format, and refused in the provider's own words.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Rig, useRig } from '../support/profiler-rig'
import { temporaryFolder } from '../support/test-folders'
import { DOCUMENTS, type ToolRequest, TWO_TOOLS, withAnswer } from '../support/tool-requests'

const PROVIDERS = ['openai', 'anthropic', 'google', 'bedrock', 'cohere', 'mistral', 'ollama']

describe('limits on what requests bring', () => {
  const startRig = useRig()
  const folder = temporaryFolder('content-rules')
  const budgetFile = join(folder.path, 'budgets.jsonc')
  let arrived = 0
  const upstream = createServer((req, res) => {
    arrived++
    req.resume()
    res.end('{}')
  })
  let upstreams: Record<string, string>

  before(async () => {
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
    upstreams = Object.fromEntries(PROVIDERS.map((provider) => [provider, url]))
  })
  beforeEach(() => {
    arrived = 0
  })
  after(() => {
    upstream.closeAllConnections()
    upstream.close()
    folder.remove()
  })

  /** A profiler with these limits for the agent `helper`, before an upstream that answers everything with an empty object. */
  function start(limits: object): Promise<Rig> {
    const helper = { limits, onExceed: 'block' }
    writeFileSync(budgetFile, JSON.stringify({ version: 1, agents: { helper } }))
    return startRig((_, res) => res.end(), { budgetFile, root: folder.path, upstreams })
  }

  let count = 0
  async function send(rig: Rig, { provider = 'openai', path = '/v1/chat/completions', body }: ToolRequest) {
    const response = await fetch(`${rig.base}/${provider}${path}`, {
      method: 'POST',
      // Each is an invocation of its own.
      headers: { 'content-type': 'application/json', 'x-costflame-agent': `helper;i${++count}` },
      body: JSON.stringify({ model: 'm', ...body }),
    })
    return { status: response.status, text: await response.text() }
  }

  it('end loops in every format', async () => {
    const rig = await start({ toolCalls: 1 })
    for (const [format, request] of Object.entries(TWO_TOOLS)) {
      const refused = await send(rig, request)
      assert.equal(refused.status, 402, format)
      assert.match(refused.text, /may use 1 tool calls.*brings the result of number 2/, format)
      const answered = await send(rig, { ...request, body: withAnswer(request.body) })
      assert.equal(answered.status, 200, format)
    }
    assert.equal(arrived, Object.keys(TWO_TOOLS).length)
  })

  it('let pass what is within them, in every format', async () => {
    const rig = await start({ toolCalls: 2, toolResultTokens: 200 })
    for (const [format, request] of Object.entries(TWO_TOOLS))
      assert.equal((await send(rig, request)).status, 200, format)
  })

  it('refuse documents in every format', async () => {
    const rig = await start({ retrievalTokens: 2 })
    for (const [format, request] of Object.entries(DOCUMENTS)) {
      const refused = await send(rig, request)
      assert.equal(refused.status, 402, format)
      assert.match(refused.text, /may take in 2 retrievalTokens/, format)
    }
    assert.equal(arrived, 0)
  })
})

// Bedrock with a bearer key through the proxy: an unchanged program on the real AWS SDK, which speaks HTTP/2 to the address it is given.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { profiledEnvironment } from '../../profiler-agent/capture/hooks/environment'
import { REDACTED } from '../../profiler-agent/capture/redact'
import { KEY, type Script, TOKEN, text, useHarness } from '../support/proxy-harness'
import { inRepository } from '../support/repository'
import { eventFrame } from '../unit/wire/event-stream-frames'

const PROGRAM = `
  import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
  const client = new BedrockRuntimeClient()
  const ask = (text) => ({ modelId: 'eu.example.model-v1:0', messages: [{ role: 'user', content: [{ text }] }] })
  const whole = await client.send(new ConverseCommand(ask('hi')))
  console.log(whole.output.message.content[0].text, whole.usage.totalTokens)
  const { stream } = await client.send(new ConverseStreamCommand(ask('go on')))
  for await (const event of stream) console.log(JSON.stringify(event))
  await client.send(new ConverseCommand(ask('fail'))).catch((error) => console.log(error.name))
  client.destroy()`

const USAGE = { inputTokens: 11, outputTokens: 4, totalTokens: 15 }

const STREAM = [
  eventFrame('messageStart', { role: 'assistant' }),
  eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'on' }, p: 'abc' }),
  eventFrame('messageStop', { stopReason: 'end_turn' }),
  eventFrame('metadata', { usage: USAGE, metrics: { latencyMs: 5 } }),
]

const model: Script = (req, res, body) => {
  if (body.includes('"fail"')) {
    res.writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException', 'content-type': 'application/json' })
    res.end('{"message":"no"}')
    return
  }
  const isStream = req.url?.endsWith('/converse-stream')
  res.writeHead(200, { 'content-type': isStream ? 'application/vnd.amazon.eventstream' : 'application/json' })
  if (isStream) for (const frame of STREAM) res.write(frame)
  else
    res.write(
      JSON.stringify({
        output: { message: { role: 'assistant', content: [{ text: 'hello' }] } },
        ...{ stopReason: 'end_turn', usage: USAGE, metrics: { latencyMs: 5 } },
      }),
    )
  res.end()
}

describe('proxy for Bedrock', () => {
  const start = useHarness()

  it('carries Converse and ConverseStream of the AWS SDK, key and all, and records them', async () => {
    const upstreams: Record<string, string> = {}
    const proxy = await start(model, { upstreams })
    const own = { AWS_BEARER_TOKEN_BEDROCK: KEY, AWS_REGION: 'eu-west-1' }
    const place = { proxy: proxy.base, token: TOKEN, runId: 'run-aws', hookFile: undefined }
    const { variables, upstreams: found } = profiledEnvironment({ environment: own, ...place })
    assert.deepEqual(found, { bedrock: 'https://bedrock-runtime.eu-west-1.amazonaws.com' })
    upstreams.bedrock = proxy.upstream
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM], {
      cwd: inRepository('test', 'agents'),
      env: { PATH: process.env.PATH, HOME: '/nonexistent', ...own, ...variables },
    })
    const said = stdout.trimEnd().split('\n')
    assert.equal(said[0], 'hello 15')
    assert.deepEqual(
      said.slice(1, -1).map((line) => Object.keys(JSON.parse(line))[0]),
      ['messageStart', 'contentBlockDelta', 'messageStop', 'metadata'],
    )
    assert.equal(said.at(-1), 'AccessDeniedException')
    assert.deepEqual(
      proxy.received.map(({ method, url, rawHeaders }) => ({
        method,
        url,
        key: rawHeaders[rawHeaders.indexOf('authorization') + 1],
      })),
      ['converse', 'converse-stream', 'converse'].map((operation) => ({
        method: 'POST',
        url: `/model/eu.example.model-v1%3A0/${operation}`,
        key: `Bearer ${KEY}`,
      })),
    )
    const exchanges = await proxy.settled()
    assert.deepEqual(
      exchanges.map(({ provider, runId, status, end }) => [provider, runId, status, end]),
      [200, 200, 403].map((status) => ['bedrock', 'run-aws', status, 'complete']),
    )
    assert.deepEqual(Buffer.from(exchanges[1]?.responseBody ?? []), Buffer.concat(STREAM))
    assert.equal(exchanges[0]?.requestHeaders.authorization, REDACTED)
    assert.equal(text(exchanges[0]?.requestBody).includes('"hi"'), true)
    const kept = exchanges.map(({ secrets: _secrets, ...shown }) => shown)
    assert.equal(JSON.stringify(kept).includes(KEY), false)
  })
})

// `content: hashes`: no text of a prompt, a reply, a tool, an error or an argument is written anywhere, and the numbers stay true.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { Run } from '../../profiler-agent/model/span'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { bytesBelow, Canaries, textsOfStore } from '../support/canaries'
import { Playground } from '../support/costflame'
import { EchoProvider } from '../support/echo-provider'
import { FeedTranscript } from '../support/feed-transcript'

/** Two calls with a long system prompt that changes in one place, tools, and a failed one; texts come by the environment. */
const AGENT = `
const { SYSTEM, USER, TOOL, RESULT, ARGUMENTS, ASSISTANT } = process.env
const url = process.env.OPENAI_BASE_URL + '/chat/completions'
const tools = [{ type: 'function', function: { name: 'look_up', description: TOOL, parameters: { type: 'object', properties: {} } } }]
const call = { id: 'call_1', type: 'function', function: { name: 'look_up', arguments: JSON.stringify({ q: ARGUMENTS }) } }
for (const at of ['10:00:01', '10:00:02', '10:00:03', '10:00:04', '10:00:05'])
  await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer k' },
    body: JSON.stringify({ model: 'gpt-5', tools, messages: [
      { role: 'system', content: 'It is ' + at + '. ' + (SYSTEM + ' be kind and brief. ').repeat(1200) },
      { role: 'user', content: USER },
      { role: 'assistant', content: ASSISTANT, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: RESULT },
    ] }),
  }).then((response) => response.text())
`

describe('content: hashes', () => {
  const canaries = new Canaries()
  const texts = Object.fromEntries(
    ['SYSTEM', 'USER', 'TOOL', 'RESULT', 'ARGUMENTS', 'ASSISTANT'].map((place) => [
      place,
      canaries.of(place),
    ]),
  )
  const reply = canaries.of('reply')
  const argument = canaries.of('argument of the command')
  const playgrounds: Playground[] = []

  after(async () => {
    for (const each of playgrounds) await each.remove()
  })

  /** A model server that has cached nothing yet, and the environment of a user whose SDKs point at it. */
  async function models(): Promise<{ simulator: Simulator; environment: Record<string, string> }> {
    const simulator = await startSimulator({
      port: 0,
      countTokens: (text) => text.split(/\s+/).length,
      script: { replies: [], otherwise: { text: reply }, pace: {} } as never,
    })
    return {
      simulator,
      environment: { ...texts, OPENAI_BASE_URL: `${simulator.url}/v1`, OPENAI_API_KEY: 'k' },
    }
  }

  async function profiled(files: Readonly<Record<string, string>>, ...flags: string[]): Promise<Playground> {
    const playground = new Playground({ 'agent.mjs': AGENT, ...files })
    playgrounds.push(playground)
    const { simulator, environment } = await models()
    const { code, stderr } = await playground.run(
      ['run', ...flags, '--', 'node', 'agent.mjs', argument],
      environment,
    )
    assert.equal(code, 0, stderr)
    canaries.assertNowhereIn({ stderr })
    await simulator.close()
    return playground
  }
  const numbersOf = ({ totals, spans }: Run) => ({
    totals,
    calls: spans.flatMap(({ modelCall }) =>
      modelCall
        ? [
            {
              ...{ usage: modelCall.usage, cost: modelCall.cost?.picoUsd },
              segments: modelCall.segments.map(({ path, kind, name, cache }) => ({
                path,
                kind,
                name,
                cache,
              })),
              tokens: modelCall.segments.reduce((sum, { tokens }) => sum + tokens, 0),
            },
          ]
        : [],
    ),
  })

  it('keeps no text, and keeps usage, cost, the shape of prompts and what they sum to', async () => {
    const kept = await profiled({})
    assert.notDeepEqual(
      canaries.foundIn(textsOfStore(kept.data)),
      [],
      'the texts do get into the store otherwise',
    )
    const playground = await profiled({}, '--content', 'hashes')
    canaries.assertNowhereIn({ ...bytesBelow(playground.data), ...textsOfStore(playground.data) })
    const [run] = await playground.exported('latest', '--segments', 'full')
    const [full] = await kept.exported('latest', '--segments', 'full')
    assert.ok(run && full)
    assert.equal(run.totals.calls, 5)
    assert.deepEqual(numbersOf(run), numbersOf(full))
    assert.deepEqual(
      run.spans.flatMap(({ modelCall }) => modelCall?.segments.map(({ hash }) => hash) ?? []),
      full.spans.flatMap(({ modelCall }) => modelCall?.segments.map(({ hash }) => hash) ?? []),
    )
    assert.equal(run.command, 'node agent.mjs …')
    const html = await playground.run(['export', '--format', 'html'])
    const findings = await playground.run(['findings', '--json'])
    canaries.assertNowhereIn({ json: JSON.stringify(run), html: html.stdout, findings: findings.stdout })
  })

  it('says what is missing: a finding that needs the text cannot be made', async () => {
    const rulesOf = async (playground: Playground) => {
      const { stdout } = await playground.run(['findings', '--json'])
      return JSON.parse(stdout).findings.map(({ rule }: { rule: string }) => rule)
    }
    const full = await rulesOf(await profiled({}))
    const hashes = await rulesOf(await profiled({}, '--content', 'hashes'))
    assert.ok(full.includes('cache/volatile-prefix'), full.join())
    assert.deepEqual(hashes, ['profiler/content-hashes'])
  })

  it('comes from the committed file, which no flag makes looser', async () => {
    const committed = { '.costflame/config.jsonc': '{"version": 1, "content": "hashes"}' }
    const { data } = await profiled(committed, '--content', 'full')
    canaries.assertNowhereIn({ ...bytesBelow(data), ...textsOfStore(data) })
  })

  it('comes from the user settings, which the committed file does not make looser', async () => {
    const files = {
      '.config/costflame/settings.jsonc': '{"version": 1, "content": "hashes"}',
      '.costflame/config.jsonc': '{"version": 1, "content": "full"}',
    }
    const { data } = await profiled(files)
    canaries.assertNowhereIn({ ...bytesBelow(data), ...textsOfStore(data) })
  })

  it('holds where the settings cannot be understood', async () => {
    const playground = new Playground({
      'agent.mjs': AGENT,
      '.config/costflame/settings.jsonc': '{"version": 1, "content": "hash"}',
    })
    playgrounds.push(playground)
    const { simulator, environment } = await models()
    const { code, stderr } = await playground.run(['run', '--', 'node', 'agent.mjs'], environment)
    await simulator.close()
    assert.equal(code, 0)
    assert.ok(
      stderr.includes(
        `costflame: ${join(playground.path, '.config/costflame/settings.jsonc')}:1:27: content must be one of full, hashes`,
      ),
      stderr,
    )
    canaries.assertNowhereIn({ ...bytesBelow(playground.data), ...textsOfStore(playground.data) })
  })

  it('keeps no text of an error, of a stream, or in what the feed tells', async () => {
    const provider = new EchoProvider()
    const playground = new Playground()
    playgrounds.push(playground)
    const origin = await provider.start()
    const { ready, child, ended } = await playground.serve(
      '--upstream',
      `openai=${origin}`,
      '--content',
      'hashes',
    )
    const feed = await FeedTranscript.open(ready)
    for (const answer of ['chat', 'stream', 'error', 'gzip'])
      await fetch(`${ready.proxy}/r/texts/openai/v1/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-answer': answer,
          'x-costflame-command': `node agent.mjs ${argument}`,
        },
        body: JSON.stringify({
          model: 'gpt-5-mini',
          messages: [{ role: 'user', content: canaries.of(`user, ${answer}`) }],
        }),
      }).then((response) => response.text())
    for (const about of ['run', 'runDetail', 'html'] as const) await feed.ask({ ask: about, runId: 'texts' })
    canaries.assertNowhereIn({ ...bytesBelow(playground.data), feed: feed.messages.join('\n') })
    feed.close()
    child.kill('SIGTERM')
    const { stdout, stderr } = await ended
    canaries.assertNowhereIn({
      ...bytesBelow(playground.data),
      ...textsOfStore(playground.data),
      output: stdout + stderr,
    })
    const [run] = await playground.exported('texts')
    assert.deepEqual(
      run?.spans.flatMap(({ modelCall }) =>
        modelCall ? [[modelCall.httpStatus, modelCall.usage.inputTokens]] : [],
      ),
      [
        [200, 20],
        [200, 20],
        [401, null],
        [200, 20],
      ],
    )
    assert.equal(run?.totals.errors, 1)
    provider.stop()
  })
})

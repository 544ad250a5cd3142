// Violations from outside: `costflame run` with budgets that escalate, agents that go on asking, commands and webhooks of every kind, and no key anywhere.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { EscalationSummary } from '../../profiler-agent/model/escalation'
import type { Finding } from '../../profiler-agent/model/finding'
import { decodeScript } from '../../profiler-agent/simulator/script-decoder'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { bytesBelow, Canaries } from '../support/canaries'
import { Playground } from '../support/costflame'
import { inRepository } from '../support/repository'

/** Looks things up for ever: each call brings one result more, with as many words as `WORDS` says. Goes on after refusals. */
const AGENT = `
const messages = [{ role: 'user', content: 'where is order 7' }]
for (let turn = 0; turn < Number(process.env.TURNS); turn++) {
  const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
    method: 'POST',
    headers: {
      authorization: 'Bearer ' + process.env.OPENAI_API_KEY,
      'content-type': 'application/json',
      'x-costflame-agent': (process.env.AGENT ?? 'order-status') + ';inv-1',
    },
    body: JSON.stringify({ model: 'gpt-5-mini', messages, max_completion_tokens: 50 }),
  })
  console.log(response.status)
  await response.text()
  const id = 'call-' + turn
  messages.push({ role: 'assistant', content: null, tool_calls: [{ id, type: 'function', function: { name: 'find', arguments: '{}' } }] })
  messages.push({ role: 'tool', tool_call_id: id, content: 'result ' + turn + ' word'.repeat(Number(process.env.WORDS ?? 3)) })
}
`
/** The same with a history that the provider holds: each request brings one result and nothing else. */
const HELD_AGENT = `
let [previous, input] = [undefined, [{ role: 'user', content: 'where is order 7' }]]
for (let turn = 0; turn < Number(process.env.TURNS); turn++) {
  const response = await fetch(process.env.OPENAI_BASE_URL + '/responses', {
    method: 'POST',
    headers: { authorization: 'Bearer k', 'content-type': 'application/json', 'x-costflame-agent': 'order-status;inv-1' },
    body: JSON.stringify({ model: 'gpt-5-mini', input, previous_response_id: previous }),
  })
  console.log(response.status)
  const { id, output } = await response.json()
  if (!response.ok) process.exit(1)
  previous = id
  input = [{ type: 'function_call_output', call_id: output.at(-1).call_id, output: 'on its way' }]
}
`
/** Its tool is a retrieval, as it declares itself: the name of the tool tells nothing. */
const DECLARING_AGENT = `
import { agent, retrieval } from '${inRepository('dist', 'api', 'index.mjs').replaceAll('\\', '/')}'
const messages = [{ role: 'user', content: 'where is order 7' }]
await agent('order-status', async () => {
  for (let turn = 0; turn < 4; turn++) {
    const headers = { authorization: 'Bearer k', 'content-type': 'application/json' }
    const body = JSON.stringify({ model: 'gpt-5-mini', messages })
    const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', { method: 'POST', headers, body })
    console.log(response.status)
    await response.text()
    const id = 'call-' + turn
    const content = await retrieval('find', async () => 'page ' + turn + ' word'.repeat(1000))
    messages.push({ role: 'assistant', content: null, tool_calls: [{ id, type: 'function', function: { name: 'find', arguments: '{}' } }] })
    messages.push({ role: 'tool', tool_call_id: id, content })
  }
})
`
/** Twelve invocations at once, each with the result of a tool in its first request. */
const MANY_AGENTS = `
const call = { id: 'c1', type: 'function', function: { name: 'find', arguments: '{}' } }
const ask = async (number) => {
  const messages = [
    { role: 'user', content: 'where is order ' + number },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c1', content: 'on its way' },
  ]
  const headers = { authorization: 'Bearer k', 'content-type': 'application/json', 'x-costflame-agent': 'order-status;inv-' + number }
  const body = JSON.stringify({ model: 'gpt-5-mini', messages })
  const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', { method: 'POST', headers, body })
  console.log(response.status)
}
await Promise.all(Array.from({ length: 12 }, (_, number) => ask(number)))
`
/** Writes what it is told, one line for each time. */
const NOTIFY = `
const { appendFileSync, readFileSync } = require('node:fs')
appendFileSync('told.jsonl', readFileSync(0))
appendFileSync('env.json', JSON.stringify(process.env))
`

const budgets = (limits: object, more = {}) =>
  JSON.stringify({
    version: 1,
    agents: { 'order-status': { limits, onExceed: 'escalate', escalation: 'support-lead', ...more } },
  })

describe('escalations', () => {
  let playground: Playground
  let simulator: Simulator
  let canaries: Canaries
  let key: string
  let hooks: Server[] = []

  before(async () => {
    simulator = await startSimulator({ port: 0, countTokens: (text) => text.split(/\s+/).length })
  })
  after(() => simulator.close())
  beforeEach(() => {
    playground = new Playground({ 'agent.mjs': AGENT, 'notify.cjs': NOTIFY })
    canaries = new Canaries()
    key = `sk-${canaries.of('key of the provider')}`
  })
  afterEach(async () => {
    for (const hook of hooks) {
      hook.closeAllConnections()
      hook.close()
    }
    hooks = []
    await playground.remove()
  })

  async function run(environment: Readonly<Record<string, string>> = {}) {
    const ended = await playground.run(['run', '--', process.execPath, 'agent.mjs'], {
      ...{ OPENAI_BASE_URL: `${simulator.url}/v1`, OPENAI_API_KEY: key, TURNS: '6' },
      ...environment,
    })
    return { ...ended, statuses: ended.stdout.trim().split('\n') }
  }
  async function hook(answer: (res: ServerResponse) => void) {
    const got: { readonly headers: NodeJS.Dict<string | string[]>; readonly summary: EscalationSummary }[] =
      []
    const server = createServer((req, res) => {
      const parts: Buffer[] = []
      req.on('data', (part: Buffer) => parts.push(part))
      req.on('end', () => {
        got.push({ headers: req.headers, summary: JSON.parse(Buffer.concat(parts).toString()) })
        answer(res)
      })
    })
    hooks.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got }
  }
  const define = (escalations: object) =>
    playground.write({ '.config/costflame/settings.jsonc': JSON.stringify({ version: 1, escalations }) })
  const told = (): EscalationSummary[] => {
    const path = join(playground.path, 'told.jsonl')
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
    return lines.map((line) => JSON.parse(line))
  }
  const findings = async (rule: string): Promise<Finding[]> => {
    const [exported] = await playground.exported()
    return (exported?.findings ?? []).filter((finding) => finding.rule === rule)
  }

  it('end a loop after three tool calls, and tell the command of the user once', async () => {
    playground.write({ '.costflame/budgets.jsonc': budgets({ toolCalls: 3 }) })
    const { statuses, stderr } = await run({
      COSTFLAME_ESCALATE_SUPPORT_LEAD: `"${process.execPath}" notify.cjs`,
      TICKETS_TOKEN: 'its own',
    })
    assert.deepEqual(statuses, ['200', '200', '200', '200', '402', '402'])
    const [summary, ...others] = told()
    assert.deepEqual(others, [])
    assert.deepEqual(
      [summary?.rule, summary?.allowed, summary?.value, summary?.agent, summary?.budget],
      ['budget/toolCalls', 3, 4, 'order-status', { file: '.costflame/budgets.jsonc', line: 1 }],
    )
    assert.equal(summary?.callCount, 4)
    assert.equal(summary?.callSite?.file, 'agent.mjs')
    assert.match(stderr, /order-status: toolCalls would be 4, 3 allowed .*support-lead was told: exit code 0/)
    const [violation] = await findings('budget/toolCalls')
    assert.equal(violation?.severity, 'error')
    const [result] = (violation?.evidence.escalations ?? []) as Readonly<Record<string, unknown>>[]
    assert.deepEqual([result?.escalation, result?.ok, result?.exitCode], ['support-lead', true, 0])
    assert.deepEqual(await findings('profiler/escalation'), [])
    const environment = JSON.parse(readFileSync(join(playground.path, 'env.json'), 'utf8'))
    assert.deepEqual([environment.OPENAI_API_KEY, environment.TICKETS_TOKEN], [undefined, 'its own'])
    canaries.assertNowhereIn({ ...bytesBelow(playground.path), stderr })
  })

  it('count tool calls on where the provider holds the history', async () => {
    const replies = [{ times: 6, toolCalls: [{ name: 'find', arguments: {} }] }]
    const script = decodeScript(JSON.stringify({ version: 1, replies }), 'replies.json')
    const asking = await startSimulator({ port: 0, countTokens: (text) => text.length, script })
    playground.write({ 'agent.mjs': HELD_AGENT, '.costflame/budgets.jsonc': budgets({ toolCalls: 2 }) })
    define({ 'support-lead': { command: [process.execPath, 'notify.cjs'] } })
    const { code, statuses } = await run({ OPENAI_BASE_URL: `${asking.url}/v1` })
    await asking.close()
    assert.deepEqual([code, statuses], [1, ['200', '200', '200', '402']])
    assert.deepEqual(
      told().map(({ limit, allowed, value }) => [limit, allowed, value]),
      [['toolCalls', 2, 3]],
    )
  })

  it('refuse more retrieved text than is allowed, and tell a webhook; its address and headers are kept nowhere', async () => {
    const { url, got } = await hook((res) => res.end())
    const path = canaries.of('path of the webhook')
    const header = canaries.of('header of the webhook')
    playground.write({
      '.costflame/budgets.jsonc': budgets({ retrievalTokens: 3000 }),
      '.costflame/config.jsonc': '{ "version": 1, "retrievalTools": ["find"] }',
    })
    define({ 'support-lead': { url: `${url}/${path}`, headers: { authorization: `Bearer ${header}` } } })
    const { statuses, stderr } = await run({ WORDS: '1000' })
    // 1,000 tokens and a few with each result: the third brings more than 3,000.
    assert.deepEqual(statuses, ['200', '200', '200', '402', '402', '402'])
    assert.equal(got.length, 1)
    assert.equal(got[0]?.headers.authorization, `Bearer ${header}`)
    assert.equal(got[0]?.summary.limit, 'retrievalTokens')
    assert.ok(Number(got[0]?.summary.value) > 3000)
    assert.match(stderr, /support-lead was told: HTTP 200/)
    const { '.config/costflame/settings.jsonc': _, ...rest } = bytesBelow(playground.path)
    canaries.assertNowhereIn({ ...rest, stderr, summary: JSON.stringify(got[0]?.summary) })
  })

  it('know what the program itself declares to be retrieved', async () => {
    playground.write({
      'agent.mjs': DECLARING_AGENT,
      '.costflame/budgets.jsonc': budgets({ retrievalTokens: 2500 }),
    })
    define({ 'support-lead': { command: [process.execPath, 'notify.cjs'] } })
    const { statuses } = await run()
    assert.deepEqual(statuses, ['200', '200', '200', '402'])
    assert.deepEqual(
      told().map(({ limit, agent }) => [limit, agent]),
      [['retrievalTokens', 'order-status']],
    )
  })

  it('hold up nobody where the webhook hangs', async () => {
    const { url, got } = await hook(() => undefined)
    playground.write({ '.costflame/budgets.jsonc': budgets({ toolCalls: 1 }) })
    define({ 'support-lead': { url } })
    const { code, statuses, stderr } = await run({ TURNS: '8' })
    assert.equal(code, 0)
    assert.deepEqual(statuses, ['200', '200', '402', '402', '402', '402', '402', '402'])
    assert.equal(got.length, 1)
    assert.match(stderr, /support-lead was not reached: (?:the profiler ended before|it did not answer)/)
    const [finding] = await findings('profiler/escalation')
    assert.match(finding?.message ?? '', /^budget\/toolCalls was exceeded and support-lead was not reached: /)
    assert.deepEqual(finding?.location, { file: '.costflame/budgets.jsonc', line: 1, column: 1 })
  })

  it('are all told before the command line is done, and said in two lines', async () => {
    playground.write({ 'agent.mjs': MANY_AGENTS, '.costflame/budgets.jsonc': budgets({ toolCalls: 0 }) })
    define({ 'support-lead': { command: [process.execPath, 'notify.cjs'] } })
    const { statuses, stderr } = await run()
    assert.deepEqual(statuses, Array(12).fill('402'))
    const invocations = told().map(({ invocation }) => invocation)
    assert.equal(new Set(invocations).size, 12)
    assert.equal(invocations.length, 12)
    assert.equal(stderr.match(/a call was refused\. support-lead was told: exit code 0/g)?.length, 1)
    assert.match(
      stderr,
      /11 more violations over budget\/toolCalls of order-status: support-lead was told: exit code 0/,
    )
  })

  it('say how the command failed', async () => {
    playground.write({
      '.costflame/budgets.jsonc': budgets({ toolCalls: 1 }),
      'notify.cjs': 'throw new Error("no queue")',
    })
    define({ 'support-lead': { command: [process.execPath, 'notify.cjs'] } })
    const { statuses } = await run({ TURNS: '3' })
    assert.deepEqual(statuses, ['200', '200', '402'])
    const [finding] = await findings('profiler/escalation')
    assert.equal(finding?.severity, 'error')
    assert.deepEqual([finding?.evidence.ok, finding?.evidence.exitCode], [false, 1])
  })

  it('follow no redirect to where they must not go', async () => {
    const { url } = await hook((res) => res.writeHead(307, { location: 'http://169.254.169.254/' }).end())
    playground.write({ '.costflame/budgets.jsonc': budgets({ toolCalls: 1 }) })
    define({ 'support-lead': { url } })
    await run({ TURNS: '3' })
    const [finding] = await findings('profiler/escalation')
    assert.match(finding?.message ?? '', /it answered 307: it has moved/)
  })

  it('block and say where nobody has defined them', async () => {
    playground.write({ '.costflame/budgets.jsonc': budgets({ toolCalls: 1 }) })
    const { statuses, stderr } = await run({ TURNS: '4' })
    assert.deepEqual(statuses, ['200', '200', '402', '402'])
    const missing =
      /escalation "support-lead" is defined nowhere: add it to "escalations" in .*settings\.jsonc, or set COSTFLAME_ESCALATE_SUPPORT_LEAD/
    assert.match(stderr, missing)
    assert.equal(stderr.match(/a call was refused\. escalation/g)?.length, 1)
    const [finding] = await findings('profiler/escalation')
    assert.match(finding?.message ?? '', missing)
    const { stdout } = await playground.run(['doctor', '--json'])
    const check = JSON.parse(stdout).checks.find(
      ({ subject }: { subject: string }) => subject === 'escalations',
    )
    assert.equal(check.status, 'warning')
    assert.match(check.messages[0], missing)
  })

  it('tell nobody of what only warns, and of no other agent', async () => {
    playground.write({ '.costflame/budgets.jsonc': budgets({ toolCalls: 1 }, { onExceed: 'warn' }) })
    define({ 'support-lead': { command: [process.execPath, 'notify.cjs'] } })
    assert.deepEqual((await run({ TURNS: '4' })).statuses, ['200', '200', '200', '200'])
    playground.write({ '.costflame/budgets.jsonc': budgets({ toolCalls: 1 }) })
    assert.deepEqual((await run({ TURNS: '4', AGENT: 'another' })).statuses, ['200', '200', '200', '200'])
    assert.deepEqual(told(), [])
  })

  it('tell of what is only known afterwards', async () => {
    // Nobody knows before how many tokens an answer without a cap takes away from the cache.
    playground.write({ '.costflame/budgets.jsonc': budgets({ cacheHitRatio: 0.9 }) })
    define({ 'support-lead': { command: [process.execPath, 'notify.cjs'] } })
    assert.deepEqual((await run({ TURNS: '3' })).statuses, ['200', '200', '200'])
    const [summary, ...others] = told()
    assert.deepEqual(others, [])
    assert.deepEqual([summary?.limit, summary?.allowed, summary?.value], ['cacheHitRatio', 0.9, 0])
  })
})

// Budgets that block while a run goes on, in a real profiler before an upstream that uses as many tokens as it is told to.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { dirname, join } from 'node:path'
import type { Question } from '../../profiler-agent/feed/protocol'
import { breakBuild, functionNamed } from '../support/broken-build'
import { feedAnswer } from '../support/feed-question'
import { type Rig, type Script, useRig } from '../support/profiler-rig'
import { temporaryFolder } from '../support/test-folders'
import { until } from '../support/until'

const HELPER = { agents: { helper: { limits: { totalTokens: 8000 }, onExceed: 'block' } } }

/** Uses what the header `x-uses` says: tokens in, tokens out. */
const obedient: Script = (req: IncomingMessage, res, body) => {
  const [input = 0, output = 0] = String(req.headers['x-uses'] ?? '')
    .split(',')
    .map(Number)
  const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
  const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'ok' } }]
  res.setHeader('content-type', 'application/json')
  res.end(
    JSON.stringify({
      id: `chatcmpl-${Math.random()}`,
      object: 'chat.completion',
      model: modelIn(body),
      choices,
      usage,
    }),
  )
}

function modelIn(body: Buffer): string {
  return (JSON.parse(body.toString()) as { model: string }).model
}

const answerOf = (rig: Rig, question: Question) => feedAnswer(rig.profiler.ready, question)

interface Asks {
  readonly run?: string
  readonly uses: string
  readonly cap?: number
  readonly agent?: string
  readonly model?: string
}

async function ask(rig: Rig, { run = 'r1', uses, cap, agent = 'helper;a1', model = 'gpt-5-mini' }: Asks) {
  const response = await fetch(`${rig.base}/r/${run}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-uses': uses, 'x-costflame-agent': agent },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: `question ${Math.random()}` }],
      ...(cap === undefined ? {} : { max_completion_tokens: cap }),
    }),
  })
  const answer = (await response.json()) as { error?: { message: string } }
  return { status: response.status, message: answer.error?.message ?? '' }
}

describe('live budgets', () => {
  const startRig = useRig()
  const folder = temporaryFolder('budgets')
  const budgetFile = join(folder.path, '.costflame', 'budgets.jsonc')
  const write = (file: object) => {
    mkdirSync(dirname(budgetFile), { recursive: true })
    writeFileSync(budgetFile, JSON.stringify({ version: 1, ...file }, null, 2))
  }
  const start = (file: object, options: object = {}) => {
    write(file)
    return startRig(obedient, { budgetFile, root: folder.path, ...options })
  }
  after(() => folder.remove())

  it('refuse a sequential agent by what it used, not by what its last call had reserved', async () => {
    const rig = await start(HELPER)
    const answers = []
    for (let call = 0; call < 6; call++) answers.push(await ask(rig, { uses: '900,100' }))
    // Each reserves some 4,140: with 3,000 used that fits into 8,000, with 4,000 it does not.
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 402, 402],
    )
    assert.match(
      answers[4]?.message ?? '',
      /^budget exceeded: agent helper may use totalTokens 8,000: used 4,000, reserved for calls under way 0, this call up to 4,1\d\d \(\.costflame\/budgets\.jsonc:6\)\./,
    )
    assert.equal(rig.arrived.length, 4)
  })

  it('stop a fast sequential agent whose calls use more than anybody could reserve', async () => {
    const rig = await start({ agents: { helper: { limits: { totalTokens: 5000 }, onExceed: 'block' } } })
    const statuses = []
    for (let call = 0; call < 16; call++) statuses.push((await ask(rig, { uses: '400,80', cap: 100 })).status)
    const passed = statuses.filter((status) => status === 200).length
    // With 4,800 used the next one, for which some 180 are reserved, still fits.
    assert.ok(passed === 10 || passed === 11, statuses.join(' '))
    assert.deepEqual(statuses.slice(passed), Array(16 - passed).fill(402))
  })

  it('let parallel calls never use more than the limit', async () => {
    const rig = await start(HELPER)
    const calls = Array.from({ length: 100 }, () => ask(rig, { uses: '20,300', cap: 300 }))
    const passed = (await Promise.all(calls)).filter(({ status }) => status === 200)
    assert.ok(passed.length > 15 && passed.length * 320 <= 8000, `${passed.length} passed`)
    const spans = await rig.storedSpans()
    const used = spans.reduce(
      (sum, { modelCall }) =>
        sum + (modelCall?.usage.inputTokens ?? 0) + (modelCall?.usage.outputTokens ?? 0),
      0,
    )
    assert.equal(used, passed.length * 320)
  })

  it('count what a run spent before the profiler was started again', async () => {
    const data = temporaryFolder('budgets-data')
    const first = await start(HELPER, { data: data.path })
    for (let call = 0; call < 4; call++) await ask(first, { uses: '900,100' })
    await first.stop()
    const second = await start(HELPER, { data: data.path })
    assert.match((await ask(second, { uses: '1,1' })).message, /used 4,000/)
    assert.equal((await ask(second, { uses: '1,1', agent: 'helper;a2' })).status, 200)
    await second.stop()
    data.remove()
  })

  it('count two agents by themselves that send the same id, also after a restart', async () => {
    const data = temporaryFolder('budgets-ids')
    const twice = { limits: { modelCalls: 2 }, onExceed: 'block' }
    const file = { agents: { planner: twice, writer: twice } }
    const both = async (rig: Rig) => {
      const answers = []
      for (const agent of ['planner;req-17', 'writer;req-17'])
        answers.push(await ask(rig, { uses: '30,50', cap: 50, agent }))
      return answers.map(({ status, message }) =>
        status === 200 ? 'passes' : message.split(':', 2).join(':'),
      )
    }
    const first = await start(file, { data: data.path })
    assert.deepEqual(await both(first), ['passes', 'passes'])
    await first.stop()
    const second = await start(file, { data: data.path })
    assert.deepEqual(await both(second), ['passes', 'passes'])
    assert.deepEqual(await both(second), [
      'budget exceeded: agent planner may use modelCalls 2',
      'budget exceeded: agent writer may use modelCalls 2',
    ])
    await second.stop()
    data.remove()
  })

  it('hold for the next call when the file is edited', async () => {
    const rig = await start(HELPER)
    for (let call = 0; call < 4; call++) await ask(rig, { uses: '900,100' })
    assert.equal((await ask(rig, { uses: '1,1' })).status, 402)
    write({ agents: { helper: { limits: { totalTokens: 9000 }, onExceed: 'block' } } })
    await until('the edit to count', async () => (await ask(rig, { uses: '0,0' })).status === 200)
    write({ agents: { helper: { limits: { totalTokens: 9000 }, onExceed: 'warn' } } })
    await until(
      'the limit only to warn',
      async () =>
        (await ask(rig, { uses: '90000,0', cap: 1 })).status === 200 &&
        (await ask(rig, { uses: '1,0' })).status === 200,
    )
  })

  it('say of a run what the file says now, be it read half-written meanwhile', async () => {
    const limits = (totalTokens: number) => ({ agents: { helper: { limits: { totalTokens } } } })
    const rig = await start(limits(8000))
    const said = async () => {
      const answer = await answerOf(rig, { ask: 'runDetail', runId: 'r1' })
      const findings = answer.to === 'runDetail' ? (answer.detail?.findings ?? []) : []
      return findings.filter(({ rule }) => rule.startsWith('budget/')).map(({ evidence }) => evidence.allowed)
    }
    const saying = (...allowed: number[]) =>
      until(`${allowed} to be exceeded`, async () => String(await said()) === String(allowed), { seen: said })
    await ask(rig, { uses: '9000,0' })
    await saying(8000)
    write(limits(10_000))
    await saying()
    write(limits(7000))
    await saying(7000)
    // An editor empties a file before it writes it.
    writeFileSync(budgetFile, '')
    await ask(rig, { uses: '1,0' })
    await saying()
    write(limits(7000))
    await saying(7000)
  })

  it('hold a day against what another profiler spent in the same folder', async () => {
    const data = temporaryFolder('budgets-day')
    // gpt-5-mini: $0.25 and $2 a million tokens.
    const day = { workspace: { limits: { costUsdPerDay: 1 }, onExceed: 'block' } }
    const [one, other] = [await start(day, { data: data.path }), await start(day, { data: data.path })]
    assert.equal((await ask(other, { run: 'r2', uses: '0,1', cap: 10 })).status, 200)
    assert.equal((await ask(one, { run: 'r1', uses: '0,600000', cap: 1000 })).status, 200)
    const message = await until('the other one to hear of it', async () => {
      const answer = await ask(other, { run: 'r2', uses: '0,1', cap: 10 })
      return answer.status === 402 && answer.message
    })
    assert.match(message, /^budget exceeded: everything of today may use costUsdPerDay \$1\.00: used \$1\.20/)
    for (const rig of [one, other]) await rig.stop()
    data.remove()
  })

  it('lose nothing that was spent when the worker dies between storing a call and saying so', async () => {
    const build = temporaryFolder('budgets-build')
    const died = join(build.path, 'died')
    // Both times after the calls are in the store; the first worker dies at its second batch, the next one at its first.
    breakBuild(build.path, {
      at: functionNamed('send'),
      run: `const { appendFileSync, existsSync, readFileSync } = require('node:fs')
        if (message.type === 'stored') {
          globalThis.batches = (globalThis.batches ?? 0) + 1
          const deaths = existsSync(${JSON.stringify(died)}) ? readFileSync(${JSON.stringify(died)}).length : 0
          if (deaths < 2 && globalThis.batches === 2 - deaths) {
            appendFileSync(${JSON.stringify(died)}, 'x')
            process.exit(1)
          }
        }`,
    })
    const rig = await start(HELPER, { assets: build.path })
    const answers = []
    for (let call = 0; call < 6; call++) answers.push(await ask(rig, { uses: '900,100' }))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 402, 402],
    )
    assert.match(answers[5]?.message ?? '', /used 4,000, reserved for calls under way 0/)
    assert.equal(readFileSync(died, 'utf8'), 'xx')
    await rig.stop()
    build.remove()
  })

  it('hold a model without a price against a limit on money only by what is known', async () => {
    const rig = await start({ workspace: { limits: { costUsdPerRun: 0.001 }, onExceed: 'block' } })
    const call = (model: string) => ask(rig, { uses: '100,10', cap: 10, model })
    assert.equal((await call('nobodys-model-1')).status, 200)
    assert.equal((await call('gpt-5-mini')).status, 200)
    // 100 tokens in and a million out at $2 a million.
    assert.equal((await ask(rig, { uses: '100,1000000', cap: 10 })).status, 200)
    // It used more than was reserved for it: the next one may pass before that is known.
    await until('what it used to be read', async () => (await call('gpt-5-mini')).status === 402)
    assert.equal((await call('nobodys-model-1')).status, 402)
  })

  it('refuse every further call of a run that is stopped, and know whether there ever was one', async () => {
    const rig = await start({})
    const stop = () => answerOf(rig, { ask: 'stopRun', runId: 'r1' })
    assert.deepEqual(await stop(), { to: 'stopRun', stopped: false })
    assert.equal((await ask(rig, { uses: '1,1' })).status, 200)
    assert.deepEqual(await stop(), { to: 'stopRun', stopped: true })
    const { status, message } = await ask(rig, { uses: '1,1' })
    assert.equal(status, 402)
    assert.match(message, /^budget exceeded: run r1 was stopped by its user/)
    assert.equal((await ask(rig, { run: 'r2', uses: '1,1' })).status, 200)
  })
})

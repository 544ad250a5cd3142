// Whose a call is while it goes up: by what the run was started as, by a rule, by its conversation, by what the program declares.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { useRig } from '../support/profiler-rig'
import { type TestFolder, temporaryFolder, writeFiles } from '../support/test-folders'
import { until } from '../support/until'

const user = (content: string) => ({ role: 'user', content })
const SYSTEM = { role: 'system', content: 'You are a careful helper.' }
const TWO_CALLS = { limits: { modelCalls: 2 }, onExceed: 'block' }

describe('live budgets, by whose call it is', () => {
  const startRig = useRig()
  let folder: TestFolder
  beforeEach(() => {
    folder = temporaryFolder('budget-scopes')
  })
  afterEach(() => folder.remove())

  /** A profiler with this budget file, and a way to converse through it. */
  const start = async (budgets: object, { rules = [] as object[], defaults = {} as object } = {}) => {
    writeFiles(folder.path, {
      'budgets.jsonc': JSON.stringify({ version: 1, ...budgets }),
      'config.jsonc': JSON.stringify({ version: 1, rules }),
    })
    const rig = await startRig(
      (_req, res) => {
        const usage = { prompt_tokens: 50, completion_tokens: 5, total_tokens: 55 }
        const message = { role: 'assistant', content: 'ok' }
        res.setHeader('content-type', 'application/json')
        const id = `chatcmpl-${Math.random()}`
        const choices = [{ index: 0, finish_reason: 'stop', message }]
        res.end(JSON.stringify({ id, object: 'chat.completion', model: 'gpt-5-mini', choices, usage }))
      },
      {
        budgetFile: join(folder.path, 'budgets.jsonc'),
        configFile: join(folder.path, 'config.jsonc'),
        root: folder.path,
        run: { id: 'r1', name: 'r1', startedAt: Date.now(), tags: {}, defaults },
      },
    )
    const call = async (messages: readonly object[], headers: Record<string, string> = {}) => {
      const response = await fetch(`${rig.base}/r/r1/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'gpt-5-mini', messages, max_completion_tokens: 20 }),
      })
      await response.arrayBuffer()
      return response.status
    }
    /** Asks `calls` times in one conversation, with `about` as its beginning. */
    const converse = async (about: string, calls: number, headers?: Record<string, string>) => {
      const messages: object[] = [SYSTEM, user(about)]
      const statuses: number[] = []
      for (let count = 0; count < calls; count++) {
        statuses.push(await call(messages, headers))
        messages.push({ role: 'assistant', content: 'ok' }, user(`${about} again, ${count}`))
      }
      return statuses
    }
    const tell = async (...lines: object[]) => {
      const response = await fetch(`${rig.base}/ingest`, {
        method: 'POST',
        headers: { 'x-costflame-token': rig.profiler.ready.token },
        body: lines.map((line) => JSON.stringify(line)).join('\n'),
      })
      assert.equal(response.status, 200)
    }
    return { rig, call, converse, tell }
  }

  it('hold each conversation of what the run was started as', async () => {
    const { converse } = await start({ agents: { helper: TWO_CALLS } }, { defaults: { agent: 'helper' } })
    assert.deepEqual(await converse('one', 3), [200, 200, 402])
    assert.deepEqual(await converse('two', 3), [200, 200, 402])
  })

  it('ask the rules of config.jsonc who it is', async () => {
    const rules = [{ match: { system: 'careful helper' }, agent: 'helper', intent: 'help' }]
    const { converse } = await start({ agents: { helper: { intents: { help: TWO_CALLS } } } }, { rules })
    assert.deepEqual(await converse('one', 3), [200, 200, 402])
  })

  it('hold an agent whose name is found in its prompt, from its second call on', async () => {
    const { converse } = await start({ agents: { 'careful-helper': TWO_CALLS, other: TWO_CALLS } })
    assert.deepEqual(await converse('one', 3), [200, 200, 402])
  })

  it('let agents pass that no limit is about', async () => {
    const { converse } = await start({ agents: { other: TWO_CALLS } })
    assert.deepEqual(await converse('one', 4), [200, 200, 200, 200])
  })

  it('draw parallel specialists from the total of the root', async () => {
    const workflows = { w: { rootAgent: 'root', limits: { modelCalls: 4 }, onExceed: 'block' } }
    const { call, tell } = await start({ workflows })
    const span = { type: 'span', runId: 'r1', startedAt: Date.now(), attribution: {} }
    const specialists = ['a', 'b', 'c', 'd', 'e', 'f']
    await tell(
      { ...span, id: 'root-1', kind: 'agent', name: 'root' },
      ...specialists.map((id) => ({ ...span, id, kind: 'agent', name: 'specialist', parentId: 'root-1' })),
    )
    const statuses = await Promise.all(
      specialists.map((id) =>
        call([SYSTEM, user(id)], { 'x-costflame-agent': `specialist;${id}`, 'x-costflame-parent': id }),
      ),
    )
    assert.deepEqual(statuses.toSorted(), [200, 200, 200, 200, 402, 402])
  })

  it('wait a moment for the program to declare what a call lies in', async () => {
    const workflows = { w: { rootAgent: 'root', limits: { modelCalls: 1 }, onExceed: 'block' } }
    const { rig, call, tell } = await start({ workflows })
    const span = { type: 'span', runId: 'r1', startedAt: Date.now(), attribution: {} }
    await tell({ ...span, id: 'root-1', kind: 'agent', name: 'root' })
    assert.equal(
      await call([user('first')], { 'x-costflame-agent': 'root;root-1', 'x-costflame-parent': 'root-1' }),
      200,
    )
    await until('the first call to be stored', async () => rig.arrived.length === 1)
    const second = call([user('second')], { 'x-costflame-agent': 'child;c', 'x-costflame-parent': 'c' })
    await tell({ ...span, id: 'c', kind: 'agent', name: 'child', parentId: 'root-1' })
    assert.ok([200, 402].includes(await second))
    // By now it is known where the child belongs.
    assert.equal(
      await call([user('third')], { 'x-costflame-agent': 'child;c', 'x-costflame-parent': 'c' }),
      402,
    )
  })
})

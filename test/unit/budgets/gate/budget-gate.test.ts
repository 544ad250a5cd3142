import assert from 'node:assert/strict'
import { holdIn, RUN, refusalIn, TestGate } from '../../../support/gate'

const block = (limits: object, more: object = {}) => ({ limits, onExceed: 'block', ...more })
const agents = (limits: object, more: object = {}) => ({ agents: { helper: block(limits, more) } })
const HELPER = { agent: 'helper', agentId: 'a1' }

describe('the gate of live budgets', () => {
  it('lets everything pass where nothing blocks', async () => {
    const gate = new TestGate({ agents: { helper: { limits: { totalTokens: 1 } } } })
    assert.equal(gate.gate.isIdle, true)
    assert.equal(gate.gate.concerns(RUN, {}), false)
  })

  it('concerns no call whose program says that another agent makes it', async () => {
    const { gate } = new TestGate(agents({ totalTokens: 1 }))
    assert.equal(gate.concerns(RUN, { agent: 'helper' }), true)
    assert.equal(gate.concerns(RUN, { agent: 'planner' }), false)
    assert.equal(gate.concerns(RUN, {}), true)
  })

  it('reserves half the bytes and the cap, and refuses what does not fit beside it', async () => {
    const gate = new TestGate(agents({ totalTokens: 1000 }))
    // 200 bytes are 100 tokens, with 400 of output 500.
    assert.equal(await gate.refusal({ ...HELPER, cap: 400 }), undefined)
    assert.equal(await gate.refusal({ ...HELPER, cap: 400 }), undefined)
    assert.equal(
      await gate.refusal({ ...HELPER, cap: 400 }),
      'budget exceeded: agent helper may use totalTokens 1,000: used 0, reserved for calls under way 1,000, this call up to 500 (.costflame/budgets.jsonc:6). End here, lower max_tokens or set "clampOutput", or raise the limit.',
    )
  })

  it('says what a refused call would have taken in, at the price of the request that it goes on from', async () => {
    const gate = new TestGate(agents({ modelCalls: 1 }))
    const first = gate.call({ ...HELPER, body: '{"messages":[{"role":"user","content":"a"}]}' })
    holdIn(await gate.gate.admit(first)).ended()
    gate.read(first, { input: 8 })
    const read = { id: first.id, runId: RUN, agentId: 'a1', isFailed: false, responseIds: [] }
    gate.gate.told({ accounts: [], calls: [{ ...read, input: 8, output: 9, inputPicoUsd: 16 }] }, [])
    const more = refusalIn(
      await gate.admit({
        ...HELPER,
        body: '{"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}',
      }),
    )
    // 8 and half of the 30 bytes that are new, at 2 pico-dollars a token.
    assert.deepEqual(more?.avoided, { inputTokens: 23, picoUsd: 46 })
    const other = refusalIn(await gate.admit({ ...HELPER, body: 200 }))
    assert.deepEqual(other?.avoided, { inputTokens: 100 })
  })

  it('frees what a call did not use when it has been read', async () => {
    const gate = new TestGate(agents({ totalTokens: 1000 }))
    await gate.spend({ ...HELPER, cap: 800 }, { input: 90, output: 10 })
    assert.equal(await gate.refusal({ ...HELPER, cap: 800 }), undefined)
    assert.match(
      (await gate.refusal({ ...HELPER, cap: 1 })) ?? '',
      /used 100, reserved for calls under way 900, this call up to 101/,
    )
  })

  it('reserves 4,096 tokens of output for a request without a cap', async () => {
    const gate = new TestGate(agents({ outputTokens: 4096 }))
    assert.equal(await gate.refusal(HELPER), undefined)
    assert.match(
      (await gate.refusal({ ...HELPER, cap: 1 })) ?? '',
      /outputTokens 4,096: used 0, reserved for calls under way 4,096/,
    )
  })

  it('reserves what one reply of the step had at p99 where a baseline says so', async () => {
    const measured = { invocations: 10, measuredAt: '2026-11-19', headroom: 0.2 }
    const baseline = { ...measured, outputTokensPerCall: { p50: 20, p95: 50, p99: 60 } }
    const gate = new TestGate(agents({ outputTokens: 100 }, { steps: { plan: { baseline } } }))
    const inStep = { ...HELPER, step: 'plan', stepId: 's1' }
    assert.equal(await gate.refusal(inStep), undefined)
    assert.match((await gate.refusal(inStep)) ?? '', /reserved for calls under way 60, this call up to 60/)
  })

  it('counts each invocation by itself, and the intent that its budget is about', async () => {
    const file = { agents: { helper: { intents: { order: block({ modelCalls: 1 }) } } } }
    const gate = new TestGate(file)
    assert.equal(await gate.refusal({ ...HELPER, intent: 'order' }), undefined)
    assert.match(
      (await gate.refusal({ ...HELPER, intent: 'order' })) ?? '',
      /agent helper, intent order, may use modelCalls 1: .* End here, or raise the limit\.$/,
    )
    assert.equal(await gate.refusal({ agent: 'helper', agentId: 'a2', intent: 'order' }), undefined)
    assert.equal(await gate.refusal({ agent: 'helper', agentId: 'a3', intent: 'refund' }), undefined)
    assert.equal(await gate.refusal({ agent: 'helper', agentId: 'a3', intent: 'refund' }), undefined)
  })

  it('takes two agents that are given one id for two, also when the worker reads the later one first', async () => {
    const gate = new TestGate({
      agents: { helper: block({ modelCalls: 2 }), planner: block({ modelCalls: 2 }) },
    })
    const [helper, planner] = [HELPER, { agent: 'planner', agentId: 'a1' }]
    const [first, second] = [gate.call(helper), gate.call(planner)]
    const holds = [holdIn(await gate.gate.admit(first)), holdIn(await gate.gate.admit(second))]
    for (const hold of holds) hold.ended()
    gate.read(second, { input: 5 })
    assert.equal(gate.gate.account(RUN, 'a1')?.agent, 'planner')
    gate.read(first, { input: 7 }, 'helper;a1')
    assert.equal(await gate.refusal(helper), undefined)
    assert.match(
      (await gate.refusal(helper)) ?? '',
      /^budget exceeded: agent helper may use modelCalls 2: used 1,/,
    )
    assert.equal(await gate.refusal(planner), undefined)
    assert.match(
      (await gate.refusal(planner)) ?? '',
      /^budget exceeded: agent planner may use modelCalls 2: used 1,/,
    )
  })

  it('begins another agent where the store knows its id by another name', async () => {
    const gate = new TestGate(agents({ modelCalls: 1 }))
    gate.read(gate.call(HELPER), { input: 5 })
    assert.match((await gate.refusal(HELPER)) ?? '', /agent helper may use modelCalls 1: used 1,/)
    assert.equal(await gate.refusal({ agent: 'planner', agentId: 'a1' }), undefined)
    assert.equal(await gate.refusal({ agent: 'planner', agentId: 'a1' }), undefined)
  })

  it('counts steps by themselves that are given one id, be it that of their agent', async () => {
    const steps = { plan: block({ modelCalls: 1 }), write: block({ modelCalls: 1 }) }
    const gate = new TestGate({ agents: { helper: { limits: { modelCalls: 3 }, onExceed: 'block', steps } } })
    const step = (name: string, agentId: string) =>
      gate.refusal({ agent: 'helper', agentId, step: name, stepId: 'a1' })
    for (const agentId of ['a1', 'a2'])
      for (const name of ['plan', 'write']) assert.equal(await step(name, agentId), undefined)
    for (const agentId of ['a1', 'a2'])
      for (const name of ['plan', 'write'])
        assert.match((await step(name, agentId)) ?? '', new RegExp(`step ${name} .*modelCalls 1`))
  })

  it('knows an invocation without an id by the conversation that it goes on with', async () => {
    const gate = new TestGate(agents({ modelCalls: 2 }))
    const [ask, answer] = ['{"role":"user","content":"where?"}', '{"role":"assistant","content":"there"}']
    const body = (...messages: string[]) => `{"model":"m","messages":[${messages.join()}],"max_tokens":9}`
    const next = (...messages: string[]) => gate.refusal({ agent: 'helper', body: body(...messages), cap: 9 })
    assert.equal(await next(ask), undefined)
    assert.equal(await next(ask, answer, ask), undefined)
    assert.match(
      (await next(ask, answer, ask, answer, ask)) ?? '',
      /modelCalls 2: used 0, reserved for calls under way 2/,
    )
    // Another question begins another invocation, also where it is only longer.
    assert.equal(await next('{"role":"user","content":"where? when?"}'), undefined)
  })

  it('reserves the tokens of the call that it extends and half of what is new', async () => {
    const gate = new TestGate(agents({ inputTokens: 1000 }))
    const first = `{"messages":[{"role":"user","content":"${'x'.repeat(960)}"}]}`
    const second = first.replace(']}', `,{"role":"assistant","content":"${'y'.repeat(60)}"}]}`)
    await gate.spend({ ...HELPER, body: first, cap: 1 }, { input: 300 })
    // 300 that were used go in again, with half of the 94 bytes that are new.
    assert.equal(second.length - first.length, 94)
    assert.equal(await gate.refusal({ ...HELPER, body: second, cap: 1 }), undefined)
    assert.match(
      (await gate.refusal({ ...HELPER, body: 800, cap: 1 })) ?? '',
      /used 300, reserved for calls under way 347, this call up to 400/,
    )
  })

  it('counts long base64 as a few thousand tokens', async () => {
    const gate = new TestGate(agents({ inputTokens: 6_000 }))
    const image = Buffer.alloc(300_000, 7).toString('base64')
    const body = `{"messages":[{"role":"user","content":[{"image_url":{"url":"data:image/png;base64,${image}"}}]}]}`
    assert.equal(await gate.refusal({ ...HELPER, body, cap: 1 }), undefined)
  })

  it('counts a file as it is like one in base64', async () => {
    const gate = new TestGate(agents({ inputTokens: 6_000 }))
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }
    assert.equal(await gate.refusal({ ...HELPER, body: 300_000, headers, cap: 1 }), undefined)
    assert.match((await gate.refusal({ ...HELPER, body: 300_000, cap: 1 })) ?? '', /this call up to 150,000/)
  })

  it('draws what specialists use from the total of the root, as soon as they are declared', async () => {
    const workflows = { refund: { rootAgent: 'root', ...block({ totalTokens: 1000 }) } }
    const gate = new TestGate({ workflows })
    const span = { runId: RUN, startedAt: gate.now, attribution: {} }
    gate.gate.declare({ ...span, id: 'r', kind: 'agent', name: 'root' })
    gate.gate.declare({ ...span, id: 't', parentId: 'r', kind: 'tool', name: 'ask' })
    gate.gate.declare({ ...span, id: 'a', parentId: 't', kind: 'agent', name: 'left' })
    gate.gate.declare({ ...span, id: 'b', parentId: 't', kind: 'agent', name: 'right' })
    assert.equal(await gate.refusal({ agent: 'left', agentId: 'a', cap: 400 }), undefined)
    assert.equal(await gate.refusal({ agent: 'right', agentId: 'b', cap: 400 }), undefined)
    assert.match(
      (await gate.refusal({ agent: 'left', agentId: 'a', cap: 1 })) ?? '',
      /^budget exceeded: workflow refund of agent root may use totalTokens 1,000: used 0, reserved for calls under way 1,000/,
    )
    // A root of its own has a total of its own.
    gate.gate.declare({ ...span, id: 'r2', kind: 'agent', name: 'root' })
    assert.equal(await gate.refusal({ agent: 'root', agentId: 'r2', cap: 400 }), undefined)
  })

  it('refuses the agent that is one too many in a workflow, and lets those before it go on', async () => {
    const workflows = { w: { rootAgent: 'root', ...block({ agents: 2 }) } }
    const gate = new TestGate({ workflows })
    const span = { runId: RUN, startedAt: gate.now, attribution: {}, kind: 'agent' as const }
    gate.gate.declare({ ...span, id: 'r', name: 'root' })
    for (const id of ['a', 'b']) gate.gate.declare({ ...span, id, parentId: 'r', name: 'child' })
    assert.equal(await gate.refusal({ agent: 'root', agentId: 'r' }), undefined)
    assert.equal(await gate.refusal({ agent: 'child', agentId: 'a' }), undefined)
    assert.match(
      (await gate.refusal({ agent: 'child', agentId: 'b' })) ?? '',
      /may have 2 agents, and this call begins number 3/,
    )
    assert.equal(await gate.refusal({ agent: 'child', agentId: 'a' }), undefined)
  })

  it('holds the agents around a call to how many agents they may have', async () => {
    const gate = new TestGate(agents({ agents: 2, modelCalls: 1 }))
    const span = { runId: RUN, startedAt: gate.now, attribution: {}, kind: 'agent' as const }
    gate.gate.declare({ ...span, id: 'a1', name: 'helper' })
    for (const id of ['x', 'y']) gate.gate.declare({ ...span, id, parentId: 'a1', name: 'other' })
    assert.equal(await gate.refusal(HELPER), undefined)
    assert.equal(await gate.refusal({ agent: 'other', agentId: 'x' }), undefined)
    assert.equal(await gate.refusal({ agent: 'other', agentId: 'x' }), undefined)
    assert.match(
      (await gate.refusal({ agent: 'other', agentId: 'y' })) ?? '',
      /^budget exceeded: agent helper may have 2 agents, and this call begins number 3/,
    )
  })

  it('counts a step within a step in both', async () => {
    const steps = { outer: block({ modelCalls: 2 }), inner: block({ modelCalls: 9 }) }
    const gate = new TestGate({ agents: { helper: { steps } } })
    const span = { runId: RUN, startedAt: gate.now, attribution: {} }
    gate.gate.declare({ ...span, id: 'a1', kind: 'agent', name: 'helper' })
    gate.gate.declare({ ...span, id: 'o', parentId: 'a1', kind: 'step', name: 'outer' })
    gate.gate.declare({ ...span, id: 'i', parentId: 'o', kind: 'step', name: 'inner' })
    const inner = { ...HELPER, step: 'inner', stepId: 'i' }
    assert.equal(await gate.refusal(inner), undefined)
    assert.equal(await gate.refusal({ ...HELPER, step: 'outer', stepId: 'o' }), undefined)
    assert.match(
      (await gate.refusal(inner)) ?? '',
      /^budget exceeded: step outer of agent helper may use modelCalls 2/,
    )
  })

  it('puts right what was only supposed of a call, when the worker has read it', async () => {
    const gate = new TestGate({ agents: { helper: block({ modelCalls: 2 }) } })
    const call = gate.call({ agent: 'helper' })
    holdIn(await gate.gate.admit(call))
    // It was the first call of an invocation that the tree knows by another id.
    gate.read(call, { input: 10 }, 'other')
    assert.equal(gate.gate.reservedCalls, 0)
    assert.equal(gate.gate.account(RUN, 'other')?.own.spent.calls, 1)
    assert.equal(gate.gate.account(RUN, `${call.id}.agent`), gate.gate.account(RUN, 'other'))
  })

  describe('costs', () => {
    const workspace = block({ costUsdPerRun: 0.001 })

    it('reserves at the dearest price of the model', async () => {
      const gate = new TestGate({ workspace })
      // 100 tokens at 1 µUSD and 40 at 10 µUSD are $0.0005.
      assert.equal(await gate.refusal({ cap: 40 }), undefined)
      assert.equal(await gate.refusal({ cap: 40 }), undefined)
      assert.match(
        (await gate.refusal({ cap: 40 })) ?? '',
        /this run may use costUsdPerRun \$0\.001: used \$0, reserved for calls under way \$0\.001, this call up to \$0\.0005/,
      )
    })

    it('lets a model without a price pass, until what is known alone is over', async () => {
      const gate = new TestGate({ workspace }, { pricesOf: () => null })
      await gate.spend({}, { usd: 0.001 })
      assert.equal(await gate.refusal(), undefined)
      await gate.spend({}, { usd: 0.0001 })
      assert.match((await gate.refusal()) ?? '', /used \$0\.0011/)
    })

    it('lets a model at an explicit 0 pass whatever the others cost', async () => {
      const gate = new TestGate({ workspace }, { pricesOf: () => ({ input: 0, output: 0 }) })
      await gate.spend({}, { usd: 0.005 })
      assert.equal(await gate.refusal(), undefined)
    })

    it('holds the day against what everybody spent, and begins anew the next day', async () => {
      let day = '2026-11-20'
      const gate = new TestGate({ workspace: block({ costUsdPerDay: 1 }) }, { dayOf: () => day })
      gate.gate.told({ accounts: [], calls: [], day: { day, picoUsd: 999_900_000_000, unknown: 0 } }, [])
      assert.match(
        (await gate.refusal({ runId: 'any', cap: 40 })) ?? '',
        /everything of today may use costUsdPerDay \$1\.00: used \$0\.9999/,
      )
      day = '2026-11-21'
      assert.equal(await gate.refusal({ cap: 40 }), undefined)
    })
  })

  describe('limits of one call', () => {
    it('refuses more input only where it is surely more', async () => {
      const gate = new TestGate(agents({ inputTokensPerCall: 100 }))
      const first = '{"messages":[{"role":"user","content":"hello"}]}'
      const second = first.replace(']}', ',{"role":"user","content":"again"}]}')
      // Half of 5,000 bytes are more, but may be less.
      assert.equal(await gate.refusal({ ...HELPER, body: 5_000 }), undefined)
      await gate.spend({ ...HELPER, body: first }, { input: 101 })
      assert.match(
        (await gate.refusal({ ...HELPER, body: second })) ?? '',
        /may send 100 tokens in one call \(inputTokensPerCall\), and this one has at least 101/,
      )
    })

    it('does not refuse a request for a higher cap of output, but ends the stream at the limit', async () => {
      const gate = new TestGate(agents({ outputTokensPerCall: 80 }))
      const hold = holdIn(await gate.admit({ ...HELPER, cap: 5_000 }))
      assert.equal(hold.output(80), undefined)
      assert.equal(
        hold.output(81)?.message,
        'budget exceeded: agent helper may be answered 80 tokens in one call (outputTokensPerCall), and this reply has more (.costflame/budgets.jsonc:6). The reply was ended here. Ask for less, set "clampOutput", or raise the limit.',
      )
    })

    it('lowers the cap where it may', async () => {
      const gate = new TestGate(agents({ outputTokensPerCall: 80, totalTokens: 300 }, { clampOutput: true }))
      const capOf = async (cap?: number) => {
        const admission = await gate.admit({ ...HELPER, ...(cap === undefined ? {} : { cap }) })
        return admission.passes ? (admission.outputCap ?? 'its own') : 'refused'
      }
      assert.equal(await capOf(500), 80)
      // 180 of 300 are reserved and 100 go in: 20 are left.
      assert.equal(await capOf(), 20)
      assert.equal(await capOf(), 'refused')
    })

    it('leaves a lower cap as it is, and clamps under warn, too', async () => {
      const file = {
        agents: { helper: { limits: { outputTokensPerCall: 80, totalTokens: 1 }, clampOutput: true } },
      }
      const gate = new TestGate(file)
      assert.equal(gate.gate.isIdle, false)
      const [low, high] = [await gate.admit({ ...HELPER, cap: 79 }), await gate.admit({ ...HELPER, cap: 81 })]
      assert.deepEqual([low.passes && low.outputCap, high.passes && high.outputCap], [undefined, 80])
    })

    it('allows the models of the list, dated ones too', async () => {
      const gate = new TestGate({ agents: { helper: { ...block({ models: ['gpt-5.4', 'openai/o*'] }) } } })
      const isRefused = async (model: string) =>
        (await gate.refusal({ ...HELPER, model }))?.includes(`may not call ${model}`) ?? false
      assert.deepEqual(
        await Promise.all(['gpt-5.4', 'gpt-5.4-2026-03-05', 'o9', 'gpt-5.4-mini', ''].map(isRefused)),
        [false, false, false, true, false],
      )
    })

    it('refuses by the time since an invocation began, and by retries', async () => {
      const gate = new TestGate(agents({ durationMs: 1000, retries: 1 }))
      assert.equal(await gate.refusal(HELPER), undefined)
      const retry = { ...HELPER, headers: { 'x-stainless-retry-count': '1' } }
      assert.equal(await gate.refusal(retry), undefined)
      assert.match(
        (await gate.refusal(retry)) ?? '',
        /retries 1: used 0, reserved for calls under way 1, this call 1/,
      )
      gate.now += 1001
      assert.match((await gate.refusal(HELPER)) ?? '', /may last 1 s \(durationMs\), and began 1 s ago/)
    })
  })

  describe('streams', () => {
    it('takes more room for a reply that grows past its reservation, and ends it where there is none', async () => {
      const gate = new TestGate(agents({ totalTokens: 5_000 }))
      const hold = holdIn(await gate.admit(HELPER))
      assert.equal(hold.output(4_096), undefined)
      assert.equal(hold.output(4_900), undefined)
      const refusal = hold.output(4_901)
      assert.equal(refusal?.rule, 'budget/totalTokens')
      assert.match(refusal?.message ?? '', /The reply was ended here/)
    })

    it('keeps what streamed of a reply that broke off, since nobody says what it cost', async () => {
      const gate = new TestGate({ agents: { helper: block({ totalTokens: 1000, costUsd: 1 }) } })
      const call = gate.call({ ...HELPER, cap: 800 })
      const hold = holdIn(await gate.gate.admit(call))
      hold.output(600)
      hold.ended()
      const read = { id: call.id, runId: RUN, agentId: 'a1', isFailed: true, responseIds: [] }
      gate.gate.told({ accounts: [], calls: [{ ...read, input: null, output: null }] }, [call.id])
      const own = gate.gate.account(RUN, 'a1')?.own
      // 100 tokens that went in at 1 µUSD and 600 that came at 10.
      assert.deepEqual(
        [own?.reserved.input, own?.reserved.output, own?.reserved.picoUsd, own?.unread],
        [100, 600, 6_100_000_000, 0],
      )
      assert.match((await gate.refusal({ ...HELPER, cap: 300 })) ?? '', /this call up to 400/)
      assert.equal(await gate.refusal({ ...HELPER, cap: 200 }), undefined)
    })

    it('ends the streams of a run that is stopped, and refuses its calls', async () => {
      const gate = new TestGate(agents({ totalTokens: 5_000 }))
      const hold = holdIn(await gate.admit(HELPER))
      gate.gate.stop(RUN)
      assert.equal(gate.gate.concerns(RUN, {}), true)
      assert.equal(hold.output(1)?.rule, 'budget/stopped')
      assert.match((await gate.refusal()) ?? '', /^budget exceeded: run run-1 was stopped by its user/)
      assert.equal(gate.gate.concerns('another', { agent: 'x' }), false)
    })
  })

  describe('what is reserved', () => {
    it('is freed once, whatever is told, and however often', async () => {
      const gate = new TestGate(agents({ totalTokens: 1000 }))
      const call = gate.call({ ...HELPER, cap: 400 })
      const hold = holdIn(await gate.gate.admit(call))
      hold.ended()
      hold.ended()
      gate.gate.told(undefined, [call.id])
      gate.gate.told(undefined, [call.id])
      hold.ended()
      const own = gate.gate.account(RUN, 'a1')?.own
      assert.deepEqual([own?.reserved.output, own?.unread, gate.gate.reservedCalls], [0, 0, 0])
    })

    it('follows an agent that turns out to belong to another', async () => {
      const workflows = { w: { rootAgent: 'root', ...block({ totalTokens: 1000 }) } }
      const gate = new TestGate({ workflows })
      const span = { runId: RUN, startedAt: gate.now, attribution: {}, kind: 'agent' as const }
      assert.equal(await gate.refusal({ agent: 'child', agentId: 'c', cap: 700 }), undefined)
      gate.gate.declare({ ...span, id: 'r', name: 'root' })
      assert.equal(gate.gate.account(RUN, 'r')?.whole.reserved.output, 0)
      gate.gate.declare({ ...span, id: 'c', parentId: 'r', name: 'child' })
      assert.equal(gate.gate.account(RUN, 'r')?.whole.reserved.output, 700)
      assert.match(
        (await gate.refusal({ agent: 'root', agentId: 'r', cap: 200 })) ?? '',
        /reserved for calls under way 800/,
      )
    })

    it('holds on while the file is edited', async () => {
      const gate = new TestGate(agents({ totalTokens: 1000 }))
      await gate.spend({ ...HELPER, cap: 400 }, { input: 400, output: 300 })
      assert.notEqual(await gate.refusal({ ...HELPER, cap: 400 }), undefined)
      gate.text = gate.text.replace('1000', '1200')
      assert.equal(await gate.refusal({ ...HELPER, cap: 400 }), undefined)
      gate.text = gate.text.replace('"block"', '"warn"')
      assert.equal(gate.gate.isIdle, true)
    })
  })

  it('waits for calls that have ended to be read before it refuses', async () => {
    const gate = new TestGate(agents({ totalTokens: 1000 }))
    const first = gate.call({ ...HELPER, cap: 900 })
    holdIn(await gate.gate.admit(first)).ended()
    const second = gate.gate.admit(gate.call({ ...HELPER, cap: 500 }))
    assert.ok(second instanceof Promise)
    gate.read(first, { input: 50, output: 20 })
    assert.equal((await second).passes, true)
  })

  it('waits near a limit also where a call would pass: those that ended may have used more than was reserved', async () => {
    let hurried = 0
    const gate = new TestGate(agents({ totalTokens: 1000 }), { hurry: () => hurried++ })
    const first = gate.call({ ...HELPER, cap: 10 })
    holdIn(await gate.gate.admit(first)).ended()
    // 110 are reserved for each: 8 × 110 and 110 fit, with two that ended they do not.
    const second = gate.call({ ...HELPER, cap: 10 })
    holdIn(await gate.gate.admit(second)).ended()
    assert.equal(hurried, 0)
    const third = gate.gate.admit(gate.call({ ...HELPER, cap: 10 }))
    assert.ok(third instanceof Promise)
    gate.read(first, { input: 500 })
    gate.read(second, { input: 450 })
    assert.match(
      refusalIn(await third)?.message ?? '',
      /used 950, reserved for calls under way 0, this call up to 110/,
    )
    assert.equal(hurried, 1)
  })

  it('decides by what is reserved when ended calls are not read in time, and says so', async () => {
    const gate = new TestGate(agents({ totalTokens: 1000 }), { within: async () => false })
    const first = gate.call({ ...HELPER, cap: 900 })
    holdIn(await gate.gate.admit(first)).ended()
    const refusal = refusalIn(await gate.gate.admit(gate.call({ ...HELPER, cap: 500 })))
    assert.match(
      refusal?.message ?? '',
      /counted by their reservation, because they could not be read in time/,
    )
  })

  describe('before it refuses by an estimate', () => {
    const counted = (tokens: number) => ({ promptTokensOf: () => Promise.resolve(tokens) })

    it('has the prompt counted, where nothing else is under way', async () => {
      const gate = new TestGate(agents({ inputTokens: 300 }), counted(200))
      // Half of 1,000 bytes is too much; the 200 that were counted are not.
      assert.equal(await gate.refusal({ ...HELPER, body: 1000 }), undefined)
      assert.match(
        (await gate.refusal({ ...HELPER, body: 1000 })) ?? '',
        /used 0, reserved for calls under way 200, this call up to 500/,
      )
    })

    it('takes a price for what is cached that a call before had', async () => {
      const gate = new TestGate(agents({ costUsd: 0.003 }), counted(1000))
      const first = gate.call({ agent: 'helper', agentId: 'a0', body: 2000, cap: 10 })
      holdIn(await gate.gate.admit(first)).ended()
      const read = { id: first.id, runId: RUN, input: 1000, output: 1, isFailed: false, responseIds: [] }
      gate.gate.told({ accounts: [], calls: [{ ...read, inputPicoUsd: 100_000_000 }] }, [first.id])
      // 1,000 tokens at a tenth of the price cost $0.00011 with a margin, and the reply up to $0.0028.
      assert.equal(await gate.refusal({ ...HELPER, body: first.body.toString(), cap: 280 }), undefined)
    })

    it('does not count where what was spent is too much already', async () => {
      const uncountable = () => Promise.reject(new Error('counted for nothing'))
      const gate = new TestGate(agents({ inputTokens: 100 }), { promptTokensOf: uncountable })
      await gate.spend({ ...HELPER, cap: 1 }, { input: 101 })
      assert.match((await gate.refusal(HELPER)) ?? '', /used 101/)
      assert.deepEqual(gate.faults, [])
    })

    it('lowers a cap that may be lowered to what is left, but not to nothing', async () => {
      const gate = new TestGate(agents({ totalTokens: 1000 }, { clampOutput: true }), counted(50))
      const admission = await gate.admit({ ...HELPER, cap: 4000 })
      assert.equal(admission.passes && admission.outputCap, 950)
      assert.match((await gate.refusal({ ...HELPER, cap: 4000 })) ?? '', /this call up to 4,100/)
    })
  })

  it('refuses no agent without a name for the sake of another, and asks the calls before who it is', async () => {
    const gate = new TestGate(agents({ modelCalls: 1 }))
    const body = (count: number) =>
      `{"messages":[${Array(count).fill('{"role":"user","content":"hi"}').join()}]}`
    const first = gate.call({ body: body(1) })
    holdIn(await gate.gate.admit(first)).ended()
    const second = gate.gate.admit(gate.call({ body: body(2) }))
    assert.ok(second instanceof Promise)
    gate.read(first, {})
    assert.equal((await second).passes, true)
  })

  it('tells of what escalates, with the invocation and the call', async () => {
    const gate = new TestGate({
      agents: { helper: { limits: { costUsd: 0.0001 }, onExceed: 'escalate', escalation: 'lead' } },
    })
    assert.notEqual(await gate.refusal({ ...HELPER, id: 'x1', intent: 'order', cap: 40 }), undefined)
    assert.deepEqual(gate.violations, [
      {
        ...{ escalation: 'lead', scope: { kind: 'agent', agent: 'helper' }, instance: 'a1', runId: RUN },
        ...{ limit: 'costUsd', allowed: 0.0001, value: 0.0005, file: '.costflame/budgets.jsonc', line: 6 },
        ...{ agent: 'helper', intent: 'order', refusedCall: 'x1', at: gate.now },
      },
    ])
  })

  it('lets calls pass when it fails itself', async () => {
    const fault = () => {
      throw new Error('a bug')
    }
    const gate = new TestGate(agents({ totalTokens: 1 }), { labelsOf: fault })
    assert.equal((await gate.admit(HELPER)).passes, true)
    assert.equal(gate.faults.length, 1)
  })
})

import assert from 'node:assert/strict'
import { CacheReplay, writtenTokens } from '../../../../profiler-agent/analysis/replay/cache-replay'
import type { ReplayCall, ReplayedInput } from '../../../../profiler-agent/analysis/replay/replay-call'
import { cacheRuleFor } from '../../../../profiler-agent/rules/cache-rules'
import { replayCall } from '../../../support/replay-calls'

const MINUTE = 60_000
const ruleOf = ({ provider, model }: ReplayCall) => cacheRuleFor(provider, model)

/** Read, written and fresh tokens of each call. */
function bucketsOf(
  calls: readonly ReplayCall[],
  textOf?: (hash: string) => string | undefined,
): [read: number, written: number, fresh: number][] {
  return billsOf(calls, textOf).map((bill) => [bill.read, writtenTokens(bill), bill.fresh])
}

function billsOf(
  calls: readonly ReplayCall[],
  textOf?: (hash: string) => string | undefined,
): ReplayedInput[] {
  const replay = new CacheReplay({ ruleOf, ...(textOf ? { textOf } : {}) })
  return calls.map((call) => replay.add(call))
}

describe('a replay of breakpoint caches', () => {
  it('writes up to the mark, reads it again, and bills the rest as fresh', () => {
    const calls = [
      replayCall('a', 'system:manual 2000 * | user:one 50', { at: 0 }),
      replayCall('b', 'system:manual 2000 * | user:two 70', { at: 2_000 }),
    ]
    assert.deepStrictEqual(bucketsOf(calls), [
      [0, 2_000, 50],
      [2_000, 0, 70],
    ])
    // 2,000 × 125 + 50 × 100, then 2,000 × 10 + 70 × 100.
    assert.deepStrictEqual(
      billsOf(calls).map(({ picoUsd }) => picoUsd),
      [255_000, 27_000],
    )
  })

  it('caches nothing below the minimum of the model', () => {
    const prompt = 'system:manual 900 * | user:one 50'
    const sonnet = [0, 2_000].map((at) => replayCall('a', prompt, { at }))
    assert.deepStrictEqual(bucketsOf(sonnet), [
      [0, 0, 950],
      [0, 0, 950],
    ])
    const opus = [0, 2_000].map((at) => replayCall('a', prompt, { at, model: 'claude-opus-5' }))
    assert.deepStrictEqual(bucketsOf(opus), [
      [0, 900, 50],
      [900, 0, 50],
    ])
  })

  it('keeps an entry for five minutes from its last use', () => {
    const times = [0, 4, 8, 14].map((minutes) => minutes * MINUTE)
    const calls = times.map((at) => replayCall(`at ${at}`, 'system:manual 2000 *', { at }))
    assert.deepStrictEqual(bucketsOf(calls), [
      [0, 2_000, 0],
      [2_000, 0, 0],
      [2_000, 0, 0],
      [0, 2_000, 0],
    ])
    const last = billsOf(calls)[3]
    assert.deepStrictEqual(last?.expired, {
      blocks: 1,
      tokens: 2_000,
      spanId: `at ${8 * MINUTE}`,
      ageMs: 6 * MINUTE,
    })
    assert.equal(last.reachable, undefined)
  })

  it('keeps an entry for an hour where the mark asks for it, at the price of such writes', () => {
    const calls = [0, 50].map((minutes) =>
      replayCall('a', 'system:manual 2000 *1h', { at: minutes * MINUTE }),
    )
    const bills = billsOf(calls)
    assert.deepStrictEqual(
      bills.map(({ read, write }) => [read, write['1h'], write['5m']]),
      [
        [0, 2_000, 0],
        [2_000, 0, 0],
      ],
    )
    assert.deepStrictEqual(
      bills.map(({ picoUsd }) => picoUsd),
      [400_000, 20_000],
    )
  })

  it('reads nothing that was written by a call whose reply had not begun', () => {
    const calls = [
      replayCall('a', 'system:manual 2000 * | user:one 50', { at: 0, firstTokenAfter: 500 }),
      replayCall('b', 'system:manual 2000 * | user:two 50', { at: 499 }),
      replayCall('c', 'system:manual 2000 * | user:three 50', { at: 500 }),
    ]
    assert.deepStrictEqual(bucketsOf(calls), [
      [0, 2_000, 50],
      [0, 2_000, 50],
      [2_000, 0, 50],
    ])
    assert.equal(billsOf(calls)[1]?.pending?.spanId, 'a')
    assert.equal(billsOf(calls)[2]?.reachable?.tokens, 2_000)
  })

  it('writes only what is new behind the entry that it reads', () => {
    const calls = [
      replayCall('a', 'system:manual 2000 | user:one 50 *', { at: 0 }),
      replayCall('b', 'system:manual 2000 | user:one 50 | assistant:yes 20 | user:two 30 *', { at: 2_000 }),
    ]
    assert.deepStrictEqual(bucketsOf(calls), [
      [0, 2_050, 0],
      [2_050, 50, 0],
    ])
  })

  it('looks back over 20 blocks and no further', () => {
    const first = replayCall('a', 'system:manual 2000 | user:one 50 *', { at: 0 })
    const later = (count: number) => {
      const more = Array.from({ length: count }, (_, index) => `user:part${index} 10`).join(' | ')
      return replayCall('b', `system:manual 2000 | user:one 50 | ${more} *`, { at: 2_000 })
    }
    // The block with the mark is the first of the 20.
    assert.deepStrictEqual(bucketsOf([first, later(19)])[1], [2_050, 190, 0])
    assert.deepStrictEqual(bucketsOf([first, later(20)])[1], [0, 2_250, 0])
    assert.equal(billsOf([first, later(20)])[1]?.reachable?.tokens, 2_050)
  })

  it('counts the four latest marks', () => {
    const picture = 'system:a 2000 * | user:b 10 * | user:c 10 * | user:d 10 * | user:e 10 *'
    assert.deepStrictEqual(billsOf([replayCall('a', picture, { at: 0 })])[0]?.breakpoints, [2, 3, 4, 5])
  })

  it('puts a breakpoint on the last block that can hold one where the request asks for it', () => {
    const settings = { mode: 'automatic' } as const
    const [bill] = billsOf([
      replayCall('a', 'system:a 2000 | user:b 10 | reasoning:c 5', { at: 0, settings }),
    ])
    assert.deepStrictEqual([bill?.breakpoints, bill?.fresh], [[2], 5])
  })

  it('keeps tools and system texts, but no messages, when the tool choice changes', () => {
    const picture = 'tool:find 1500 * | system:manual 500 * | user:one 1000 *'
    const calls = ['auto', 'auto', 'any'].map((choice, index) =>
      replayCall('a', picture, { at: index * 2_000, settings: { parameters: { tool_choice: choice } } }),
    )
    assert.deepStrictEqual(bucketsOf(calls), [
      [0, 3_000, 0],
      [3_000, 0, 0],
      [2_000, 1_000, 0],
    ])
  })

  it('keeps only the tools when the speed changes', () => {
    const picture = 'tool:find 1500 * | system:manual 500 * | user:one 1000 *'
    const calls = ['standard', 'fast'].map((speed, index) =>
      replayCall('a', picture, { at: index * 2_000, settings: { parameters: { speed } } }),
    )
    assert.deepStrictEqual(bucketsOf(calls)[1], [1_500, 1_500, 0])
  })

  it('shares nothing between models or accounts', () => {
    const picture = 'system:manual 5000 *'
    const calls = [
      replayCall('a', picture, { at: 0, account: 'x' }),
      replayCall('b', picture, { at: 2_000, account: 'y' }),
      replayCall('c', picture, { at: 4_000, account: 'x', model: 'claude-opus-4-6' }),
      replayCall('d', picture, { at: 6_000, account: 'x' }),
    ]
    assert.deepStrictEqual(
      bucketsOf(calls).map(([read]) => read),
      [0, 0, 0, 5_000],
    )
  })

  it('counts what the provider puts in front as part of every prefix', () => {
    const calls = [0, 2_000].map((at) =>
      replayCall('a', 'system:manual 2000 * | user:one 50', { at, hidden: 40 }),
    )
    assert.deepStrictEqual(bucketsOf(calls), [
      [0, 2_040, 50],
      [2_040, 0, 50],
    ])
  })

  it('bills a call as it was where its rule, its tokens or a part of its prompt are unknown', () => {
    const facts = { at: 2_000, read: 1_500 }
    const known = replayCall('a', 'system:manual 2000 *', { at: 0 })
    const strange = replayCall('b', 'system:manual 2000 *', { ...facts, provider: 'nobody' })
    const cut = replayCall('c', 'system:manual 2000 *', { ...facts, isPromptWhole: false })
    const bills = billsOf([known, strange, cut]).slice(1)
    assert.deepStrictEqual(
      bills.map(({ isReplayed, read, fresh, picoUsd }) => [isReplayed, read, fresh, picoUsd]),
      [
        [false, 1_500, 500, 65_000],
        [false, 1_500, 500, 65_000],
      ],
    )
  })
})

describe('a replay of OpenAI from gpt-5.6 on', () => {
  const facts = { provider: 'openai', model: 'gpt-5.6-sol' }

  it('has a breakpoint of its own at the end, written for 30 minutes', () => {
    const calls = [
      replayCall('a', 'system:manual 2000 | user:one 50', { ...facts, at: 0 }),
      replayCall('b', 'system:manual 2000 | user:one 50 | assistant:yes 20 | user:two 30', {
        ...facts,
        at: 29 * MINUTE,
      }),
      replayCall('c', 'system:manual 2000 | user:other 40', { ...facts, at: 30 * MINUTE }),
    ]
    assert.deepStrictEqual(bucketsOf(calls), [
      [0, 2_050, 0],
      [2_050, 50, 0],
      [0, 2_040, 0],
    ])
    assert.equal(billsOf(calls)[0]?.write['30m'], 2_050)
  })

  it('caches nothing without marks where the request switches that off', () => {
    const settings = { mode: 'explicit' } as const
    const plain = [0, 2_000].map((at) => replayCall('a', 'system:manual 2000', { ...facts, at, settings }))
    assert.deepStrictEqual(bucketsOf(plain), [
      [0, 0, 2_000],
      [0, 0, 2_000],
    ])
  })

  it('counts the three latest marks beside its own', () => {
    const picture = 'system:a 2000 *30m | user:b 10 *30m | user:c 10 *30m | user:d 10 *30m | user:e 10'
    const [bill] = billsOf([replayCall('a', picture, { ...facts, at: 0 })])
    assert.deepStrictEqual(bill?.breakpoints, [2, 3, 4, 5])
  })

  it('keeps entries for 12 hours where the request asks for it', () => {
    const settings = { lifetime: '12h' }
    const calls = [0, 700].map((minutes) =>
      replayCall('a', 'system:manual 2000', { ...facts, at: minutes * MINUTE, settings }),
    )
    assert.deepStrictEqual(
      billsOf(calls).map(({ read, write }) => [read, write['12h']]),
      [
        [0, 2_000],
        [2_000, 0],
      ],
    )
  })

  it('finds an entry far back, past more blocks than others look over', () => {
    const parts = Array.from({ length: 60 }, (_, index) => `user:part${index} 10`).join(' | ')
    const calls = [
      replayCall('a', 'system:manual 2000', { ...facts, at: 0 }),
      replayCall('b', `system:manual 2000 | ${parts}`, { ...facts, at: 2_000 }),
    ]
    assert.deepStrictEqual(bucketsOf(calls)[1], [2_000, 600, 0])
  })

  it('shares nothing between cache keys, nor between efforts', () => {
    const call = (at: number, settings: ReplayCall['settings']) =>
      replayCall('a', 'system:manual 2000', { ...facts, at, settings })
    const low = { parameters: { 'reasoning.effort': 'low' } }
    const high = { parameters: { 'reasoning.effort': 'high' } }
    assert.deepStrictEqual(
      bucketsOf([
        call(0, low),
        call(2_000, high),
        call(4_000, { ...low, key: 'x' }),
        call(6_000, { ...low, key: 'x' }),
        call(8_000, low),
      ]).map(([read]) => read),
      [0, 0, 0, 2_000, 2_000],
    )
  })
})

describe('a replay of automatic caches', () => {
  const openai = { provider: 'openai', model: 'gpt-5.4' }

  it('reads whole increments of what was sent before, and writes for nothing', () => {
    const calls = [
      replayCall('a', 'system:manual 2000 | user:one 50', { ...openai, at: 0 }),
      replayCall('b', 'system:manual 2000 | user:two 50', { ...openai, at: 2_000 }),
    ]
    // 15 × 128 = 1,920.
    assert.deepStrictEqual(bucketsOf(calls), [
      [0, 0, 2_050],
      [1_920, 0, 130],
    ])
  })

  it('reads into a block that begins with the same text', () => {
    const texts: Record<string, string> = { one: `${'x'.repeat(500)}a`, two: `${'x'.repeat(500)}bcd` }
    const calls = [
      replayCall('a', 'system:manual 1000 | user:one 400', { ...openai, at: 0 }),
      replayCall('b', 'system:manual 1000 | user:two 400', { ...openai, at: 2_000 }),
    ]
    // 500 of 503 characters of 400 tokens are 397; 1,397 are 10 increments.
    assert.deepStrictEqual(bucketsOf(calls, (hash) => texts[hash])[1], [1_280, 0, 120])
    assert.deepStrictEqual(bucketsOf(calls)[1], [0, 0, 1_400])
  })

  it('holds prefixes for five idle minutes, and for a day where the request asks for it', () => {
    const at = (minutes: number, lifetime?: string) =>
      replayCall('a', 'system:manual 1280', {
        ...openai,
        at: minutes * MINUTE,
        settings: lifetime === undefined ? {} : { lifetime },
      })
    assert.deepStrictEqual(
      bucketsOf([at(0), at(6)]).map(([read]) => read),
      [0, 0],
    )
    assert.deepStrictEqual(
      bucketsOf([at(0, '24h'), at(600, '24h')]).map(([read]) => read),
      [0, 1_280],
    )
  })

  it('holds nothing in memory for more than an hour, however often it is used', () => {
    const times = Array.from({ length: 17 }, (_, index) => index * 4)
    const reads = bucketsOf(
      times.map((minutes) => replayCall('a', 'system:manual 1280', { ...openai, at: minutes * MINUTE })),
    ).map(([read]) => read)
    // Written at 0, last read at 60 minutes, written again at 64.
    assert.deepStrictEqual(reads, [0, ...Array.from({ length: 15 }, () => 1_280), 0])
  })

  it('has the minimum and the increment of Gemini and DeepSeek', () => {
    const two = (provider: string, model: string, tokens: number) =>
      bucketsOf(
        [0, 2_000].map((at) =>
          replayCall('a', `system:manual ${tokens} | user:x 9`, { provider, model, at }),
        ),
      )[1]
    assert.deepStrictEqual(two('google', 'gemini-2.5-flash', 2_038), [0, 0, 2_047])
    assert.deepStrictEqual(two('google', 'gemini-2.5-flash', 2_039), [2_048, 0, 0])
    assert.deepStrictEqual(two('deepseek', 'deepseek-chat', 300), [256, 0, 53])
  })

  it('reads to the last block that is the same', () => {
    const calls = [
      replayCall('a', 'tool:x 1000 | system:manual 1000 | user:one 50', { ...openai, at: 0 }),
      replayCall('b', 'tool:y 1000 | system:manual 1000 | user:one 50', { ...openai, at: 2_000 }),
    ]
    assert.deepStrictEqual(bucketsOf(calls)[1], [0, 0, 2_050])
  })

  it('reads whole units where only those are held: ends of prompts, and where two of them parted', () => {
    const deepseek = { provider: 'deepseek', model: 'deepseek-chat' }
    const calls = ['one', 'two', 'three'].map((words, index) =>
      replayCall(words, `system:manual 1000 | user:${words} 50`, { ...deepseek, at: index * 2_000 }),
    )
    const longer = replayCall('d', 'system:manual 1000 | user:one 50 | assistant:yes 10 | user:more 10', {
      ...deepseek,
      at: 6_000,
    })
    // The second parts from the first behind the manual, so that the third reads it: 7 × 128. The fourth goes on from the first.
    assert.deepStrictEqual(
      bucketsOf([...calls, longer]).map(([read]) => read),
      [0, 0, 896, 1_024],
    )
  })

  it('reads units that end within a text', () => {
    const deepseek = { provider: 'deepseek', model: 'deepseek-chat' }
    const texts: Record<string, string> = {
      one: 'xxxxxxxxa',
      two: 'xxxxxxxxb',
      three: 'xxxxxxxxc',
      four: 'xxxy',
    }
    const calls = Object.keys(texts).map((words, index) =>
      replayCall(words, `system:${words} 900`, { ...deepseek, at: index * 2_000 }),
    )
    // Eight of nine characters of 900 tokens are 800: 6 × 128. Three characters are no unit.
    assert.deepStrictEqual(
      bucketsOf(calls, (hash) => texts[hash]).map(([read]) => read),
      [0, 0, 768, 0],
    )
  })

  it('shares nothing between cache keys where they lead to different caches', () => {
    const calls = ['x', 'y', 'x'].map((key, index) =>
      replayCall(key, 'system:manual 1280', { ...openai, at: index * 2_000, settings: { key } }),
    )
    assert.deepStrictEqual(
      bucketsOf(calls).map(([read]) => read),
      [0, 0, 1_280],
    )
  })

  it('caches requests without marks by a rule of their own where the provider has one', () => {
    const alibaba = { provider: 'alibaba', model: 'qwen-max' }
    const plain = [0, 2_000].map((at) => replayCall('a', 'system:manual 300', { ...alibaba, at }))
    const marked = [0, 2_000].map((at) => replayCall('a', 'system:manual 1100 *', { ...alibaba, at }))
    assert.deepStrictEqual(bucketsOf(plain)[1], [300, 0, 0])
    assert.deepStrictEqual(bucketsOf(marked), [
      [0, 1_100, 0],
      [1_100, 0, 0],
    ])
  })
})

describe('a replay of prompts that go on from each other', () => {
  const openai = { provider: 'openai', model: 'gpt-5.4', settings: { lifetime: '24h' } }
  const turns = (count: number) =>
    ['system:manual 1280', ...Array.from({ length: count }, (_, turn) => `user:turn${turn} 128`)].join(' | ')

  it('keeps alive what they share, for whoever parts from them', () => {
    const facts = { provider: 'google', model: 'gemini-2.5-flash' }
    const growing = [0, 1, 2, 3, 4].map((turn) =>
      replayCall(`turn ${turn}`, `system:manual 3000 | ${turns(turn)}`, { ...facts, at: turn * 4 * MINUTE }),
    )
    const other = replayCall('other', 'system:manual 3000 | user:other 50', { ...facts, at: 20 * MINUTE })
    const bill = billsOf([...growing, other])[5]
    // The manual was written twenty minutes ago and read four minutes ago.
    assert.deepStrictEqual(bill?.reachable, {
      blocks: 1,
      tokens: 3_000,
      spanId: 'turn 4',
      ageMs: 4 * MINUTE,
    })
  })

  it('reads nothing whose reply had not begun, and all that was sent before that', () => {
    const calls = [
      replayCall('a', turns(1), { ...openai, at: 0 }),
      replayCall('b', turns(2), { ...openai, at: 2_000, firstTokenAfter: 10_000 }),
      replayCall('c', turns(3), { ...openai, at: 4_000 }),
    ]
    const bill = billsOf(calls)[2]
    assert.deepStrictEqual([bill?.read, bill?.reachable?.blocks, bill?.pending?.blocks], [1_408, 2, 3])
  })

  it('is the same for equal blocks and for the same ones', () => {
    const own = [1, 2, 3].map((count) =>
      replayCall(`${count}`, turns(count), { ...openai, at: count * 2_000 }),
    )
    const [, , last] = own
    const shared = own.map((call, index) => ({
      ...call,
      prompt: { blocks: last?.prompt.blocks.slice(0, index + 2) ?? [] },
    }))
    assert.deepStrictEqual(billsOf(shared), billsOf(own))
  })
})

describe('a replay of prompts as they are rendered', () => {
  it('passes over text that the model is not shown', () => {
    const texts: Record<string, string> = {
      header1: 'x-anthropic-billing-header: cch=1;',
      header2: 'x-anthropic-billing-header: cch=2;',
    }
    const calls = () =>
      [1, 2].map((index) =>
        replayCall(`${index}`, `tool:find 1500 | system:header${index} 20 | system:manual 500 *`, {
          at: index * 2_000,
        }),
      )
    assert.deepStrictEqual(bucketsOf(calls(), (hash) => texts[hash] ?? hash)[1], [2_020, 0, 0])
    assert.deepStrictEqual(bucketsOf(calls())[1], [0, 2_020, 0])
  })

  it('puts the system prompt before the tools where the model does', () => {
    const calls = ['find', 'give'].map((name, index) =>
      replayCall(name, `tool:${name} 500 | system:manual 1280 | user:one 50`, {
        ...{ provider: 'openai', model: 'gpt-4.1', at: index * 2_000 },
      }),
    )
    assert.deepStrictEqual(bucketsOf(calls)[1], [1_280, 0, 550])
  })
})

describe('a replay of thinking', () => {
  const turns = (model: string) => [
    replayCall('a', 'system:manual 5000 | user:one 50 | reasoning:hmm 100 | assistant:yes 20 *', {
      at: 0,
      model,
    }),
    replayCall(
      'b',
      'system:manual 5000 | user:one 50 | reasoning:hmm 100 | assistant:yes 20 | user:two 50 *',
      { at: 2_000, model },
    ),
  ]

  it('ends the prefix where an older model takes it out of the prompt', () => {
    const bill = billsOf(turns('claude-sonnet-4-5'))[1]
    // The thinking itself is passed over: what follows it no longer does.
    assert.deepStrictEqual([bill?.read, bill?.reachable?.blocks], [0, 3])
  })

  it('stays in the prompt where the request asks to keep it', () => {
    const keep = '{"edits":[{"type":"clear_thinking_20251015","keep":"all"}]}'
    const calls = turns('claude-sonnet-4-5').map((call) => ({
      ...call,
      settings: { parameters: { context_management: keep } },
    }))
    assert.equal(billsOf(calls)[1]?.read, 5_170)
  })

  it('stays in the prompt while only results of tools come', () => {
    const results = turns('claude-sonnet-4-5').map((call) => ({
      ...call,
      prompt: {
        blocks: call.prompt.blocks.flatMap((block) =>
          block.hash === 'two'
            ? [
                { ...block, hash: 'found', kind: 'tool_result' as const, path: 'messages[3].content[0]' },
                { ...block, path: 'messages[3].content[1]' },
              ]
            : [block],
        ),
      },
    }))
    assert.equal(billsOf(results)[1]?.read, 5_170)
  })

  it('is a part of the prefix of newer models', () => {
    const bill = billsOf(turns('claude-opus-4-6'))[1]
    assert.deepStrictEqual([bill?.read, bill?.reachable?.blocks], [5_170, 4])
  })
})

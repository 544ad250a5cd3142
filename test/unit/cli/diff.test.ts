// `costflame diff`: its formats, and what it says against comparing.

import assert from 'node:assert/strict'
import { type DiffOptions, diff } from '../../../profiler-agent/cli/diff'
import { ranIn } from '../../support/command-io'
import { runsOf, type SaidInvocation } from '../../support/recorded-invocations'
import { type TestFolder, temporaryFolder, writeFiles } from '../../support/test-folders'

describe('costflame diff', () => {
  let folder: TestFolder
  beforeEach(() => {
    folder = temporaryFolder('diff')
  })
  afterEach(() => folder.remove())

  const compared = async (
    base: readonly SaidInvocation[],
    head: readonly SaidInvocation[],
    format: DiffOptions['format'] = 'json',
  ) => {
    const file = (runs: readonly SaidInvocation[]) =>
      JSON.stringify({ schema: 'costflame.run/1', runs: runsOf(...runs) })
    writeFiles(folder.path, { 'base.json': file(base), 'head.json': file(head) })
    const { code, stdout } = await ranIn(folder.path, (io) => diff(io, 'base.json', 'head.json', { format }))
    assert.equal(code, 0)
    return stdout
  }

  it('as JSON is costflame.diff/1, whose parts add up', async () => {
    // 100 tokens in at 1,000 and 10 out at 5,000: 150,000; two calls at the double price: 600,000.
    const found = JSON.parse(await compared([{ calls: [100] }], [{ calls: [100, 100], price: 2000 }]))
    const money = (picoUsd: number) => ({ picoUsd, usd: picoUsd / 1e12 })
    assert.equal(found.schema, 'costflame.diff/1')
    assert.deepEqual([found.base.cost, found.head.cost], [money(150_000), money(600_000)])
    assert.deepEqual(found.base.runs, ['r0'])
    assert.deepEqual(found.delta, money(450_000))
    assert.deepEqual(found.parts, {
      change: {
        ...money(300_000),
        calls: money(300_000),
        tokensPerCall: money(0),
        cacheMix: money(0),
        modelMix: money(0),
      },
      price: money(150_000),
      noise: null,
    })
    assert.equal(found.significance, null)
    assert.deepEqual(
      found.rows.map(({ by, key, delta }: { by: string; key: object; delta: object }) => [by, key, delta]),
      [
        ['agent', { agent: 'desk' }, money(450_000)],
        ['step', { agent: 'desk' }, money(450_000)],
        ['callsite', { agent: 'desk', file: 'desk.mjs', lines: [7] }, money(450_000)],
      ],
    )
    assert.deepEqual(found.warnings, ['1 run (r0) on both sides'])
  })

  it('as text says the difference of an invocation first, then its parts, then where', async () => {
    const lines = (await compared([{ calls: [100] }], [{ calls: [160] }], 'text')).split('\n')
    assert.deepEqual(lines.slice(0, 5), [
      'base.json → head.json: an invocation costs $0.00000015 → $0.00000024: +$0.00000009 (+60 %)',
      '  your change  +$0.00000009: tokens per call +$0.00000009',
      '  prices       $0',
      '  noise        unknown: one invocation on each side has no spread',
      'base: 1 invocation with 1 call for $0.00000015; head: 1 invocation with 1 call for $0.00000024',
    ])
    assert.ok(lines.some((line) => /desk\.mjs:7 \/ desk .* 1 .* 110 → 176 /.test(line)))
  })

  it('as Markdown has a heading whatever changed', async () => {
    const text = await compared([{ calls: [100] }], [{ calls: [100] }], 'markdown')
    assert.match(
      text,
      /^### Costflame: base\.json → head\.json: an invocation costs \$0\.00000015: \$0\n\n- your change: \$0\n/,
    )
    assert.match(text, /\| `desk` \| 1 \| 110 \| \$0\.00000015 \| \$0 \| \$0 \| \$0 \| \? \|/)
  })

  it('compares sets of any size by their invocations', async () => {
    const three = Array.from({ length: 3 }, (): SaidInvocation => ({ calls: [100] }))
    const found = JSON.parse(await compared(three, [{ calls: [100] }, { calls: [100] }]))
    assert.equal(found.delta.picoUsd, 0)
    assert.deepEqual([found.base.cost.picoUsd, found.base.scaledCost.picoUsd], [450_000, 300_000])
    assert.deepEqual(found.parts.noise, { picoUsd: 0, usd: 0 })
  })

  it('knows no difference from what has no price', async () => {
    const unpriced: SaidInvocation = { calls: [100], unpriced: true }
    const found = JSON.parse(await compared([{ calls: [100] }], [unpriced]))
    assert.deepEqual(
      [found.base.cost?.picoUsd, found.head.cost, found.delta, found.parts, found.perInvocation],
      [150_000, null, null, null, null],
    )
    const text = await compared([{ calls: [100] }], [unpriced], 'text')
    assert.match(
      text,
      /^base\.json → head\.json: an invocation costs \$0\.00000015 → no price: the difference is unknown\n/,
    )
    const partly = JSON.parse(await compared([{ calls: [100] }], [{ calls: [100] }, unpriced]))
    assert.deepEqual(partly.head.cost, { picoUsd: 150_000, usd: 1.5e-7, atLeast: true })
  })

  it('warns of other models, intents and unknown prices', async () => {
    const { warnings } = JSON.parse(
      await compared(
        [{ calls: [100], intent: 'status' }],
        [
          { calls: [100], intent: 'refund', model: 'gpt-5' },
          { calls: [100], intent: 'refund', model: 'gpt-5', unpriced: true },
        ],
      ),
    )
    assert.deepEqual(warnings, [
      '1 run (r0) on both sides',
      'other model: desk called openai/gpt-5-mini in the base and openai/gpt-5 in the head',
      'other inputs: intents status in the base and refund in the head',
      '1 call of the head has no price and is in no sum',
    ])
  })
})

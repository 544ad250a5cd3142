// `costflame whatif` on runs recorded with the embedded server: what it predicts is what the same program costs after the change.

import assert from 'node:assert/strict'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { Playground } from '../support/costflame'
import { inRepository } from '../support/repository'

const MANUAL = 'Refunds are paid within ten days of the parcel being returned to us. '.repeat(300)

/** Asks four times; with or without a mark behind the manual. */
const agent = (model: string, mark: string) => `
const system = [{ type: 'text', text: ${JSON.stringify(MANUAL)}${mark} }]

async function answer(question) {
  const response = await fetch(process.env.ANTHROPIC_BASE_URL + '/v1/messages', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-api-key': process.env.ANTHROPIC_API_KEY,
      'anthropic-version': '2023-06-01',
    },
    body: JSON.stringify({
      model: '${model}',
      max_tokens: 100,
      system,
      messages: [{ role: 'user', content: question }],
    }),
  })
  return (await response.json()).content[0].text
}

for (const order of ['A-1', 'B-2', 'C-3', 'D-4']) await answer('Where is order ' + order + '?')
`

describe('costflame whatif', function () {
  this.timeout(120_000)
  const playground = new Playground({
    'plain.mjs': agent('claude-sonnet-4-6', ''),
    'marked.mjs': agent('claude-sonnet-4-6', ", cache_control: { type: 'ephemeral' }"),
    'broken.mjs': agent('no-such-model', ''),
    'smaller.mjs': agent('claude-haiku-4-5', ", cache_control: { type: 'ephemeral' }"),
  })
  let simulator: Simulator
  let plain = ''
  let marked = ''
  let broken = ''
  let smaller = ''

  before(async () => {
    const { count } = await loadTokenizer(inRepository('dist'))
    simulator = await startSimulator({ port: 0, countTokens: count })
    plain = await run('plain.mjs')
    marked = await run('marked.mjs')
    broken = await run('broken.mjs')
    smaller = await run('smaller.mjs')
  })

  after(async () => {
    await simulator.close()
    await playground.remove()
  })

  /** Each run has an account of its own, whose caches are empty. */
  async function run(file: string): Promise<string> {
    const { code, stderr } = await playground.run(['run', '--', process.execPath, file], {
      ANTHROPIC_BASE_URL: simulator.url,
      ANTHROPIC_API_KEY: `sk-ant-${file}-0123456789`,
    })
    assert.equal(code, 0, stderr)
    const [latest] = await playground.exported('latest')
    return latest?.id ?? ''
  }

  async function costOf(id: string): Promise<number> {
    const [stored] = await playground.exported(id)
    return stored?.totals.cost?.picoUsd ?? 0
  }

  async function ask(...args: string[]) {
    const { code, stdout, stderr } = await playground.run(['whatif', '--json', ...args])
    assert.equal(code, 0, stderr)
    const answer = JSON.parse(stdout)
    assert.equal(answer.schema, 'costflame.whatif/1')
    assert.equal(answer.runs.length, 1)
    return answer.runs[0]
  }

  const isNear = (value: number, expected: number, share = 0.01) =>
    assert.ok(Math.abs(value - expected) <= expected * share, `${value} is not about ${expected}`)

  it('predicts what a breakpoint saves', async () => {
    const { recorded, fixes } = await ask('--run', plain, '--cache', 'add-breakpoint')
    assert.deepStrictEqual([recorded.picoUsd, recorded.calls], [await costOf(plain), 4])
    assert.deepStrictEqual(
      fixes.worthwhile.map(({ fix, safety }: Record<string, unknown>) => [fix, safety]),
      [['add-breakpoint', 'safe']],
    )
    assert.equal(fixes.saving.certainty, 'expected')
    assert.equal(fixes.notReplayed, 0)
    isNear(recorded.picoUsd - fixes.saving.picoUsd, await costOf(marked))
  })

  it('tries what findings ask for, by name or by id', async () => {
    const { fixes } = await ask('--run', plain, '--cache', 'all')
    const [fix] = fixes.worthwhile
    assert.equal(fix.fix, 'add-breakpoint')
    assert.match(fix.place, /^plain\.mjs:\d+$/)
    const { stdout } = await playground.run(['findings', '--run', plain, '--json'])
    assert.deepStrictEqual(
      JSON.parse(stdout).findings.map(({ id }: { id: string }) => id),
      [fix.findingId],
    )
    const byId = await ask('--run', plain, '--cache', fix.findingId.slice(0, 8))
    assert.deepStrictEqual(byId.fixes.saving, fixes.saving)
    isNear((await costOf(plain)) - fixes.saving.picoUsd, await costOf(marked))
  })

  it('has no more to save where the breakpoint is', async () => {
    const { fixes } = await ask('--run', marked, '--cache', 'add-breakpoint', 'sort-tools')
    assert.deepStrictEqual(fixes.worthwhile, [])
    assert.equal(fixes.saving.picoUsd, 0)
  })

  it('says that an hour costs more than five minutes for calls that follow each other', async () => {
    const { lifetime } = await ask('--run', marked, '--ttl', '1h')
    assert.equal(lifetime.calls, 4)
    // One write at twice the price of plain input instead of one and a quarter.
    const [stored] = await playground.exported(marked)
    const first = stored?.spans.flatMap(({ modelCall }) => modelCall ?? [])[0]
    const written = first?.usage.cacheWriteTokens['5m'] ?? 0
    const price = first?.cost?.prices.uncachedInput ?? 0
    isNear(-lifetime.saving.picoUsd, written * price * 0.75)
    assert.equal(lifetime.without.picoUsd - lifetime.with.picoUsd, lifetime.saving.picoUsd)
  })

  it('predicts what another model costs, tokenizer and cold cache included', async () => {
    const { model } = await ask('--run', marked, '--model', 'claude-haiku-4-5')
    assert.deepStrictEqual(model.targets, [{ provider: 'anthropic', model: 'claude-haiku-4-5' }])
    assert.equal(model.tokens.isExact, true)
    assert.deepStrictEqual(model.low, model.high)
    isNear(model.low.cold.picoUsd, await costOf(smaller))
    // Four reads instead of a write and three.
    assert.ok(model.low.warm.picoUsd < model.low.cold.picoUsd)
    assert.equal(model.cache.minimumTokens, 4_096)
  })

  it('gives a range where the models count tokens differently', async () => {
    const { stdout, code } = await playground.run(['whatif', '--run', marked, '--model', 'openai/gpt-5.4'])
    assert.equal(code, 0)
    assert.match(
      stdout,
      /with gpt-5\.4 from openai: \$[\d.]+ to \$[\d.]+, its caches cold as after the switch/,
    )
    assert.match(stdout, /tokens are estimated: 0\.8 to 1 times as many as before/)
    assert.match(stdout, /the new model caches by itself, from 1,024 tokens on \(documented\)/)
  })

  it('has the fixes and the lifetime of the same command in the figures of another model', async () => {
    // The caches are warm by now.
    const again = await run('smaller.mjs')
    const { model } = await ask('--run', plain, '--cache', 'add-breakpoint', '--model', 'claude-haiku-4-5')
    assert.deepStrictEqual(model.fixes, ['add-breakpoint'])
    isNear(model.low.cold.picoUsd, await costOf(smaller))
    isNear(model.low.warm.picoUsd, await costOf(again), 0.03)
    const { stdout } = await playground.run([
      ...[
        'whatif',
        '--run',
        plain,
        '--cache',
        'add-breakpoint',
        '--ttl',
        '24h',
        '--model',
        'claude-haiku-4-5',
      ],
    ])
    assert.match(stdout, /with claude-haiku-4-5 from anthropic and add-breakpoint: \$/)
    assert.match(stdout, /the new model’s cache knows no lifetime of 24h/)
  })

  it('says in words what it saves and what is assumed', async () => {
    const { stdout } = await playground.run([
      'whatif',
      '--run',
      plain,
      '--cache',
      'add-breakpoint',
      '--ttl',
      '1h',
    ])
    assert.match(stdout, /fixes, the best first:\n +\$[\d.]+ {2}add-breakpoint +safe/)
    assert.match(stdout, /together they save \$[\d.]+: \$[\d.]+ → \$[\d.]+/)
    assert.match(stdout, /assumed:\n {2}caches keep to the providers’ rules/)
    assert.match(
      stdout,
      /input, with the fixes above: \$[\d.]+ without, \$[\d.]+ with a lifetime of 1h in 4 calls/,
    )
  })

  it('writes a table for pull requests', async () => {
    const { stdout } = await playground.run([
      ...['whatif', '--run', plain, '--cache', 'add-breakpoint,sort-tools', '--format', 'markdown'],
    ])
    assert.match(stdout, /^### run .* for 4 priced calls\n\n\| saves \| fix \|/)
    assert.match(stdout, /\n\| \$[\d.]+ \| `add-breakpoint` \| safe \| plain\.mjs:\d+ \| [0-9a-f]{16} \|\n/)
    assert.match(stdout, /\n\| \$0 \| `sort-tools` \| safe \| {2}\| {2}\|\n\ntogether they save/)
    assert.match(stdout, /\nAssumed:\n\n- caches keep/)
  })

  it('refuses what it cannot answer, and says what it can', async () => {
    const refused = async (...args: string[]) => {
      const { code, stderr } = await playground.run(['whatif', ...args])
      assert.equal(code, 2, stderr)
      return stderr
    }
    assert.match(await refused(), /--cache FIX…, --ttl LIFETIME or --model NEW/)
    assert.match(
      await refused('--cache', 'magic'),
      /unknown fix "magic"\. Fixes: add-breakpoint, .*warm-first.*or all/,
    )
    assert.match(
      await refused('--run', plain, '--cache', '0123456789abcdef'),
      /no cache finding 0123456789abcdef in run .*: it has [0-9a-f]{16} \(add-breakpoint\)/,
    )
    assert.match(await refused('--ttl', '2h'), /no call of run .* its models know 5m, 1h/)
    assert.match(await refused('--model', 'no-such-model'), /no price for "no-such-model"/)
    assert.match(await refused('--model', 'gpt-5.4', '--provider', 'anthropic'), /no price for "gpt-5\.4"/)
    const { stdout } = await playground.run(['export', '--run', marked])
    playground.write({ 'run.costflame.json': stdout })
    assert.match(await refused('--run', 'run.costflame.json', '--cache', 'all'), /holds no prompts to replay/)
  })

  it('answers for every run that has an answer, and names the others', async () => {
    const { code, stdout, stderr } = await playground.run(['whatif', '--run', 'all', '--ttl', '1h', '--json'])
    assert.equal(code, 0)
    const ids = JSON.parse(stdout).runs.map(({ id }: { id: string }) => id)
    assert.ok(ids.includes(plain) && ids.includes(marked))
    assert.ok(!ids.includes(broken))
    assert.match(stderr, new RegExp(`run ${broken} has no call with a price`))
  })

  it('switches the model of a run file as well as can be said without prompts', async () => {
    const { stdout } = await playground.run(['export', '--run', marked])
    playground.write({ 'run.costflame.json': stdout })
    const { model } = await ask('--run', 'run.costflame.json', '--model', 'claude-haiku-4-5')
    assert.equal(model.unseenPrompts, 4)
    assert.ok(model.low.cold.picoUsd < model.high.cold.picoUsd)
  })
})

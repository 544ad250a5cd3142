// `costflame diff` and `check --base` on recorded runs: what an agent cost before and after its prompt grew.

import assert from 'node:assert/strict'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Playground } from '../support/costflame'
import { inRepository } from '../support/repository'

describe('two versions of an agent', function () {
  this.timeout(180_000)
  let repository: Playground
  let model: string

  before(async () => {
    repository = new Playground()
    cpSync(inRepository('docs', 'ci', 'example'), repository.path, { recursive: true })
    const simulator = repository.start(['simulate', '--script', 'ci/replies.json'])
    model = (JSON.parse(await simulator.line()) as { openai: string }).openai
    await record('before')
    const text = readFileSync(join(repository.path, 'agent.mjs'), 'utf8')
    repository.write({
      'agent.mjs': text.replace("'You are", `\n  '${'Be very polite to everybody. '.repeat(40)}You are`),
    })
    await record('after')
  })
  after(() => repository.remove())

  const record = async (version: string) => {
    const run = ['run', '--agent', 'order-desk', '--tag', `v=${version}`]
    const { code, stderr } = await repository.run(
      [...run, '--', process.execPath, 'agent.mjs', 'ci/questions.json'],
      { OPENAI_BASE_URL: model, OPENAI_API_KEY: 'none' },
    )
    assert.equal(code, 0, stderr)
  }
  const json = async (...args: readonly string[]) => {
    const { stdout, stderr } = await repository.run([...args, '--json'])
    assert.notEqual(stdout, '', stderr)
    return JSON.parse(stdout)
  }

  it('differ by what reports of them differ by, and the parts add up to it', async () => {
    const { base, head, delta, parts, rows, warnings } = await json('diff', 'tag.v=before', 'tag.v=after')
    const total = async (version: string) =>
      (await json('report', '--run', `tag.v=${version}`)).totals.cost.picoUsd
    assert.deepEqual([base.invocations, head.invocations, base.calls, head.calls], [6, 6, 12, 12])
    assert.equal(delta.picoUsd, (await total('after')) - (await total('before')))
    const { change, price, noise } = parts
    assert.equal(change.picoUsd + price.picoUsd + noise.picoUsd, delta.picoUsd)
    assert.equal(price.picoUsd, 0)
    // Prompts vary by some tokens and grew by hundreds.
    assert.equal(change.tokensPerCall.picoUsd, delta.picoUsd)
    const sites = rows.filter(({ by }: { by: string }) => by === 'callsite')
    assert.deepEqual(
      sites.map(({ key }: { key: { file: string; lines: number[] } }) => [key.file, key.lines]),
      // The call was on line 19 before.
      [
        ['agent.mjs', [20]],
        ['agent.mjs', [20]],
      ],
    )
    assert.deepEqual(warnings, ['other prompt: order-desk has another system prompt in the head'])
  })

  it('are the same to themselves', async () => {
    const { delta, parts, warnings } = await json('diff', 'tag.v=after', 'tag.v=after')
    assert.deepEqual([delta.picoUsd, parts.noise.picoUsd, parts.change.picoUsd], [0, 0, 0])
    assert.equal(warnings.length, 1)
  })

  it('are held against each other by check --base, at the line', async () => {
    const { verdict, results } = await json('check', '--run', 'tag.v=after', '--base', 'tag.v=before')
    assert.equal(verdict, 'over')
    const tokens = results.find(({ limit }: { limit: string }) => limit === 'totalTokens')
    assert.deepEqual([tokens.verdict, tokens.worse, tokens.n], ['over', true, 6])
    assert.deepEqual(
      [tokens.cause.place.file, tokens.cause.place.line, tokens.cause.isGrowth],
      ['agent.mjs', 20, true],
    )
    assert.match(
      tokens.why[0],
      /^tokens per call \+\d+ an invocation \(100 % of the growth at agent\.mjs:20\)$/,
    )
  })
})

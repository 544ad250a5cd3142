// `costflame budgets` as a user types it: limits out of hundreds of recorded invocations, files that are broken, places where nothing can be written.

import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Ended, Playground } from '../support/costflame'
import { skip } from '../support/skip'

const BUDGETS = '.costflame/budgets.jsonc'

/**
 * One invocation for each argument, `input output`: an agent that plans and answers, which the provider bills so many tokens.
 * INTENT and VERSION say what they are.
 */
const DESK = `
const ask = (agent, step, prompt_tokens, completion_tokens) =>
  fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-costflame-agent': 'desk;' + agent,
      'x-costflame-step': step + ';' + agent + '-' + step,
      ...(process.env.INTENT ? { 'x-costflame-intent': process.env.INTENT } : {}),
      'x-costflame-agent-version': process.env.VERSION ?? '1.0',
    },
    body: JSON.stringify({
      model: 'gpt-5-mini',
      messages: [{ role: 'user', content: agent + ' ' + step }],
      metadata: { prompt_tokens: String(prompt_tokens), completion_tokens: String(completion_tokens) },
    }),
  }).then((response) => response.text())

const waiting = process.argv.slice(2).map((pair, index) => [index, ...pair.split('+').map(Number)])
async function work() {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [index, input, output] = next
    const agent = process.pid + '-' + index
    await ask(agent, 'plan', 100, 10)
    await ask(agent, 'answer', input - 100, output - 10)
  }
}
await Promise.all(Array.from({ length: 8 }, work))
`

/** A provider that bills what the request says. */
function startProvider(): Promise<Server> {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    const { metadata } = JSON.parse(body)
    const [prompt, completion] = [Number(metadata.prompt_tokens), Number(metadata.completion_tokens)]
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        ...{ id: `chatcmpl-${Math.random()}`, object: 'chat.completion', model: 'gpt-5-mini' },
        choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'done' } }],
        usage: {
          ...{ prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
          prompt_tokens_details: { cached_tokens: 0 },
        },
      }),
    )
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

/** 120 invocations: p50 2,900 (rank 60), p95 4,100 (rank 114), p99 5,000 tokens (rank 119). */
const LOOKUPS = Array.from({ length: 120 }, (_, index) =>
  index < 60 ? '2700+200' : index < 115 ? '3800+300' : '4600+400',
)

describe('costflame budgets', function () {
  this.timeout(120_000)
  let playground: Playground
  let provider: Server
  before(async () => {
    provider = await startProvider()
  })
  after(() => void provider.close())
  beforeEach(() => {
    playground = new Playground({ 'desk.mjs': DESK })
  })
  afterEach(() => playground.remove())

  const file = () => readFileSync(join(playground.path, BUDGETS), 'utf8')
  const budgets = (...args: string[]) => playground.run(['budgets', ...args])
  const record = async (invocations: readonly string[], said: Record<string, string> = {}): Promise<void> => {
    const { port } = provider.address() as AddressInfo
    const environment = { OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, OPENAI_API_KEY: 'sk-none', ...said }
    const ended = await playground.run(
      ['run', '--', process.execPath, 'desk.mjs', ...invocations],
      environment,
    )
    assert.equal(ended.code, 0, ended.stderr)
  }
  const fine = ({ code, stdout, stderr }: Ended, expected = 0) => {
    assert.equal(code, expected, stdout + stderr)
    return { stdout, stderr }
  }

  it('derives limits from what was measured, and the same again changes nothing', async () => {
    await record(LOOKUPS, { INTENT: 'lookup' })
    await record(['1000+100', '1100+100', '1200+100'], { INTENT: 'refund' })
    const { stdout, stderr } = fine(await budgets('export'))
    assert.match(
      stdout,
      /^agents\.desk\.intents\.lookup: 120 invocations, costUsd \$\S+, totalTokens 6,000$/m,
    )
    assert.match(stderr, /agents\.desk\.intents\.refund: only 3 invocations, the gate judges from 5;/)
    const text = file()
    assert.match(text, /\/\/ p95 4,100 and p99 5,000 tokens over 120 invocations, \+20 %\n/)
    assert.match(
      text,
      /\/\/ p95 1,300 and p99 1,300 tokens over 3 invocations, \+20 %; few, so p99 is the largest\n/,
    )
    const { agents } = JSON.parse(text.replaceAll(/^ *\/\/.*$/gm, ''))
    const { lookup, refund } = agents.desk.intents
    assert.equal(agents.desk.agentVersion, '1.0')
    assert.equal(lookup.limits.totalTokens, 6000)
    // 4,600 tokens in at $0.25 and 400 out at $2 a million: $0.00195, and 20 % is $0.00234.
    assert.equal(lookup.limits.costUsd, 0.0024)
    assert.equal(refund.limits.totalTokens, 1600)
    assert.deepEqual(lookup.baseline.totalTokens, { p50: 2900, p95: 4100, p99: 5000 })
    assert.deepEqual(lookup.baseline.perInvocation, {
      'openai/gpt-5-mini': {
        // 60 × 2,700, 55 × 3,800 and 5 × 4,600 in, 60 × 200, 55 × 300 and 5 × 400 out, by 120.
        ...{
          calls: 2,
          uncachedInput: 3283.33,
          cacheRead: 0,
          cacheWrite: 0,
          output: 254.167,
          usd: 0.00132917,
        },
      },
    })
    assert.match(lookup.baseline.prices, /^sha256:[0-9a-f]{64}$/)
    assert.deepEqual(lookup.steps.plan.limits, { inputTokens: 120 })
    assert.equal(lookup.steps.answer.baseline.outputTokensPerCall.p99, 390)
    assert.ok(existsSync(join(playground.path, '.costflame/budgets.schema.json')))
    fine(await budgets('validate'))

    const { results } = JSON.parse((await playground.run(['check', '--json'])).stdout)
    const verdicts = new Set(results.map(({ verdict }: { verdict: string }) => verdict))
    assert.deepEqual([...verdicts].sort(), ['fine', 'indeterminate'])

    const { mtimeMs } = statSync(join(playground.path, BUDGETS))
    assert.match(fine(await budgets('export')).stdout, /stays as it is/)
    assert.equal(file(), text)
    assert.equal(statSync(join(playground.path, BUDGETS)).mtimeMs, mtimeMs)
    const json = JSON.parse(fine(await budgets('export', '--json')).stdout)
    assert.deepEqual([json.changed, json.text, json.before], [false, text, text])
  })

  it('shows the change before it is made, and follows a new version', async () => {
    await record(['1000+100', '1000+100'])
    fine(await budgets('export'))
    const before = file().replace('"totalTokens": 1400', '"totalTokens": 1250')
    writeFileSync(join(playground.path, BUDGETS), before)
    await record(['2000+100', '2000+100', '2000+100'], { VERSION: '2.0' })
    const dry = fine(await budgets('export', '--dry-run', '--headroom', '50%'))
    assert.equal(file(), before)
    assert.match(dry.stdout, /^--- a\/\.costflame\/budgets\.jsonc\n\+\+\+ b\/\.costflame\/budgets\.jsonc\n/)
    assert.match(dry.stdout, /^-\s+"agentVersion": "1\.0",$/m)
    assert.match(dry.stdout, /^\+\s+"agentVersion": "2\.0",$/m)
    assert.match(dry.stderr, /agents\.desk: 2 invocations of 1\.0 left out; 2\.0 ran last/)
    assert.match(dry.stderr, /totalTokens stays 1,250, which was set by hand; 3,200 would be derived/)
    const preview = JSON.parse(
      fine(await budgets('export', '--dry-run', '--headroom', '50%', '--json')).stdout,
    )
    assert.equal(preview.schema, 'costflame.budgets-export/1')
    fine(await budgets('export', '--headroom', '0.5'))
    assert.equal(file(), preview.text)
    assert.match(file(), /"totalTokens": 1250/)
  })

  it('takes runs from a file and puts limits into another one', async () => {
    await record(['1000+100'])
    const exported = await playground.run(['export', '-o', 'one.costflame.json'])
    assert.equal(exported.code, 0, exported.stderr)
    fine(await budgets('export', '--run', 'one.costflame.json', '-o', 'other/budgets.jsonc'))
    const other = readFileSync(join(playground.path, 'other/budgets.jsonc'), 'utf8')
    assert.match(other, /"totalTokens": 1400/)
    assert.equal(existsSync(join(playground.path, BUDGETS)), false)
    fine(await budgets('export'))
    assert.equal(file(), other)
  })

  it('begins a file with its schema, and touches none that is there', async () => {
    const first = fine(await budgets('init'))
    assert.match(first.stdout, /^wrote .*budgets\.jsonc\nwrote .*budgets\.schema\.json\n$/)
    assert.equal(
      JSON.parse(readFileSync(join(playground.path, '.costflame/budgets.schema.json'), 'utf8')).title,
      'Costflame budgets',
    )
    assert.match(fine(await budgets('validate')).stdout, /: 2 limits, no mistakes\n$/)
    playground.write({ [BUDGETS]: '{ "version": 1 } // mine' })
    assert.match(fine(await budgets('init')).stdout, /is there already/)
    assert.equal(file(), '{ "version": 1 } // mine')
  })

  it('names every mistake with its place', async () => {
    const missing = fine(await budgets('validate'), 2)
    assert.match(missing.stderr, /there is no budget file .*costflame budgets init/)
    playground.write({
      [BUDGETS]: `{
  "version": 1,
  "agents": {
    "desk": {
      "limits": { "totalTokens": 6000, "inputTokens": 7000, "toolCalls": -1, "cacheHitRatio": 90 },
      "onExceed": "escalate"
    }
  }
}`,
    })
    const { stdout } = fine(await budgets('validate'), 2)
    assert.deepEqual(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.replace(/^.*budgets\.jsonc:/, '')),
      [
        '5:74: agents.desk.limits.toolCalls must not be negative',
        '5:95: agents.desk.limits.cacheHitRatio must be from 0 to 1',
        '6:7: "escalate" needs an "escalation": the name of what it starts',
        '5:40: inputTokens 7,000 can never be reached: totalTokens is 6,000',
      ],
    )
    const { problems } = JSON.parse(fine(await budgets('validate', '--json'), 2).stdout)
    assert.equal(problems.length, 4)
    assert.deepEqual([problems[0].line, problems[0].column], [5, 74])
  })

  it('notes an escalation that nobody has defined on this machine, which is no mistake of the file', async () => {
    playground.write({
      [BUDGETS]: `{ "version": 1, "agents": { "desk": {
  "limits": { "toolCalls": 3 }, "onExceed": "escalate", "escalation": "support-lead" } } }`,
    })
    const { stdout, stderr } = fine(await budgets('validate'))
    assert.match(stdout, /: 1 limit, no mistakes\n$/)
    assert.match(stderr, /budgets\.jsonc:\d+:\d+: .*support-lead/)
    const defined = await playground.run(['budgets', 'validate'], { COSTFLAME_ESCALATE_SUPPORT_LEAD: 'true' })
    assert.equal(fine(defined).stderr, '')
  })

  it('changes nothing where the file is broken, and says where', async () => {
    await record(['1000+100'])
    const broken = '{\n  "version": 1,\n  "agents": { "desk": { "limits" 5 } }\n}\n'
    playground.write({ [BUDGETS]: broken })
    const { stderr } = fine(await budgets('export'), 2)
    assert.match(stderr, /budgets\.jsonc:3:34: this is not valid JSON .*Nothing was changed/)
    assert.equal(file(), broken)
    // What is only unsound is left, and told.
    playground.write({ [BUDGETS]: '{\n  "version": 1,\n  "agent": {} // a slip\n}\n' })
    assert.match(fine(await budgets('export')).stderr, /budgets\.jsonc:3:3: unknown key "agent"/)
    assert.match(file(), /"agent": \{\}, \/\/ a slip\n {2}"agents": \{/)
  })

  it('says so where there is nothing to derive from, and where it cannot write', async () => {
    const nothing = fine(await budgets('export'), 2)
    assert.match(nothing.stderr, /there are no runs in /)
    await record(['1000+100'])
    const { stderr } = fine(await budgets('export', '-o', 'desk.mjs/budgets.jsonc'), 2)
    assert.match(stderr, /budgets\.jsonc cannot be written: .*-o FILE.*--dry-run/)
    const wrong = fine(await budgets('export', '--headroom', 'much'), 2)
    assert.match(wrong.stderr, /0\.2 or 20%/)
  })

  it('says that a limit stopped all that ran', async () => {
    playground.write({
      [BUDGETS]:
        '{ "version": 1, "agents": { "desk": { "limits": { "modelCalls": 1 }, "onExceed": "block" } } }',
    })
    await record(['1000+100', '1000+100'])
    assert.match(
      fine(await budgets('export', '--dry-run'), 2).stderr,
      /a limit stopped 2 of 2 invocations in these runs, .*: there is nothing to derive limits from/,
    )
  })

  it('leaves a read-only repository as it is, and can still show the limits', async function () {
    if (process.platform === 'win32' || process.getuid?.() === 0) skip(this, 'this user can write everywhere')
    await record(['1000+100'])
    chmodSync(join(playground.path, '.costflame'), 0o500)
    try {
      assert.match(fine(await budgets('export'), 2).stderr, /cannot be written: .*Nothing was changed/)
      assert.match(fine(await budgets('export', '--dry-run')).stdout, /\+.*"totalTokens": 1400/)
    } finally {
      chmodSync(join(playground.path, '.costflame'), 0o700)
    }
  })
})

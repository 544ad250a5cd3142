// The worked example of docs/worked-example.md from its first command to its last: measured, derived, broken by a change, blocked, handed over, gated.

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeScript } from '../../profiler-agent/simulator/script-decoder'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { type Ended, Playground } from '../support/costflame'
import { inRepository } from '../support/repository'

const AGENT = inRepository('test', 'agents', 'order-status')
const BUDGETS = '.costflame/budgets.jsonc'
/** What a user adds by hand to what was derived. */
const BY_HAND = `"retrievalTokens": 3000, "outputTokensPerCall": 800, "toolCalls": 3 },
          "clampOutput": true,
          "onExceed": "warn", "escalation": "support-lead",`

describe('the worked example', function () {
  this.timeout(300_000)
  const files = readdirSync(AGENT).map((name) => [name, readFileSync(join(AGENT, name), 'utf8')] as const)
  const playground = new Playground(Object.fromEntries(files))
  const path = (name: string) => join(playground.path, name)
  let simulator: Simulator

  before(async () => {
    mkdirSync(path('node_modules'))
    symlinkSync(inRepository(), path('node_modules/costflame'), 'dir')
    symlinkSync(inRepository('test/agents/node_modules/openai'), path('node_modules/openai'), 'dir')
    const { script } = await import(join(AGENT, 'questions.mjs'))
    const { count } = await loadTokenizer(inRepository('dist'))
    simulator = await startSimulator({
      port: 0,
      countTokens: count,
      script: decodeScript(JSON.stringify(script()), 'the worked example'),
    })
  })
  after(async () => {
    await simulator.close()
    await playground.remove()
  })

  const environment = () => ({
    OPENAI_BASE_URL: `${simulator.url}/v1`,
    OPENAI_API_KEY: 'sk-worked-example-0123456789',
    COSTFLAME_ESCALATE_SUPPORT_LEAD: `${process.execPath} ${path('hand-over.mjs')}`,
  })
  const costflame = (...args: string[]): Promise<Ended> => playground.run(args, environment())
  const serve = (customers: string): Promise<Ended> =>
    costflame('run', '--', process.execPath, 'desk.mjs', customers)
  const edit = (name: string, from: string, to: string) => {
    const text = readFileSync(path(name), 'utf8')
    assert.ok(text.includes(from), `${name} has no ${from}`)
    writeFileSync(path(name), text.replace(from, to))
  }

  it('measures 212 customers and derives a limit of 6,000 tokens', async () => {
    const { code, stdout, stderr } = await serve('212')
    assert.equal(code, 0, stderr)
    assert.equal(stdout, '212 of 212 resolved\n')
    const exported = await costflame('budgets', 'export')
    assert.equal(exported.code, 0, exported.stderr)
    const text = readFileSync(path(BUDGETS), 'utf8')
    assert.match(text, /p95 4,100 and p99 5,000 .*212 invocations/)
    assert.match(text, /"totalTokens": 6000\b/)
    assert.match(text, /"totalTokens": \{ "p50": 2900, "p95": 4100, "p99": 5000 \}/)
  })

  it('passes the gate as it is, with limits that were added by hand', async () => {
    const text = readFileSync(path(BUDGETS), 'utf8')
    const intent = text.indexOf('"order-status-lookup"')
    const end = text.indexOf('}', text.indexOf('"totalTokens": 6000', intent))
    writeFileSync(
      path(BUDGETS),
      `${text.slice(0, end).trimEnd()}, ${BY_HAND}${text.slice(end + 1).replace(/^,/, '')}`,
    )
    const { code, stdout, stderr } = await costflame('check')
    assert.equal(code, 0, stdout + stderr)
    const again = await costflame('budgets', 'export')
    assert.equal(again.code, 0, again.stderr)
    assert.match(readFileSync(path(BUDGETS), 'utf8'), /"retrievalTokens": 3000/)
  })

  it('warns of a change that reads forty articles instead of three, at its line', async () => {
    edit('order-status.mjs', 'const ARTICLES = 3', 'const ARTICLES = 40')
    const { code, stdout, stderr } = await serve('12')
    assert.equal(code, 0, stderr)
    assert.equal(stdout, '12 of 12 resolved\n')
    const found = await costflame('findings', '--json')
    const { findings } = JSON.parse(found.stdout)
    for (const rule of ['budget/totalTokens', 'budget/retrievalTokens']) {
      const finding = findings.find((each: { rule: string }) => each.rule === rule)
      assert.ok(finding, `${rule} in ${found.stdout}`)
      assert.equal(finding.location.file, 'order-status.mjs')
      assert.equal(finding.relatedLocations[0].file, BUDGETS)
    }
  })

  it('fails the gate and names the cause', async () => {
    const { code, stdout } = await costflame('check', '--run', 'latest')
    assert.equal(code, 1, stdout)
    assert.match(stdout, /over .*totalTokens +p95 8,689 of 6,000/)
    assert.match(stdout, /retrieved text \+3,687 tokens an invocation/)
  })

  it('stops the call that would bring too much, and hands the customer over once', async () => {
    writeFileSync(
      path('hand-over.mjs'),
      `import { appendFileSync } from 'node:fs'
       let text = ''
       for await (const part of process.stdin) text += part
       appendFileSync('handed-over.jsonl', JSON.stringify(JSON.parse(text)) + '\\n')`,
    )
    edit(BUDGETS, '"onExceed": "warn"', '"onExceed": "escalate"')
    const { code, stdout, stderr } = await serve('12')
    assert.equal(code, 0, stderr)
    assert.equal(stdout, '0 of 12 resolved\n')
    const told = readFileSync(path('handed-over.jsonl'), 'utf8').trim().split('\n')
    const summaries = told.map((line) => JSON.parse(line))
    assert.equal(new Set(summaries.map(({ invocation }) => JSON.stringify(invocation))).size, 12)
    assert.equal(summaries.length, 12)
    assert.ok(summaries.every(({ rule }) => rule === 'budget/retrievalTokens'))
    const [run] = await playground.exported()
    const blocked = run?.spans.filter(({ status }) => status === 'blocked') ?? []
    assert.equal(blocked.length, 12)
    assert.ok(blocked.every(({ modelCall }) => modelCall?.cost === null && modelCall.billed === false))
    // The calls before it lowered their own cap to what the file allows.
    assert.equal(run?.totals.calls, 24)
  })

  it('lets everybody through once the change is taken back', async () => {
    edit('order-status.mjs', 'const ARTICLES = 40', 'const ARTICLES = 3')
    const { stdout, stderr } = await serve('212')
    assert.equal(stdout, '212 of 212 resolved\n', stderr)
    const { code, stdout: gate } = await costflame('check', '--run', 'latest')
    assert.equal(code, 0, gate)
  })
})

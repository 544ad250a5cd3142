// An assistant profiles, fixes and verifies over the Model Context Protocol, with the protocol's own client; and is told no prompt text.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { COSTFLAME, Playground } from '../support/costflame'
import { inRepository } from '../support/repository'

const CANARY = 'heronsbill'
const AGENT = `
const manual = '${CANARY} parcels are refunded within ten days of their return. '.repeat(400)

function instructions(now) {
  return \`It is \${now} at the desk.
You answer in one sentence.
\${manual}\`
}

for (let minute = 10; minute < 14; minute++) {
  await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer ' + process.env.OPENAI_API_KEY },
    body: JSON.stringify({
      model: 'gpt-5.4',
      messages: [
        { role: 'system', content: instructions('2026-11-22T10:' + minute + ':00Z') },
        { role: 'user', content: 'Where is parcel ' + minute + '?' },
      ],
    }),
  })
}
`

interface Told {
  readonly text: string
  readonly isError: boolean
}

describe('the tools for assistants', function () {
  this.timeout(120_000)
  const playground = new Playground({ 'agent.mjs': AGENT })
  let simulator: Simulator
  let client: Client
  const everything: string[] = []

  const connected = async (...flags: readonly string[]): Promise<Client> => {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [COSTFLAME, 'mcp', ...flags],
      cwd: playground.path,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: playground.path,
        OPENAI_BASE_URL: `${simulator.url}/v1`,
        OPENAI_API_KEY: 'sk-assistant-0123456789',
      },
    })
    const made = new Client({ name: 'test', version: '1' })
    await made.connect(transport)
    return made
  }
  const call = async (name: string, input: Record<string, unknown> = {}): Promise<Told> => {
    const { content, isError } = await client.callTool({ name, arguments: input })
    const text = (content as readonly { readonly text?: string }[]).map((part) => part.text ?? '').join('')
    everything.push(text)
    return { text, isError: isError === true }
  }
  const answer = async (name: string, input: Record<string, unknown> = {}) => {
    const { text, isError } = await call(name, input)
    assert.equal(isError, false, text)
    return JSON.parse(text)
  }

  before(async () => {
    const { count } = await loadTokenizer(inRepository('dist'))
    simulator = await startSimulator({ port: 0, countTokens: count })
    client = await connected()
  })
  after(async () => {
    await client.close()
    await simulator.close()
    await playground.remove()
  })

  it('are listed with what they are for, and whether they change anything', async () => {
    const { tools } = await client.listTools()
    assert.deepEqual(
      tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint]),
      [
        ['costflame_runs', true],
        ['costflame_costs', true],
        ['costflame_findings', true],
        ['costflame_why', true],
        ['costflame_apply_fix', false],
        ['costflame_profile', false],
        ['costflame_compare', true],
        ['costflame_check_budgets', true],
      ],
    )
    for (const { description = '' } of tools) assert.ok(description.length > 60)
  })

  it('say what is missing, and what to do, while nothing is recorded', async () => {
    const { text, isError } = await call('costflame_costs')
    assert.equal(isError, true)
    assert.match(text, /costflame run/)
  })

  it('profile a command, and tell what it cost and what is wasteful', async () => {
    const told = await answer('costflame_profile', { command: [process.execPath, 'agent.mjs'] })
    assert.equal(told.exitCode, 0)
    assert.equal(told.totals.calls, 4)
    assert.ok(told.totals.usd > 0)
    assert.deepEqual(
      told.findings.map(({ rule, fix }: { rule: string; fix: { mechanical: boolean } }) => [
        rule,
        fix.mechanical,
      ]),
      [['cache/volatile-prefix', true]],
    )
  })

  it('tell the most expensive line, exactly as billed', async () => {
    const { rows, totals } = await answer('costflame_costs', { by: ['callsite'] })
    assert.deepEqual(rows[0].key, { callsite: 'agent.mjs:11' })
    assert.equal(rows[0].cost.picoUsd, totals.cost.picoUsd)
    const { runs } = await answer('costflame_runs')
    assert.equal(runs[0].usd, totals.cost.usd)
  })

  it('explain a finding, apply its fix, and see the saving in the next run', async () => {
    const { findings } = await answer('costflame_findings')
    const [{ id, saving }] = findings
    const { calls, partAt } = await answer('costflame_why', { finding: id })
    assert.equal(calls.length, 3)
    assert.equal(partAt.path, 'messages[0]')

    const { changed } = await answer('costflame_apply_fix', { finding: id })
    assert.equal(changed[0].file, 'agent.mjs')
    assert.match(readFileSync(join(playground.path, 'agent.mjs'), 'utf8'), /\$\{manual\}[^`]*\$\{now\}/)
    const again = await call('costflame_apply_fix', { finding: id })
    assert.equal(again.isError, true)
    assert.match(again.text, /changed since the run/)

    const after = await answer('costflame_profile', { command: [process.execPath, 'agent.mjs'] })
    assert.deepEqual(after.findings, [])
    const { delta } = await answer('costflame_compare')
    assert.ok(Math.abs(-delta.usd / saving.usd - 1) < 0.05, `${delta.usd} for ${saving.usd}`)
  })

  it('refuse what they do not understand', async () => {
    const unknown = await call('costflame_why', { finding: 'ffffffff' })
    assert.equal(unknown.isError, true)
    // What there is instead is listed elsewhere: a finding's own words may quote a prompt.
    assert.match(
      unknown.text,
      /^no finding of these runs begins with "ffffffff"\. costflame_findings lists them\.$/,
    )
    const { text } = await call('costflame_check_budgets')
    assert.match(text, /there is no budget file/)
  })

  it('tell no text of a prompt, unless the user allows it', async () => {
    assert.ok(everything.length > 8)
    for (const text of everything) assert.doesNotMatch(text, new RegExp(`${CANARY}|It is 2026|T10:1`))
    const runs = JSON.parse((await call('costflame_runs')).text).runs
    await client.close()
    client = await connected('--prompts')
    const { findings } = JSON.parse((await call('costflame_findings', { run: runs.at(-1).id })).text)
    assert.match(findings[0].message, /changes with every call/)
    assert.match((await call('costflame_why', { finding: findings[0].id })).text, new RegExp(CANARY))
  })
})

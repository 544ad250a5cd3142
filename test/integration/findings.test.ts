// Findings from the run to the repaired program: the place in the source, the exact change, every format, and `why`. Around real programs and the embedded server.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../../profiler-agent/model/finding'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { Playground } from '../support/costflame'
import { inRepository } from '../support/repository'

const MANUAL = 'Bikes are repaired within five days, and nobody is promised a certain hour. '.repeat(200)

/** Stands where an SDK stands: its frames are not the user's. */
const SDK = `
const send = (url, headers) => async (body) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return response.json()
}
export const openai = {
  chat: { completions: { create: send(process.env.OPENAI_BASE_URL + '/chat/completions', { authorization: 'Bearer ' + process.env.OPENAI_API_KEY }) } },
}
export const anthropic = {
  messages: { create: send(process.env.ANTHROPIC_BASE_URL + '/v1/messages', { 'x-api-key': process.env.ANTHROPIC_API_KEY, 'anthropic-version': '2023-06-01' }) },
}
`

const VOLATILE = `import { openai } from 'shop-sdk'
import { systemText } from './prompt.mjs'

async function answer(question) {
  const messages = [{ role: 'system', content: systemText() }, { role: 'user', content: question }]
  return openai.chat.completions.create({ model: 'gpt-5.4', messages })
}

for (const bike of ['A-1', 'B-2', 'C-3', 'D-4']) await answer('When is bike ' + bike + ' ready?')
`

const PROMPT = `import { readFileSync } from 'node:fs'
const manual = readFileSync(new URL('manual.md', import.meta.url), 'utf8')

export function systemText() {
  return \`The time in the shop: \${process.hrtime.bigint()}
You help the customers of a bike shop, briefly and in a friendly way.
\${manual}\`
}
`

const UNMARKED = `import { anthropic } from 'shop-sdk'
import { readFileSync } from 'node:fs'

const SYSTEM = readFileSync(new URL('manual.md', import.meta.url), 'utf8')

for (const bike of ['A-1', 'B-2', 'C-3', 'D-4'])
  await anthropic.messages.create({
    model: 'claude-sonnet-4-6',
    max_tokens: 100,
    system: SYSTEM,
    messages: [{ role: 'user', content: 'When is bike ' + bike + ' ready?' }],
  })
`

/** Two ways to spoil the cache with tools: their order, and the text of one. */
const withTools = (tools: string) => `import { anthropic } from 'shop-sdk'
import { readFileSync } from 'node:fs'
import { bikeTools, turned } from './tools.mjs'

const manual = readFileSync(new URL('manual.md', import.meta.url), 'utf8')
const system = [{ type: 'text', text: manual, cache_control: { type: 'ephemeral' } }]

for (const [index, bike] of ['A-1', 'B-2', 'C-3', 'D-4'].entries())
  await anthropic.messages.create({
    model: 'claude-sonnet-4-6',
    max_tokens: 100,
    tools: ${tools},
    system,
    messages: [{ role: 'user', content: 'When is bike ' + bike + ' ready?' }],
  })
`

const TOOLS = `const input_schema = { type: 'object', properties: {} }

const PARTS = [
  'Looks for a part on the shelves of this shop.',
  'Asks every other shop of the chain whether it has one to spare.',
  'Goes through what customers brought back and what can be used again.',
  'Orders from the makers in the region, which takes about two weeks.',
]

export const bikeTools = (index) => [
  { name: 'find_bike', description: 'Finds a bike by its number and says how far its repair is.', input_schema },
  { name: 'find_part', description: PARTS[index], input_schema },
  { name: 'call_customer', description: 'Calls a customer and leaves word that the bike is ready.', input_schema },
  { name: 'book_stand', description: 'Books a stand in the workshop for an afternoon.', input_schema },
]

export const turned = (tools, index) => [...tools.slice(index), ...tools.slice(0, index)]
`

/** Conversations: the time changes with every call, the ticket with every conversation. */
const TICKETS = `import { readFileSync } from 'node:fs'
import { openai } from 'shop-sdk'
const manual = readFileSync(new URL('manual.md', import.meta.url), 'utf8')

function systemText({ id, email }) {
  return \`The clock of the shop: \${process.hrtime.bigint()}
Repair ticket number \${id}, brought in by \${email}

\${manual}\`
}

async function converse(ticket) {
  const messages = []
  for (const question of ['What is broken?', 'Which part is missing?', 'When is it ready?']) {
    messages.push({ role: 'user', content: question })
    const system = { role: 'system', content: systemText(ticket) }
    const reply = await openai.chat.completions.create({ model: 'gpt-5.4', messages: [system, ...messages] })
    messages.push(reply.choices[0].message)
  }
}

for (const [id, name] of [['5101', 'ada'], ['5102', 'ben'], ['5103', 'cleo'], ['5104', 'dan']])
  await converse({ id, email: name + '@example.com' })
`

describe('findings', function () {
  this.timeout(240_000)
  const playground = new Playground({
    'volatile.mjs': VOLATILE,
    'prompt.mjs': PROMPT,
    'unmarked.mjs': UNMARKED,
    'tickets.mjs': TICKETS,
    'reordered.mjs': withTools(
      'index > 0 ? [...bikeTools(0).slice(index), ...bikeTools(0).slice(0, index)] : bikeTools(0)',
    ),
    'changed.mjs': withTools('bikeTools(index)'),
    'tools.mjs': TOOLS,
    'manual.md': MANUAL,
    'node_modules/shop-sdk/package.json': '{"name":"shop-sdk","type":"module","exports":"./index.js"}',
    'node_modules/shop-sdk/index.js': SDK,
  })
  let simulator: Simulator

  before(async () => {
    const { count } = await loadTokenizer(inRepository('dist'))
    simulator = await startSimulator({ port: 0, countTokens: count })
  })

  after(async () => {
    await simulator.close()
    await playground.remove()
  })

  let accounts = 0

  /** Each run has an account of its own, whose caches are empty. */
  async function profile(file: string, ...flags: string[]): Promise<void> {
    const key = `sk-${++accounts}-0123456789abcdef`
    const { code, stderr } = await playground.run(
      ['run', '--agent', 'shop', ...flags, '--', process.execPath, file],
      {
        ANTHROPIC_BASE_URL: simulator.url,
        ANTHROPIC_API_KEY: key,
        OPENAI_BASE_URL: `${simulator.url}/v1`,
        OPENAI_API_KEY: key,
      },
    )
    assert.equal(code, 0, stderr)
  }

  async function output(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await playground.run(args)
    assert.equal(code, 0, stderr)
    return stdout
  }

  async function found(): Promise<Finding[]> {
    return JSON.parse(await output('findings', '--json')).findings
  }

  async function onlyFinding(rule: string): Promise<Finding> {
    const findings = await found()
    assert.deepEqual(
      findings.map((finding) => finding.rule),
      [rule],
    )
    const [finding] = findings
    assert.ok(finding)
    return finding
  }

  const spentLately = async () => (await playground.exported())[0]?.totals.cost?.picoUsd ?? 0

  /** Applies the change that `why` shows, as a user would. */
  async function applyFix({ id }: Finding): Promise<void> {
    const { diff } = JSON.parse(await output('why', id, '--json'))
    writeFileSync(join(playground.path, 'fix.diff'), `${diff}\n`)
    execFileSync('git', ['apply', 'fix.diff'], { cwd: playground.path, stdio: 'pipe' })
  }

  it('point at the text that changes, and the change they show makes the next run cheaper', async () => {
    await profile('volatile.mjs')
    const finding = await onlyFinding('cache/volatile-prefix')
    assert.deepEqual(finding.location, { file: 'prompt.mjs', line: 5, column: 35, endLine: 5, endColumn: 58 })
    assert.deepEqual(finding.evidence.origin, { found: true, what: 'text', code: 'process.hrtime.bigint()' })
    assert.deepEqual(
      finding.relatedLocations.map(({ file, line }) => [file, line]),
      [['volatile.mjs', 6]],
    )
    assert.equal(finding.fix?.safety, 'review')
    const before = await spentLately()
    await applyFix(finding)
    assert.match(
      readFileSync(join(playground.path, 'prompt.mjs'), 'utf8'),
      /return `You help[^`]*\n\$\{manual\}\nThe time in the shop: \$\{process\.hrtime\.bigint\(\)\}`/,
    )
    await profile('volatile.mjs')
    assert.deepEqual(await found(), [])
    assert.ok((await spentLately()) < before)
    playground.write({ 'prompt.mjs': PROMPT })
  })

  it('point at the option that wants a breakpoint, and set it', async () => {
    await profile('unmarked.mjs')
    const finding = await onlyFinding('cache/missing-breakpoint')
    assert.deepEqual(finding.location, {
      file: 'unmarked.mjs',
      line: 10,
      column: 5,
      endLine: 10,
      endColumn: 19,
    })
    const before = await spentLately()
    await applyFix(finding)
    assert.match(
      readFileSync(join(playground.path, 'unmarked.mjs'), 'utf8'),
      /^ {4}system: \[\{ type: 'text', text: SYSTEM, cache_control: \{ type: 'ephemeral' \} \}\],$/m,
    )
    await profile('unmarked.mjs')
    assert.deepEqual(await found(), [])
    assert.ok((await spentLately()) < before)
    playground.write({ 'unmarked.mjs': UNMARKED })
  })

  it('carry a change that moves all that changes, and saves what was predicted', async () => {
    await profile('tickets.mjs')
    const findings = await found()
    const [largest] = findings.toSorted(
      (left, right) => (right.saving?.picoUsd ?? 0) - (left.saving?.picoUsd ?? 0),
    )
    assert.equal(largest?.rule, 'cache/volatile-prefix')
    assert.equal(largest.location?.file, 'tickets.mjs')
    const before = await spentLately()
    const predicted = findings.reduce((sum, { saving }) => sum + (saving?.picoUsd ?? 0), 0)
    try {
      await applyFix(largest)
      assert.match(
        readFileSync(join(playground.path, 'tickets.mjs'), 'utf8'),
        /return `\$\{manual\}\n\nThe clock of the shop: \$\{[^}]*\}\nRepair ticket number \$\{id\}, brought in by \$\{email\}`/,
      )
      await profile('tickets.mjs')
      const saved = before - (await spentLately())
      assert.ok(Math.abs(saved - predicted) <= predicted * 0.05, `${saved} saved, ${predicted} predicted`)
    } finally {
      playground.write({ 'tickets.mjs': TICKETS })
    }
  })

  it('point at the declaration of a tool that changes', async () => {
    await profile('changed.mjs')
    const { location, evidence } = await onlyFinding('cache/tools-changed')
    assert.deepEqual(location, { file: 'tools.mjs', line: 12, column: 11, endLine: 12, endColumn: 22 })
    assert.deepEqual(evidence.origin, { found: true, what: 'tool', code: "'find_part'" })
  })

  it('point at the tools of the call where their order changes', async () => {
    await profile('reordered.mjs')
    const { location, evidence, fix } = await onlyFinding('cache/tools-reordered')
    assert.deepEqual([location?.file, location?.line, location?.column], ['reordered.mjs', 12, 5])
    assert.deepEqual(evidence.origin, { found: true, what: 'option', code: 'tools' })
    // Whether a choice between two values is always a list cannot be seen from here.
    assert.equal(fix?.edits, undefined)
  })

  it('hold no text of prompts where none is kept, and say so', async () => {
    playground.write({
      'canary.mjs': UNMARKED.replace('system: SYSTEM', "system: 'The canary sings. '.repeat(1000)"),
    })
    await profile('canary.mjs', '--content', 'hashes')
    const findings = await output('findings', '--json')
    assert.equal(findings.includes('canary sings'), false, findings)
    const finding = (await found()).find(({ rule }) => rule === 'cache/missing-breakpoint')
    assert.equal(finding?.location?.line, 10)
    const text = await output('why', finding.id)
    // Apart from the change, which is one of the source.
    assert.equal(text.slice(0, text.indexOf('--- a/')).includes('canary sings'), false, text)
    assert.match(text, /This part is the same in both calls|content: hashes/)
  })

  describe('of one run', () => {
    let finding: Finding

    before(async () => {
      await profile('volatile.mjs')
      finding = await onlyFinding('cache/volatile-prefix')
    })

    it('are SARIF with region, fingerprint and fix', async () => {
      const [run] = JSON.parse(await output('findings', '--format', 'sarif')).runs
      const [result] = run.results
      assert.equal(result.ruleId, 'cache/volatile-prefix')
      assert.deepEqual(result.locations[0].physicalLocation, {
        artifactLocation: { uri: 'prompt.mjs', uriBaseId: '%SRCROOT%' },
        region: { startLine: 5, startColumn: 35, endLine: 5, endColumn: 58 },
      })
      assert.deepEqual(result.partialFingerprints, { 'costflameFinding/v1': finding.id })
      assert.equal(result.fixes[0].artifactChanges[0].replacements.length, 2)
      assert.equal(
        JSON.stringify(run).includes(playground.path),
        false,
        "where the repository lies is nobody's business",
      )
    })

    it('are Markdown with the change', async () => {
      const text = await output('findings', '--format', 'markdown')
      assert.match(text, /^### Costflame: 1 finding\n/)
      assert.match(text, /^⚠️ `cache\/volatile-prefix` at `prompt\.mjs:5`: \*\*up to \$/m)
      assert.match(text, /^-.*The time in the shop/m)
    })

    it('are text that says how to see more', async () => {
      const text = await output('findings')
      assert.match(text, /^prompt\.mjs:5:35: warning: cache\/volatile-prefix$/m)
      assert.match(text, new RegExp(`evidence: costflame why ${finding.id.slice(0, 8)}$`, 'm'))
    })

    it('are explained step by step', async () => {
      const text = await output('why', finding.id.slice(0, 6))
      for (const step of [
        /^1\. What its calls read from the cache/m,
        /^2\. The two calls that were compared$/m,
        /^3\. The prompts at messages\[0\]: earlier ≠ later\n {3}The time in the shop: \d+ +≠ The time in the shop: \d+$/m,
        /^\d\. How openai caches prompts of gpt-5\.4$/m,
        /^ {3}At least 1,024 tokens, in steps of 128\.$/m,
        /^ {3}Source \(documented, read \d{4}-\d\d-\d\d\): /m,
        /^\d\. The money$/m,
        /^ {3}\+The time in the shop: \$\{process\.hrtime\.bigint\(\)\}`$/m,
      ])
        assert.match(text, step)
    })

    it('fit the width of the terminal', async () => {
      const { code, stdout } = await playground.run(['why', finding.id], { COLUMNS: '60' })
      assert.equal(code, 0)
      const prompts = stdout.slice(stdout.indexOf('\n3. '), stdout.indexOf('\n4. ')).split('\n').slice(2)
      assert.ok(prompts.some((line) => line.includes('≠')))
      assert.ok(
        prompts.every((line) => line.length <= 60),
        prompts.join('\n'),
      )
    })

    it('are not shown with a change for a file that is another one now', async () => {
      playground.write({ 'prompt.mjs': `// changed since\n${PROMPT}` })
      try {
        assert.match(await output('why', finding.id), /The file was changed since the run/)
        const [run] = JSON.parse(await output('findings', '--format', 'sarif')).runs
        assert.equal(run.results[0].fixes, undefined)
      } finally {
        playground.write({ 'prompt.mjs': PROMPT })
      }
    })

    it('are explained out of a run file, which has no prompts', async () => {
      await output('export', '--format', 'json', '-o', 'run.costflame.json')
      const text = await output('why', finding.id, '--run', 'run.costflame.json')
      assert.match(text, /A run file holds no prompts/)
    })

    it('end with 2 and the list where no finding or several have the id', async () => {
      const unknown = await playground.run(['why', 'nothing'])
      assert.deepEqual([unknown.code, unknown.stdout], [2, ''])
      assert.match(
        unknown.stderr,
        /no finding "nothing" in the selected runs; there are:\n {2}[0-9a-f]{16} cache\//,
      )
      const several = await playground.run(['why', '', '--run', 'all'])
      assert.equal(several.code, 2)
    })
  })
})

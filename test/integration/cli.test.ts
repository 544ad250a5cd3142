// `costflame` as a user types it: what it prints, exits with and leaves behind, around real programs and the embedded model server.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { decodeReadyLine } from '../../profiler-agent/feed/codec'
import type { ReadyLine } from '../../profiler-agent/feed/protocol'
import { runFileSchema } from '../../profiler-agent/formats/run-schema'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { COSTFLAME, Playground } from '../support/costflame'
import { skip } from '../support/skip'
import { until } from '../support/until'

/** A program on plain fetch that reads what SDKs read: one call for each argument. */
const AGENT = `
for (const prompt of process.argv.slice(2).filter((word) => !word.startsWith('--'))) {
  const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions?key=' + (process.env.URL_KEY ?? 'none'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer ' + (process.env.OPENAI_API_KEY ?? 'sk-none') },
    body: JSON.stringify({ model: process.env.MODEL ?? 'gpt-5-mini', messages: [{ role: 'user', content: prompt }], stream: process.env.STREAM === '1' }),
  }).catch((error) => ({ status: error.message, text: async () => '' }))
  const text = await response.text().catch(() => 'broke off')
  console.log(prompt, response.status, text.length > 0)
}
`

const agentAsking = (prompt: string) => AGENT.replace('process.argv.slice(2)', JSON.stringify([prompt]))
const script = (replies: readonly object[]) => ({ replies, otherwise: 'echo' as const, pace: {} })

describe('costflame', () => {
  let playground: Playground
  let simulator: Simulator | undefined
  beforeEach(() => {
    playground = new Playground({ 'agent.mjs': AGENT })
  })
  afterEach(async () => {
    await playground.remove()
    await simulator?.close()
    simulator = undefined
  })

  /** Starts the model server; gives the environment of a user whose SDKs point at it. */
  async function models(replies: readonly object[] = []): Promise<Record<string, string>> {
    simulator = await startSimulator({
      port: 0,
      countTokens: (text) => text.split(/\s+/).length,
      script: script(replies) as never,
    })
    return { OPENAI_BASE_URL: `${simulator.url}/v1`, OPENAI_API_KEY: 'sk-canary-0123456789abcdefghij' }
  }
  const profile = (...command: string[]) => ['run', '--', 'node', ...command]

  describe('run', () => {
    it('passes standard input, output and error through, and says the rest on standard error', async () => {
      playground.write({
        'cat.mjs': 'process.stdin.pipe(process.stdout); process.stdin.on("end", () => console.error("oops"))',
      })
      const { code, stdout, stderr } = await playground.run(profile('cat.mjs'), {}, 'hello')
      assert.equal(code, 0)
      assert.equal(stdout, 'hello')
      assert.match(stderr, /^oops\n/)
    })

    it('ends with the exit code of the command', async () => {
      const { code } = await playground.run(profile('-e', 'process.exit(7)'))
      assert.equal(code, 7)
    })

    it('ends with 128 + n when signal n ended the command', async () => {
      const { code } = await playground.run(profile('-e', 'process.kill(process.pid, "SIGKILL")'))
      assert.equal(code, 137)
    })

    it('ends with 127 for a command that is nowhere, and keeps no run', async () => {
      const { code, stderr } = await playground.run(['run', '--', 'no-such-command'])
      assert.equal(code, 127)
      assert.match(
        stderr,
        /cannot run "no-such-command": it is in no folder of PATH\. Nothing was profiled\./,
      )
      assert.equal(existsSync(playground.data), false)
    })

    it('ends with 126 for a file that is not executable', async () => {
      playground.write({ 'agent.sh': '#!/bin/sh\n' })
      chmodSync(join(playground.path, 'agent.sh'), 0o644)
      const { code, stderr } = await playground.run(['run', '--', './agent.sh'])
      assert.equal(code, 126)
      assert.match(stderr, /is not executable \(chmod \+x\)/)
    })

    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      it(`passes ${signal} on and ends as the command does`, async () => {
        const wait = `process.on('${signal}', () => process.exit(5)); console.log('waiting'); setInterval(() => {}, 1000)`
        const { child, ended, line } = playground.start(profile('-e', wait))
        assert.equal(await line(), 'waiting')
        child.kill(signal)
        assert.equal((await ended).code, 5)
      })

    it('records calls with the labels that were given', async () => {
      const environment = await models()
      const { code, stderr } = await playground.run(
        [
          ...['run', '--agent', 'desk', '--agent-version', '1.2', '--intent', 'refund', '--tenant', 'acme'],
          ...['--tag', 'team=blue', '--tag', 'note=a=b', '--', 'node', 'agent.mjs', 'hello', 'again'],
        ],
        environment,
      )
      assert.equal(code, 0)
      assert.match(stderr, /costflame: 2 calls · /)
      const [run] = await playground.exported()
      assert.equal(run?.name, 'node agent.mjs hello again')
      assert.equal(run?.totals.calls, 2)
      assert.deepEqual(run?.tags, { team: 'blue', note: 'a=b' })
      assert.ok(run?.endTime)
      const call = run?.spans.find((span) => span.kind === 'chat')
      assert.deepEqual(
        [call?.agent, call?.agentVersion, call?.intent, call?.tenant, call?.tags],
        ['desk', '1.2', 'refund', 'acme', { team: 'blue', note: 'a=b' }],
      )
      assert.equal(call?.callSite?.file, 'agent.mjs')
      assert.equal(call?.callSite?.line, 3)
    })

    it('loads nothing into the program with --no-hook', async () => {
      const environment = await models()
      playground.write({ 'options.mjs': 'console.log(process.env.NODE_OPTIONS ?? "none")' })
      const { stdout } = await playground.run(['run', '--no-hook', '--', 'node', 'options.mjs'])
      assert.equal(stdout, 'none\n')
      await playground.run(['run', '--no-hook', '--', 'node', 'agent.mjs', 'hello'], environment)
      const [run] = await playground.exported()
      const call = run?.spans.find((span) => span.kind === 'chat')
      assert.deepEqual([run?.totals.calls, call?.callSite], [1, undefined])
    })

    it('says what to do when nothing was captured', async () => {
      const { code, stderr } = await playground.run(profile('-e', ''))
      assert.equal(code, 0)
      assert.match(stderr, /no model call was captured\.\n.*1 process \(node .*none called a model provider/)
    })

    it('does not call a run empty whose calls a profiled command inside it recorded', async () => {
      const environment = await models()
      const inner = [COSTFLAME, 'run', '--', 'node', 'agent.mjs', 'hello']
      const { stderr } = await playground.run(profile(...inner), environment)
      assert.match(stderr, /costflame: no call of its own; run run-\S+ was recorded meanwhile/)
      assert.doesNotMatch(stderr, /no model call was captured/)
    })

    it('says how to see a run that is in another data folder than the one found here', async () => {
      const { stderr } = await playground.run(
        ['run', '--data', 'elsewhere', '--', 'node', 'agent.mjs', 'hello'],
        await models(),
      )
      assert.match(stderr, /see it with: costflame report --data elsewhere\n/)
      const report = await playground.run(['report', '--data', 'elsewhere'])
      assert.equal(report.code, 0)
    })

    it('refuses upstreams that hand out credentials of this machine', async () => {
      const { code, stderr } = await playground.run(['serve', '--upstream', 'openai=http://169.254.169.254'])
      assert.equal(code, 2)
      assert.match(stderr, /link-local or cloud-metadata address is never an upstream/)
    })

    it('wants a command, well-written tags and an existing budget file', async () => {
      for (const [args, message] of [
        [['run'], /there is no command to profile\. Write it after --/],
        [['run', '--tag', 'blue', '--', 'node'], /--tag blue: write it as --tag name=value/],
        [['run', '--budget', 'gone.jsonc', '--', 'node'], /the budget file .*gone\.jsonc does not exist/],
      ] as const) {
        const { code, stderr } = await playground.run(args)
        assert.equal(code, 2)
        assert.match(stderr, message)
      }
    })

    it('runs the command without the profiler where the data folder cannot be used', async () => {
      const { code, stdout, stderr } = await playground.run([
        ...['run', '--data', 'agent.mjs/data', '--', 'node', '-e', 'console.log(1)'],
      ])
      assert.deepEqual([code, stdout], [0, '1\n'])
      assert.match(stderr, /not profiling: the data folder .*agent\.mjs\/data cannot be used: .*--data/)
    })

    it('ends as the command does, also when that threw the data away', async () => {
      const rm = 'require("fs").rmSync(".costflame", { recursive: true }); process.exit(3)'
      const { code } = await playground.run(profile('-e', rm))
      assert.equal(code, 3)
    })

    it('ends as the command does, also when the profiler answers no more', async function () {
      this.timeout(160_000)
      const freeze = `
        const { readdirSync } = require('fs')
        for (const name of readdirSync('.costflame/data/live')) process.kill(Number.parseInt(name), 'SIGSTOP')
        process.exit(7)`
      const { code } = await playground.run(profile('-e', freeze))
      assert.equal(code, 7)
    })

    it('goes on when the profiler is killed, starts it again on its port, and keeps what follows', async () => {
      const environment = await models()
      playground.write({
        'long.mjs': `${agentAsking('before')}
          const { createInterface } = await import('node:readline')
          console.log('killed?')
          for await (const _ of createInterface({ input: process.stdin })) break
          ${agentAsking('after')}`,
      })
      const { child, ended, line } = playground.start(
        ['run', '--agent', 'desk', '--', 'node', 'long.mjs'],
        environment,
      )
      assert.equal(await line(), 'before 200 true')
      assert.equal(await line(), 'killed?')
      const [announced] = globSync(join(playground.data, 'live', '*.json'))
      assert.ok(announced)
      const first = JSON.parse(readFileSync(announced, 'utf8'))
      // A call is in the store at the latest 500 ms after it ended; killed before that, it may be lost.
      await until('the first call to be stored', async () => playground.storedCalls() === 1)
      process.kill(first.pid, 'SIGKILL')
      const second = await newProfiler(playground.data, first.pid)
      assert.equal(second.proxy, first.proxy)
      assert.equal(second.token, first.token)
      child.stdin?.end('\n')
      assert.equal(await line(), 'after 200 true')
      const { code, stderr } = await ended
      assert.equal(code, 0)
      assert.match(stderr, /the profiler stopped \(SIGKILL\)/)
      assert.match(stderr, /2 calls · /)
      const [run, ...others] = await playground.exported('all')
      assert.deepEqual([run?.totals.calls, run?.name, others.length], [2, 'node long.mjs', 0])
    })
  })

  describe('trouble upstream', () => {
    it('keeps a call to a server that nobody answers at, and says so', async () => {
      const { code, stdout, stderr } = await playground.run(profile('agent.mjs', 'hello'), {
        OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
      })
      assert.equal(code, 0)
      assert.match(stderr, /1 call · nothing billed\n.*1 attempt failed; the first: .*127\.0\.0\.1:9/)
      assert.match(stdout, /^hello 502 true/)
      const [run] = await playground.exported()
      const call = run?.spans.find((span) => span.modelCall)
      assert.deepEqual([call?.status, call?.modelCall?.billed, call?.modelCall?.cost], ['error', false, null])
      assert.deepEqual([run?.totals.errors, run?.totals.unpricedCalls, run?.totals.cost?.picoUsd], [1, 0, 0])
    })

    it('keeps a call to a model that has no price, and says what to do', async () => {
      const environment = await models()
      const { stderr } = await playground.run(profile('agent.mjs', 'hello'), {
        ...environment,
        MODEL: 'homegrown-7b',
      })
      assert.match(stderr, /no price/)
      assert.match(stderr, /1 call without a price, not in the cost/)
      const [run] = await playground.exported()
      const call = run?.spans.find((span) => span.modelCall)?.modelCall
      assert.equal(call?.cost, null)
      assert.match(
        call?.unpricedReason ?? '',
        /no price for openai model "homegrown-7b"; a newer Costflame may know it, or give it one in .costflame\/config.jsonc/,
      )
      assert.ok((call?.usage.inputTokens ?? 0) > 0)
      assert.equal(run?.totals.cost, null)
    })

    const faults: readonly {
      readonly fault: object
      readonly stream: boolean
      readonly status: string
      readonly origin: string
    }[] = [
      { fault: { kind: 'malformed', afterEvents: 0 }, stream: false, status: 'ok', origin: 'unknown' },
      { fault: { kind: 'malformed', afterEvents: 1 }, stream: true, status: 'ok', origin: 'reported' },
      { fault: { kind: 'reset', afterEvents: 2 }, stream: true, status: 'truncated', origin: 'unknown' },
      { fault: { kind: 'end', afterEvents: 2 }, stream: true, status: 'truncated', origin: 'unknown' },
      { fault: { kind: 'no-usage' }, stream: true, status: 'ok', origin: 'unknown' },
    ]
    for (const { fault, stream, status, origin } of faults)
      it(`keeps a ${stream ? 'stream' : 'reply'} with fault ${JSON.stringify(fault)}`, async () => {
        const environment = await models([
          { text: 'one two three', chunks: 3, times: 1, toolCalls: [], fault },
        ])
        await playground.run(profile('agent.mjs', 'hello'), { ...environment, STREAM: stream ? '1' : '0' })
        const [run] = await playground.exported()
        const span = run?.spans.find((each) => each.modelCall)
        assert.ok(span?.modelCall)
        assert.equal(span.status, status)
        assert.equal(span.modelCall.usage.origin, origin)
        if (origin === 'unknown') {
          assert.equal(span.modelCall.usage.inputTokens, null)
          assert.equal(span.modelCall.cost, null)
          assert.equal(span.modelCall.unpricedReason, 'usage unknown')
        }
      })
  })

  describe('privacy', () => {
    it('writes a key nowhere, wherever the program puts it', async () => {
      const environment = await models()
      const url = 'url-canary-abcdefghij0123456789'
      const argument = 'sk-proj-canaryArgument0123456789abcdef'
      const prompt = `my key is ${environment.OPENAI_API_KEY}`
      await playground.run(profile('agent.mjs', `--api-key=${argument}`, prompt), {
        ...environment,
        URL_KEY: url,
      })
      const { stdout: json } = await playground.run(['export', '--segments', 'full'])
      const { stdout: html } = await playground.run(['export', '--format', 'html'])
      const { stdout: report } = await playground.run(['report', '--format', 'csv', '--by', 'agent,callsite'])
      const kept = globSync(join(playground.data, '**/*'), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      assert.ok(kept.length > 0)
      assert.match(json, /"calls": 1,/)
      for (const key of [environment.OPENAI_API_KEY ?? '', url, argument])
        for (const text of [json, html, report, ...kept]) assert.equal(text.includes(key), false, key)
    })

    it('lets only its user read what it keeps, and keeps it out of git', async () => {
      const environment = await models()
      await playground.run(profile('agent.mjs', 'hello'), environment)
      assert.equal(statSync(playground.data).mode & 0o777, 0o700)
      for (const file of globSync(join(playground.data, '*.db*')))
        assert.equal(statSync(file).mode & 0o077, 0, file)
      assert.equal(readFileSync(join(playground.path, '.costflame', '.gitignore'), 'utf8'), 'data/\n')
    })
  })

  describe('what is recorded', () => {
    it('adds up, and is as the schema says', async () => {
      const environment = await models()
      await playground.run(profile('agent.mjs', 'hello', 'how are you', 'bye'), environment)
      const { stdout } = await playground.run(['export', '--segments', 'full'])
      const file = JSON.parse(stdout)
      assert.equal(runFileSchema.safeParse(file).success, true)
      const [run] = await playground.exported()
      const calls = run?.spans.flatMap((span) => span.modelCall ?? []) ?? []
      assert.equal(calls.length, 3)
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
      assert.equal(sum(calls.map((call) => call.cost?.picoUsd ?? Number.NaN)), run?.totals.cost?.picoUsd)
      for (const call of calls) {
        const billed = (call.usage.inputTokens ?? 0) + (call.usage.outputTokens ?? 0)
        assert.equal(sum(call.segments.map((segment) => segment.tokens)), billed)
        assert.equal(sum(call.segments.map((segment) => segment.picoUsd ?? Number.NaN)), call.cost?.picoUsd)
      }
    })

    it('is held against the budget of the repository', async () => {
      const environment = await models()
      playground.write({
        '.costflame/budgets.jsonc':
          '{\n  "version": 1,\n  "workspace": { "limits": { "costUsdPerRun": 0.000000001 } },\n  "typo": 1\n}',
      })
      const { stderr } = await playground.run(profile('agent.mjs', 'hello'), environment)
      assert.match(
        stderr,
        /agent\.mjs:3:26: This run has cost \$0\.0000\d+, more than its limit of \$0\.000000001/,
      )
      const { code, stdout } = await playground.run(['findings', '--json'])
      assert.equal(code, 0)
      const { schema, findings } = JSON.parse(stdout)
      assert.equal(schema, 'costflame.findings/1')
      const [overrun, problem] = findings.toSorted((a: { rule: string }, b: { rule: string }) =>
        a.rule.localeCompare(b.rule),
      )
      assert.equal(overrun.rule, 'budget/costUsdPerRun')
      assert.deepEqual([overrun.location.file, overrun.location.line], ['agent.mjs', 3])
      assert.deepEqual(overrun.relatedLocations, [
        {
          ...{ file: '.costflame/budgets.jsonc', line: 3, column: 30, endLine: 3, endColumn: 45 },
          message: 'The limit is set here',
        },
      ])
      assert.equal(problem.rule, 'profiler/budget-file')
      assert.deepEqual(problem.location, { file: '.costflame/budgets.jsonc', line: 4, column: 3 })
      const text = await playground.run(['findings'])
      assert.match(text.stdout, /^agent\.mjs:3:\d+: warning: budget\/costUsdPerRun$/m)
    })

    it('is reported in every format', async () => {
      const environment = await models()
      await playground.run(['run', '--agent', 'desk', '--', 'node', 'agent.mjs', 'hello'], environment)
      const json = JSON.parse((await playground.run(['report', '--by', 'agent,model', '--json'])).stdout)
      assert.equal(json.schema, 'costflame.report/1')
      assert.deepEqual(json.by, ['agent', 'model'])
      assert.equal(json.rows[0].key.agent, 'desk')
      assert.match((await playground.run(['report'])).stdout, /│ desk +│/)
      assert.match((await playground.run(['report', '--format', 'markdown'])).stdout, /^\| agent \|/)
      assert.match((await playground.run(['report', '--format', 'csv'])).stdout, /\ndesk,1,1,0,/)
    })

    it('is found by RUNS', async () => {
      const environment = await models()
      await playground.run(
        ['run', '--agent', 'one', '--tag', 'n=1', '--', 'node', 'agent.mjs', 'hello'],
        environment,
      )
      await playground.run(['run', '--agent', 'two', '--', 'node', 'agent.mjs', 'hello'], environment)
      const agents = async (selector: string) =>
        (await playground.exported(selector)).map((run) => run.spans.find((span) => span.agent)?.agent)
      assert.deepEqual(await agents('latest'), ['two'])
      assert.deepEqual(await agents('latest:2'), ['two', 'one'])
      assert.deepEqual(await agents('all'), ['two', 'one'])
      assert.deepEqual(await agents('agent=one'), ['one'])
      assert.deepEqual(await agents('tag.n=1,agent=one'), ['one'])
      assert.deepEqual(await agents('since=2000-01-01'), ['two', 'one'])
      const [run] = await playground.exported('agent=one')
      assert.deepEqual(await agents(run?.id ?? ''), ['one'])
      await playground.run(['export', '--run', 'agent=one', '-o', 'out/one.costflame.json'])
      assert.deepEqual(await agents('out/one.costflame.json'), ['one'])
      assert.equal(statSync(join(playground.path, 'out/one.costflame.json')).mode & 0o777, 0o600)
    })
  })

  describe('wrong usage', () => {
    it('says that there are no runs yet, and how to record one', async () => {
      for (const command of ['report', 'export', 'findings']) {
        const { code, stderr } = await playground.run([command])
        assert.equal(code, 2)
        assert.match(
          stderr,
          /there are no runs in .*\.costflame\/data yet\. Record one with: costflame run -- /,
        )
      }
    })

    it('names what it does not know', async () => {
      playground.write({ 'broken.costflame.json': '{"schema": "costflame.run/1", "runs"' })
      await playground.run(profile('-e', ''))
      for (const [args, message] of [
        [['frobnicate'], /unknown command 'frobnicate'/],
        [['report', '--by', 'agent,colour'], /unknown key "colour"\. Known: agent, step, model/],
        [['export', '--format', 'docx'], /Allowed choices are json, html/],
        [['export', '--run', 'yesterday'], /no run "yesterday" in .*RUNS is latest, latest:N, all/],
        [['export', '--run', 'color=red'], /unknown key "color" in RUNS; known: agent, intent/],
        [['export', '--run', 'since=soon'], /"soon" is not a date/],
        [['export', '--run', 'agent=nobody'], /no run in .* matches agent=nobody/],
        [['export', '--run', 'gone.costflame.json'], /the run file .*gone\.costflame\.json does not exist/],
        [['export', '--run', 'broken.costflame.json'], /broken\.costflame\.json: not JSON: .*cut short/],
        [['serve', '--port', '70000'], /a port is a whole number from 0 to 65535/],
        [
          ['serve', '--upstream', 'nowhere=http://x'],
          /unknown provider "nowhere"\. Known: openai, anthropic/,
        ],
        [['serve', '--upstream', 'openai=ftp://x'], /"ftp:\/\/x" is not an http or https URL/],
        [['serve', '--data', 'agent.mjs/data'], /the data folder .* cannot be used: .*--data/],
        [['simulate', '--script', 'gone.json'], /the script .*gone\.json does not exist/],
      ] as const) {
        const { code, stderr } = await playground.run(args)
        assert.equal(code, 2, `${args.join(' ')}: ${stderr}`)
        assert.match(stderr, message)
      }
    })

    it('says which store is broken, and what to do', async () => {
      playground.write({ '.costflame/data/costflame.db': 'this is no database '.repeat(300) })
      const { code, stderr } = await playground.run(['report'])
      assert.equal(code, 2)
      assert.match(stderr, /cannot open the store .*costflame\.db: file is not a database\..*--data/)
    })

    it('says when the port is taken', async () => {
      const other = createServer().listen(0, '127.0.0.1')
      await new Promise((resolve) => other.once('listening', resolve))
      const address = other.address()
      const port = typeof address === 'object' ? address?.port : 0
      const { code, stderr, stdout } = await playground.run(['serve', '--port', String(port)])
      other.close()
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(
        stderr,
        new RegExp(`port ${port} on 127\\.0\\.0\\.1 is taken by another program\\. Stop that one`),
      )
    })

    it('shows help with an example for every command', async () => {
      const helps = ['run', 'serve', 'report', 'export', 'findings', 'simulate'].map(async (command) => {
        const { code, stdout } = await playground.run([command, '--help'])
        assert.equal(code, 0)
        assert.match(stdout, /Example:\n {2}costflame /)
      })
      await Promise.all(helps)
      assert.equal((await playground.run(['--version'])).code, 0)
    })

    it('says in one line that Node is too old', function () {
      const old = oldNode()
      if (!old) return skip(this, 'no Node older than 22 on this machine')
      const { status, stdout, stderr } = spawnSync(old, [COSTFLAME, 'report'], { encoding: 'utf8' })
      assert.deepEqual([status, stdout], [2, ''])
      assert.match(
        stderr,
        /^costflame needs Node 22\.19 or newer; this is \d+\.\d+\.\d+\. Update Node, .*\n$/,
      )
    })
  })
})

/** The ready line of the profiler that came after the one with this process id. */
function newProfiler(data: string, oldPid: number): Promise<ReadyLine> {
  return until('a new profiler', () => {
    // The old one's file may go at any moment: the new profiler clears it away.
    const [file] = globSync('*.json', { cwd: join(data, 'live') }).filter((name) => name !== `${oldPid}.json`)
    // It may still be being written.
    const decoded =
      file === undefined ? undefined : decodeReadyLine(readFileSync(join(data, 'live', file), 'utf8'))
    return decoded?.ok ? decoded.value : undefined
  })
}

/** A `node` of the machine's own that is older than what Costflame needs. */
function oldNode(): string | undefined {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'))
  return ['/usr/local/bin/node', '/usr/bin/node', ...candidates].find((path) => {
    if (!existsSync(path)) return false
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' })
    return Number(/^v(\d+)/.exec(stdout)?.[1] ?? 99) < 22
  })
}

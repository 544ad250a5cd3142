// Unchanged Python programs: clients in the shape of the official SDKs, each call captured on its line, in its run, exact.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ModelCall, Span } from '../../profiler-agent/model/span'
import { hasModelCall } from '../../profiler-agent/model/totals'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { BedrockServer } from '../support/bedrock-server'
import { type Ended, Playground } from '../support/costflame'
import { GoogleServer } from '../support/google-server'
import { PYTHON, PYTHON_AGENTS, pythonProblem } from '../support/python'
import { skip } from '../support/skip'
import { TEST_CERTIFICATE } from '../support/test-certificate'

type Call = Span & { readonly modelCall: ModelCall }

const AGENT = join(PYTHON_AGENTS, 'agent.py')
const BEDROCK_AGENT = join(PYTHON_AGENTS, 'bedrock.py')

/** Marks in the order of the calls, for each shape of SDK. */
const MARKS = {
  openai: 'sync, stream, helper, pool, thread, async, async stream, asked, gathered, gathered',
  anthropic: 'sync, stream, async',
  google: 'httpx, httpx stream, requests, requests stream, httpx async, aiohttp, aiohttp stream',
} as const

describe('Python programs', function () {
  this.timeout(240_000)
  let playground: Playground
  let simulator: Simulator
  let google: GoogleServer

  before(async function () {
    const problem = pythonProblem()
    if (problem !== undefined) skip(this, problem)
    simulator = await startSimulator({ port: 0, countTokens: (text) => text.split(/\s+/).length })
    google = await GoogleServer.start()
  })
  after(async () => {
    await simulator?.close()
    google?.stop()
  })
  beforeEach(() => {
    playground = new Playground()
  })
  afterEach(() => playground.remove())

  const run = (args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> => {
    const upstreams = { openai: simulator.url, anthropic: simulator.url, google: google.origin }
    const named = Object.entries(upstreams).flatMap(([provider, url]) => ['--upstream', `${provider}=${url}`])
    return playground.run(['run', ...named, '--', PYTHON, ...args], environment)
  }

  for (const shape of ['openai', 'anthropic', 'google'] as const)
    it(`with clients in the shape of the SDKs of ${shape}: each call on its line, in one run, exact`, async () => {
      const { code, stdout, stderr } = await run([AGENT, shape])
      assert.equal(code, 0, stderr)
      const calls = await recorded(playground)
      assert.deepEqual(
        calls.map((call) => markOf(call)),
        MARKS[shape].split(', '),
      )
      assert.deepEqual(sorted(calls.map(factsOf)), sorted(stdout.trimEnd().split('\n')))
      for (const { modelCall } of calls) {
        assert.deepEqual([modelCall.provider, modelCall.usage.origin], [shape, 'reported'])
        assert.ok(modelCall.cost !== null && modelCall.cost.picoUsd > 0)
      }
      if (shape === 'openai') assertStarters(calls)
    })

  it('that know no base-URL variable reach the proxy all the same', async () => {
    const { code, stderr } = await run([AGENT, 'openai', 'anthropic'], {
      OPENAI_BASE_URL: '',
      ANTHROPIC_BASE_URL: '',
    })
    assert.equal(code, 0, stderr)
    assert.equal((await recorded(playground)).length, 13)
  })

  it('hear from their own client that a provider cannot be reached', async () => {
    const clients = ['httpx', 'httpx async', 'requests', 'urllib3', 'aiohttp']
    const program = [PYTHON, join(PYTHON_AGENTS, 'clients.py')]
    const flags = ['run', '--upstream', 'openai=http://127.0.0.1:9', '--', ...program]
    const url = 'https://api.openai.com/v1/chat/completions'
    const profiled = await playground.run([...flags, url, ...clients])
    const alone = spawnSync(
      PYTHON,
      [join(PYTHON_AGENTS, 'clients.py'), 'http://127.0.0.1:9/v1', ...clients],
      {
        encoding: 'utf8',
      },
    )
    assert.equal(profiled.stdout, alone.stdout)
    assert.match(alone.stdout, /^httpx httpx ConnectError\n/)
  })

  it('keep child processes in their run, forked and spawned ones, too', async () => {
    const { code, stdout, stderr } = await run([join(PYTHON_AGENTS, 'family.py')])
    assert.equal(code, 0, stderr)
    assert.deepEqual(sorted(stdout.trimEnd().split('\n')), ['child', 'forked', 'parent', 'spawned'])
    const calls = await recorded(playground)
    assert.deepEqual(
      calls.map((call) => markOf(call, join(PYTHON_AGENTS, 'family.py'))),
      ['ask', 'ask', 'ask', 'ask'],
    )
  })

  describe('that ask Bedrock with signed requests', () => {
    let bedrock: BedrockServer
    beforeEach(async () => {
      bedrock = await BedrockServer.start()
      playground.write({ 'ca.pem': TEST_CERTIFICATE })
    })
    afterEach(() => bedrock.stop())

    it('send them as they were signed, and have them recorded as they pass', async () => {
      const environment = { TEST_BEDROCK: bedrock.origin, TEST_CA: join(playground.path, 'ca.pem') }
      const { code, stdout, stderr } = await run([BEDROCK_AGENT], environment)
      assert.deepEqual([code, stdout], [0, 'echo whole 120\nTrue\n403\nProtocolError\n'], stderr)
      assert.deepEqual(
        bedrock.calls.map((call) => [call.prompt, call.isSignatureRight]),
        ['whole', 'streamed', 'fail', 'abort', 'cut'].map((prompt) => [prompt, true]),
      )
      assert.deepEqual(
        bedrock.calls.flatMap((call) => call.headerNames).filter((name) => /costflame/i.test(name)),
        [],
      )
      // Claude Haiku 4.5 at a global endpoint: $1 in, $5 out per million tokens.
      assert.deepEqual(
        (await recorded(playground)).map((call) => {
          const { usage, cost } = call.modelCall
          const mark = call.callSite?.stack.map(({ line }) => markAt(BEDROCK_AGENT, line)).find(Boolean)
          return [
            mark,
            call.status,
            usage.origin,
            usage.inputTokens,
            usage.outputTokens,
            cost?.picoUsd ?? null,
          ]
        }),
        [
          ['whole', 'ok', 'reported', 100, 20, 200_000_000],
          ['streamed', 'ok', 'reported', 200, 30, 350_000_000],
          ['fail', 'error', 'unknown', null, null, null],
          ['abort', 'aborted', 'unknown', null, null, null],
          ['cut', 'truncated', 'unknown', null, null, null],
        ],
      )
    })
  })
})

async function recorded(playground: Playground): Promise<Call[]> {
  const runs = await playground.exported('all')
  assert.equal(runs.length, 1)
  return (runs[0]?.spans ?? []).filter(hasModelCall)
}

/** The mark at the end of the line that made the call. */
function markOf({ callSite }: Call, program = AGENT): string | undefined {
  return markAt(program, callSite?.line ?? 0)
}

function markAt(program: string, line: number): string | undefined {
  return readFileSync(program, 'utf8').split('\n')[line - 1]?.split('# <- ')[1]
}

/** Who called a helper, and who made a task, follow on the line of the call. */
function assertStarters(calls: readonly Call[]): void {
  const stackOf = (mark: string) =>
    calls.find((call) => markOf(call) === mark)?.callSite?.stack.map(({ line }) => markAt(AGENT, line))
  assert.deepEqual(stackOf('helper')?.slice(0, 2), ['helper', 'caller of helper'])
  assert.deepEqual(stackOf('asked')?.slice(0, 2), ['asked', 'maker of asked'])
}

/** As the program prints it: the mark, tokens in, tokens out. */
function factsOf(call: Call): string {
  const { inputTokens, outputTokens } = call.modelCall.usage
  return [markOf(call), inputTokens, outputTokens].join(' ')
}

function sorted(texts: readonly string[]): string[] {
  return [...texts].sort()
}

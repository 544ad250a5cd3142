// Calls that are signed for one host go to that host as they are, and are known all the same: the real AWS SDK, a Bedrock that checks signatures.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ModelCall, Span } from '../../profiler-agent/model/span'
import { hasModelCall } from '../../profiler-agent/model/totals'
import { ACCESS_KEY, BedrockServer } from '../support/bedrock-server'
import { type Ended, Playground } from '../support/costflame'
import { HOOK, NODE } from '../support/hooked-program'
import { inRepository } from '../support/repository'
import { TEST_CERTIFICATE } from '../support/test-certificate'

const AGENT = inRepository('test', 'agents', 'bedrock', 'bedrock.mjs')
const BEARER_AGENT = inRepository('test', 'agents', 'bedrock', 'bearer.mjs')
const FETCH_AGENT = inRepository('test', 'agents', 'bedrock', 'fetch.mjs')
const PROMPTS = ['whole', 'streamed', 'invoked', 'chunks', 'fail', 'abort', 'cut']

const PROTOCOLS = [
  { name: 'HTTP/2', version: '2.0', environment: {} },
  { name: 'HTTP/1.1', version: '1.1', environment: { TEST_HTTP1: '1' } },
] as const

describe('signed calls to Bedrock', function () {
  this.timeout(240_000)
  let bedrock: BedrockServer
  let playground: Playground

  beforeEach(async () => {
    bedrock = await BedrockServer.start()
    playground = new Playground({ 'ca.pem': TEST_CERTIFICATE })
  })
  afterEach(async () => {
    bedrock.stop()
    await playground.remove()
  })

  const program = (more: Readonly<Record<string, string>> = {}) => ({
    TEST_BEDROCK: bedrock.origin,
    NODE_EXTRA_CA_CERTS: join(playground.path, 'ca.pem'),
    ...more,
  })
  const profiled = (more?: Readonly<Record<string, string>>): Promise<Ended> =>
    playground.run(['run', '--', NODE, AGENT], program(more))

  for (const { name, version, environment } of PROTOCOLS)
    describe(name, () => {
      it('arrive as they were signed, and the program sees what it sees without us', async () => {
        const alone = await alonely(program(environment))
        const before = bedrock.calls.splice(0)
        const { code, stdout } = await profiled(environment)
        assert.equal(alone.code, 0, alone.stderr)
        assert.deepEqual({ code, stdout }, { code: alone.code, stdout: alone.stdout })
        assert.deepEqual(
          bedrock.calls.map((call) => [call.prompt, call.httpVersion, call.isSignatureRight]),
          PROMPTS.map((prompt) => [prompt, version, true]),
        )
        assert.deepEqual(
          bedrock.calls.map((call) => call.headerNames),
          before.map((call) => call.headerNames),
        )
      })

      it('are recorded with usage, cost and the line that made them', async () => {
        await profiled(environment)
        const calls = await recorded(playground)
        // Claude Haiku 4.5 at a global endpoint: $1 in, $5 out per million tokens.
        assert.deepEqual(
          calls.map((call) => summaryOf(call)),
          [
            ['whole', 'bedrock-converse', 'ok', 'reported', 100, 20, 200_000_000],
            ['streamed', 'bedrock-converse', 'ok', 'reported', 200, 30, 350_000_000],
            ['invoked', 'bedrock-invoke', 'ok', 'reported', 300, 40, 500_000_000],
            ['chunks', 'bedrock-invoke', 'ok', 'reported', 400, 50, 650_000_000],
            ['fail', 'bedrock-converse', 'error', 'unknown', null, null, null],
            ['abort', 'bedrock-converse', 'aborted', 'unknown', null, null, null],
            ['cut', 'bedrock-converse', 'truncated', 'unknown', null, null, null],
          ],
        )
      })
    })

  it('are recorded also where an SDK signs by itself and sends by the global fetch', async () => {
    const { code, stdout } = await playground.run(['run', '--', NODE, FETCH_AGENT], program())
    assert.deepEqual([code, stdout], [0, 'echo whole\necho streamed\nAI_APICallError 403\n'])
    assert.deepEqual(
      bedrock.calls.map((call) => [call.prompt, call.isSignatureRight]),
      [
        ['whole', true],
        ['streamed', true],
        ['fail', true],
      ],
    )
    assert.deepEqual(
      bedrock.calls.flatMap((call) => call.headerNames).filter((name) => /costflame/i.test(name)),
      [],
    )
    const calls = await recorded(playground)
    assert.deepEqual(
      calls.map((call) => summaryOf(call, FETCH_AGENT)),
      [
        ['whole', 'bedrock-converse', 'ok', 'reported', 100, 20, 200_000_000],
        ['streamed', 'bedrock-converse', 'ok', 'reported', 200, 30, 350_000_000],
        ['fail', 'bedrock-converse', 'error', 'unknown', null, null, null],
      ],
    )
  })

  it('with a bearer key instead go through the proxy, line and all', async () => {
    const environment = program({
      AWS_BEARER_TOKEN_BEDROCK: 'bedrock-api-key-0123456789',
      AWS_REGION: 'us-east-1',
    })
    const args = ['run', '--upstream', `bedrock=${bedrock.origin}`, '--', NODE, BEARER_AGENT]
    const { code, stdout, stderr } = await playground.run(args, environment)
    assert.deepEqual([code, stdout], [0, 'echo whole\n'], stderr)
    assert.equal(bedrock.calls[0]?.headers.authorization, 'Bearer bedrock-api-key-0123456789')
    assert.deepEqual(
      (await recorded(playground)).map((call) => summaryOf(call, BEARER_AGENT)),
      [['whole', 'bedrock-converse', 'ok', 'reported', 100, 20, 200_000_000]],
    )
  })

  it('with a bearer key go straight to Bedrock when the profiler is gone', async () => {
    const gone = 'http://127.0.0.1:9'
    const { code, stdout } = await alonely(
      program({
        ...hookAt(gone, 'nobody'),
        AWS_BEARER_TOKEN_BEDROCK: 'bedrock-api-key-0123456789',
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `${gone}/r/r-1/bedrock`,
        COSTFLAME_UPSTREAMS: JSON.stringify({ bedrock: bedrock.origin }),
      }),
      BEARER_AGENT,
    )
    assert.deepEqual([code, stdout], [0, 'echo whole\n'])
    const [call] = bedrock.calls
    assert.match(call?.path ?? '', /^\/model\/global\.anthropic\.[^/]+\/converse$/)
    assert.equal(call?.headers[':authority'], new URL(bedrock.origin).host)
    assert.deepEqual(
      call?.headerNames.filter((name) => /costflame/i.test(name)),
      [],
    )
  })

  it('never store a credential, not even one that an error repeats', async () => {
    await profiled()
    const files = globSync('**/*', { cwd: playground.data, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    assert.ok(files.length > 0)
    for (const file of files) {
      const bytes = readFileSync(join(file.parentPath, file.name))
      for (const secret of [ACCESS_KEY.token, ACCESS_KEY.secret, ACCESS_KEY.id])
        assert.equal(bytes.includes(secret), false, `${file.name} holds ${secret}`)
    }
  })

  it('are all recorded of a program that exits at once', async () => {
    await profiled({ TEST_EXIT: '1' })
    assert.deepEqual(
      (await recorded(playground)).map((call) => markOf(call)),
      PROMPTS,
    )
  })

  it('go on when the profiler is killed in the middle of one', async () => {
    const { child, ready } = await playground.serve()
    const gone = new Promise((resolve) => child.once('exit', resolve))
    bedrock.onCall = async (prompt) => {
      if (prompt !== 'invoked') return
      child.kill('SIGKILL')
      await gone
    }
    const hooked = await alonely({ ...program(), ...hookAt(ready.proxy, ready.token) })
    const alone = await alonely(program())
    assert.deepEqual(hooked, alone)
    assert.ok(playground.storedCalls() <= 2)
  })

  it('go on when there never was a profiler', async () => {
    const hooked = await alonely({ ...program(), ...hookAt('http://127.0.0.1:9', 'nobody') })
    assert.deepEqual(hooked, await alonely(program()))
  })
})

function hookAt(proxy: string, token: string): Record<string, string> {
  return { COSTFLAME_PROXY: proxy, COSTFLAME_TOKEN: token, NODE_OPTIONS: `--require ${HOOK}` }
}

/** The program without `costflame run` around it. */
function alonely(
  environment: Readonly<Record<string, string>>,
  agent = AGENT,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(NODE, [agent], { env: { PATH: process.env.PATH ?? '', ...environment } })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  return new Promise((resolve) =>
    child.once('close', (code) =>
      // Warnings of an old Node name the process.
      resolve({ code, stdout: said.stdout, stderr: said.stderr.replace(/\(node:\d+\)/g, '(node)') }),
    ),
  )
}

type Call = Span & { readonly modelCall: ModelCall }

async function recorded(playground: Playground): Promise<Call[]> {
  const [run] = await playground.exported()
  assert.ok(run)
  return run.spans.filter(hasModelCall)
}

/** The mark at the end of the line that made the call. */
function markOf({ callSite }: Call, program = AGENT): string | undefined {
  const line = readFileSync(program, 'utf8').split('\n')[(callSite?.line ?? 0) - 1]
  return line?.split('// <- ')[1]
}

function summaryOf(call: Call, program = AGENT): unknown[] {
  const { wireFormat, usage, cost } = call.modelCall
  const { origin, inputTokens, outputTokens } = usage
  return [
    markOf(call, program),
    wireFormat,
    call.status,
    origin,
    inputTokens,
    outputTokens,
    cost?.picoUsd ?? null,
  ]
}

// The hook inside Python programs: every HTTP client, with and without a profiler, and nothing that the program could notice.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { observedProvider } from '../../profiler-agent/capture/hooks/node/observed-request'
import { upstreamUrl } from '../../profiler-agent/capture/hooks/node/upstream'
import { decodeCallSite } from '../../profiler-agent/model/call-site'
import { HEADERS } from '../../profiler-agent/model/headers'
import { PROVIDER_ORIGINS, providerOfHost } from '../../profiler-agent/model/provider'
import { type Finished, runProgram } from '../support/hooked-program'
import { otherPythons, PYTHON, PYTHON_AGENTS, PYTHON_HOOK, pythonProblem } from '../support/python'
import { type RecordedCall, RecordingServer } from '../support/recording-server'
import { skip } from '../support/skip'
import { type TestFolder, temporaryFolder, writeFiles } from '../support/test-folders'
import { until } from '../support/until'

const CLIENTS = [
  'httpx',
  'httpx stream',
  'httpx async',
  'requests',
  'urllib3',
  'aiohttp',
  'urllib',
  'http.client',
]
const OWN_CLIENTS = ['urllib', 'http.client']
const PATH = '/v1/chat/completions'

describe('the hook in Python programs', function () {
  this.timeout(240_000)
  let proxy: RecordingServer
  let provider: RecordingServer
  let folder: TestFolder

  before(function () {
    const problem = pythonProblem()
    if (problem !== undefined) skip(this, problem)
  })
  beforeEach(async () => {
    folder = temporaryFolder('python')
    proxy = await RecordingServer.start()
    provider = await RecordingServer.start()
  })
  afterEach(() => {
    proxy.stop()
    provider.stop()
    folder.remove()
  })

  const run = (args: readonly string[], environment = {}, command = PYTHON): Promise<Finished> =>
    runProgram(
      { command, args, cwd: PYTHON_AGENTS, environment },
      { proxy: proxy.origin, provider: provider.origin },
    )
  const atProxy = () => `${proxy.origin}/openai${PATH}`
  const atProvider = () => `${provider.origin}${PATH}`

  /** Exactly these lines. A program waits 200 ms at most for whoever it tells them. */
  const told = async (...types: readonly string[]) => {
    await until(`the lines ${types}`, async () => proxy.told.length >= types.length || undefined)
    assert.deepEqual(
      proxy.told.map(({ type }) => type),
      types,
    )
    return proxy.told
  }

  describe('every client', () => {
    for (const place of ['the proxy', 'the provider'] as const)
      it(`whose address is that of ${place} goes through the proxy, on its line`, async () => {
        const url = place === 'the proxy' ? atProxy() : atProvider()
        assertEchoes(await run(['clients.py', url, ...CLIENTS]), CLIENTS)
        assert.deepEqual(proxy.calls.map(placeOf), CLIENTS.map(expectedPlace))
        assert.equal(provider.calls.length, 0)
        for (const { path, headers } of proxy.calls) {
          assert.equal(path, `/openai${PATH}`)
          assert.equal(headers[HEADERS.upstream], place === 'the proxy' ? undefined : provider.origin)
          assert.equal(headers[HEADERS.token], 'test-token')
          assert.equal(headers.authorization, 'Bearer sk-test-0123456789')
        }
      })

    for (const place of ['the proxy', 'the provider'] as const)
      it(`goes to the provider when there never was a profiler, from the address of ${place}`, async () => {
        proxy.stop()
        const url = place === 'the proxy' ? atProxy() : atProvider()
        assertEchoes(await run(['clients.py', url, ...CLIENTS]), CLIENTS)
        assert.deepEqual(promptsOf(provider), CLIENTS)
        assertNothingOfOurs(provider)
      })

    it('is counted where it goes straight to the provider, so that the end of the run can say it', async () => {
      proxy.stop()
      const program = `
import runpy, sys
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0])
from _costflame_hook import hook
print(hook.calls, hook.around)`
      for (const url of [atProxy(), atProvider()]) {
        const { stdout } = await run(['-c', program, 'clients.py', url, ...CLIENTS])
        const host = new URL(provider.origin).host
        assert.equal(
          stdout.trimEnd().split('\n').at(-1),
          `0 {('${host}', 'profiler gone'): ${CLIENTS.length}}`,
        )
      }
    })

    it('goes to the provider when the profiler is killed between two calls', async () => {
      proxy.deeds = { httpx: 'answer, then die' }
      assertEchoes(await run(['clients.py', atProxy(), ...CLIENTS]), CLIENTS)
      assert.deepEqual(promptsOf(proxy), ['httpx'])
      assert.deepEqual(promptsOf(provider), CLIENTS.slice(1))
      assertNothingOfOurs(provider)
    })

    for (const client of ['httpx', 'httpx async', 'requests', 'urllib3', 'aiohttp'])
      it(`is answered by the provider when the profiler is killed during its call: ${client}`, async () => {
        proxy.deeds = { [client]: 'die' }
        assertEchoes(await run(['clients.py', atProxy(), client]), [client])
        assert.deepEqual(promptsOf(provider), [client])
        assertNothingOfOurs(provider)
      })

    it('raises what it raises without us when there is neither profiler nor provider', async () => {
      provider.stop()
      const plain = await run(['clients.py', atProvider(), ...CLIENTS], { COSTFLAME_DISABLE: '1' })
      proxy.stop()
      assert.deepEqual(said(await run(['clients.py', atProvider(), ...CLIENTS])), said(plain))
      assert.match(plain.stdout, /^httpx httpx ConnectError\n/)
    })
  })

  it('tells which calls it saw and that its run is over', async () => {
    await run(['clients.py', atProxy(), 'httpx', 'requests'])
    const [hook, runEnd] = await told('hook', 'runEnd')
    const runId = proxy.calls[0]?.headers[HEADERS.run]
    assert.match(String(runId), /^r-[0-9a-z]+-[0-9a-z]{10}$/)
    assert.deepEqual([runEnd?.type, runEnd?.runId], ['runEnd', runId])
    const { runtime, pid, ...rest } = hook ?? {}
    assert.match(String(runtime), /^python 3\.\d+\.\d+$/)
    assert.equal(typeof pid, 'number')
    assert.deepEqual(rest, { type: 'hook', runId, calls: 2, around: [] })
  })

  it('gives each command of a shell its own run, with its command line', async () => {
    const script = `"${PYTHON}" clients.py ${atProxy()} requests && "${PYTHON}" clients.py ${atProxy()} "http.client"`
    await run(['-c', script], {}, '/bin/sh')
    assert.equal(new Set(proxy.calls.map(({ headers }) => headers[HEADERS.run])).size, 2)
    assert.deepEqual(
      proxy.calls.map(({ headers }) => decodeURIComponent(String(headers[HEADERS.command]))),
      ['requests', 'http.client'].map((client) => `python3 clients.py ${atProxy()} ${client}`),
    )
  })

  it('says the command of a debugger’s launcher as the user would', async () => {
    const source = `
import sys
sys.path.insert(0, ${JSON.stringify(PYTHON_HOOK)})
from _costflame_hook.run_identity import describe_command
for words in (["/usr/bin/python3", "/x/debugpy/launcher", "41231", "--", "/w/agent.py", "a b"], ["python", "-m", "tool", "--", "x"]):
    print(describe_command(words, "/w"))`
    const said = execFileSync(PYTHON, ['-c', source], { encoding: 'utf8' })
    assert.equal(said, 'python3 agent.py "a b"\npython -m tool -- x\n')
  })

  it('joins the run that the environment names', async () => {
    await run(['clients.py', atProxy(), 'requests'], { COSTFLAME_RUN: 'given-1' })
    const headers = proxy.calls[0]?.headers ?? {}
    assert.deepEqual([headers[HEADERS.run], headers[HEADERS.parent]], ['given-1', 'given-1'])
    assert.equal(headers[HEADERS.command], undefined)
    await told('hook')
  })

  it('gives the calls for each request that the program answers an id of their own', async () => {
    const { stderr } = await run(['server.py'])
    assert.equal(stderr, '')
    const contexts = proxy.calls.map(({ headers }) => headers[HEADERS.context])
    assert.deepEqual(promptsOf(proxy), ['/first', '/first', '/second', '/second', 'outside'])
    assert.match(String(contexts[0]), /^[A-Za-z0-9._-]{1,64}$/)
    assert.deepEqual([contexts[1], contexts[3]], [contexts[0], contexts[2]])
    assert.notEqual(contexts[0], contexts[2])
    assert.equal(contexts[4], undefined)
  })

  it('says no line where none are wanted', async () => {
    await run(['clients.py', atProxy(), 'requests'], { COSTFLAME_CALLSITES: 'off' })
    assert.equal(proxy.calls[0]?.headers[HEADERS.callSite], undefined)
  })

  describe('harm', () => {
    it('shows the program nothing but its own process, libraries and errors', async () => {
      const plain = await run(['-X', 'dev', 'harm.py'], { COSTFLAME_DISABLE: '1' })
      const hooked = await run(['-X', 'dev', 'harm.py'])
      assert.deepEqual(said(hooked), said(plain))
      assert.equal(proxy.calls.at(-1)?.headers[HEADERS.run]?.slice(0, 2), 'r-')
    })

    it('leaves clients alone that the program has set up in its own way, and says why', async () => {
      const { stdout, stderr } = await run(['choices.py'])
      assert.equal(stderr, '')
      const [own, ...tried] = stdout.trimEnd().split('\n')
      assert.deepEqual(JSON.parse(own ?? ''), { url: 'https://api.openai.com/v1/chat/completions', ours: [] })
      assert.equal(tried[0], 'mounted []')
      assert.equal(proxy.calls.length, 0)
      const [hook] = await told('hook', 'runEnd')
      assert.deepEqual(hook?.around, [
        { host: 'api.openai.com', calls: 4, why: 'the client has certificates of its own' },
        { host: 'api.openai.com', calls: 1, why: 'the client has a proxy of its own' },
      ])
    })

    it('lets mocks below httpx see the provider, and says so', async () => {
      const { stdout, stderr } = await run(['mocked.py'])
      assert.deepEqual([stdout, stderr, proxy.calls.length], ['mocked api.mistral.ai\n', '', 0])
      const [hook] = await told('hook', 'runEnd')
      assert.deepEqual(hook?.around, [
        { host: 'api.mistral.ai', calls: 1, why: 'the program mocks its connections (respx)' },
      ])
    })

    it('keeps headers that the program has set', async () => {
      const source = `
import os, httpx
body = {"messages": [{"content": "own"}]}
httpx.post("${atProxy()}", json=body, headers={"x-costflame-run": "mine", "x-costflame-agent": "a"})`
      await run(['-c', source])
      const headers = proxy.calls[0]?.headers ?? {}
      assert.deepEqual([headers[HEADERS.run], headers[HEADERS.agent]], ['mine', 'a'])
    })

    for (const flags of [['-I'], ['-E'], ['-S']])
      it(`is absent where Python is told to look at nothing (${flags}): the program runs`, async () => {
        assertEchoes(await run([...flags, 'clients.py', atProxy(), ...OWN_CLIENTS]), OWN_CLIENTS)
        assert.deepEqual(
          proxy.calls.map(({ headers }) => headers[HEADERS.run]),
          [undefined, undefined],
        )
      })

    it('is there under PYTHONSAFEPATH and PYTHONDONTWRITEBYTECODE', async () => {
      const environment = { PYTHONSAFEPATH: '1', PYTHONDONTWRITEBYTECODE: '1' }
      await run(['clients.py', atProxy(), 'requests'], environment)
      assert.match(String(proxy.calls[0]?.headers[HEADERS.run]), /^r-/)
    })

    it('stands beside a PYTHONPATH with any characters', async () => {
      writeFiles(folder.path, { 'it\'s "my" für/thing.py': 'NAME = "found"' })
      const path = `${PYTHON_HOOK}:${join(folder.path, 'it\'s "my" für')}`
      const source = 'import sys, thing; print(thing.NAME, [each for each in sys.path if "hooks" in each])'
      const { stdout } = await run(['-c', source], { PYTHONPATH: path })
      assert.equal(stdout, 'found []\n')
    })
  })

  describe('a sitecustomize that it stands before', () => {
    const started = (text: string, python = PYTHON) => {
      writeFiles(folder.path, { 'sitecustomize.py': text })
      const source =
        'import sys; print(sys.modules["sitecustomize"].__file__ if "sitecustomize" in sys.modules else 0)'
      const run = (path: string) =>
        runProgram(
          { command: python, args: ['-c', source], environment: { PYTHONPATH: path } },
          { proxy: proxy.origin, provider: provider.origin },
        )
      return Promise.all([run(folder.path), run(`${PYTHON_HOOK}:${folder.path}`)])
    }

    for (const [what, text] of [
      ['runs', 'print("own", __name__)'],
      ['may fail', '1 / 0'],
      ['may import what is not there', 'import no_such_module'],
      ['may raise an ImportError of its own', 'raise ImportError("own")'],
      ['may print to standard error', 'import sys; sys.stderr.write("own\\n")'],
    ] as const)
      it(`${what} as it does without us`, async () => {
        const [plain, hooked] = await started(text)
        assert.deepEqual(said(hooked), said(plain))
      })

    it('need not be there', async () => {
      const { stdout, stderr } = await run(['-c', 'print("fine")'], { PYTHONPATH: PYTHON_HOOK })
      assert.deepEqual([stdout, stderr], ['fine\n', ''])
    })
  })

  describe('where calls go', () => {
    const asked = async (expression: string, values: readonly string[]): Promise<unknown> => {
      const source = `
import json, sys
sys.path.insert(0, ${JSON.stringify(PYTHON_HOOK)})
from _costflame_hook.observing import *
from _costflame_hook.routes import Routes
routes = Routes(${JSON.stringify(PYTHON_HOOK)}, '{"azure": "https://mine.example/base/"}', "azure")
print(json.dumps([${expression} for each in json.load(sys.stdin)]))`
      return JSON.parse(
        execFileSync(PYTHON, ['-c', source], { input: JSON.stringify(values), encoding: 'utf8' }),
      )
    }

    it('is known of the hosts that the proxy knows', async () => {
      const hosts = [
        ...Object.values(PROVIDER_ORIGINS).map((origin) => new URL(origin).host),
        ...[
          'eu.api.openai.com',
          'me.openai.azure.com',
          'us-east5-aiplatform.googleapis.com',
          'eu-west-1.api.x.ai',
        ],
        ...[
          'bedrock-runtime.us-east-1.amazonaws.com',
          'localhost:11434',
          'codestral.mistral.ai',
          'api.together.ai',
        ],
        ...[
          'example.com',
          'api.openai.com.example',
          'xapi.openai.com',
          'éu.api.openai.com',
          'localhost:11435',
        ],
      ]
      const expected = hosts
        .map((host) => providerOfHost(host))
        .map((id) => (id.startsWith('custom:') ? null : id))
      assert.deepEqual(await asked('routes.provider_of(each)', hosts), expected)
    })

    it('is known of the addresses behind those of the proxy', async () => {
      const targets = [
        ...[
          '/openai/v1/chat/completions?a=b',
          '/r/run-1/anthropic/v1/messages',
          '/anthropic/messages',
          '/azure/x?y',
        ],
        ...[
          '/google/@host.example/v1/x',
          '/vertex/v1/projects/p/locations/us-east5/endpoints/e:predict',
          '/nobody/x',
        ],
        ...[
          '/vertex/v1/projects/p/locations/global/x/y',
          '/vertex/v1/publishers/google/models/m:predict',
          '/',
          '',
        ],
        ...['/vertex/v1beta1/projects/p/locations/eu/x', '/ollama/api/chat', '/bedrock/model/m/converse'],
      ]
      const expected = targets.map(
        (target) =>
          upstreamUrl(new URL(`http://127.0.0.1${target}`), { azure: 'https://mine.example/base' }, null) ??
          null,
      )
      assert.deepEqual(await asked('routes.behind(each)', targets), expected)
    })

    it('is known of what is copied as it passes', async () => {
      const paths = [
        '/v1/chat/completions',
        '/v1/messages',
        '/v1/responses',
        '/x',
        '/m:streamGenerateContent?k=1',
      ]
      const sent: readonly Record<string, string>[] = [
        {},
        { 'anthropic-version': '1' },
        { 'api-key': 'k' },
        { authorization: 'Bearer k' },
      ]
      for (const headers of sent) {
        const expected = paths.map((path) => {
          const url = new URL(`https://models.example${path}`)
          return observedProvider({ method: 'POST', url, headers }) !== undefined
        })
        const found = await asked(`asks_model("POST", each, ${JSON.stringify(headers)}.get)`, paths)
        assert.deepEqual(found, expected, JSON.stringify(headers))
      }
    })
  })

  describe('other Pythons', () => {
    it('from 3.9 on can read every file of ours', async () => {
      const source = `
import ast, sys
for name in sys.argv[1:]:
    ast.parse(open(name, encoding="utf-8").read(), name, feature_version=(3, 9))
print(len(sys.argv) > 10)`
      const { stdout, stderr } = await run(['-c', source, ...pythonFiles()])
      assert.deepEqual([stdout, stderr], ['True\n', ''])
    })

    for (const { name, path } of otherPythons())
      it(`${name} runs its programs as ever`, async () => {
        const isOld = /2\.7$|3\.[678]$/.test(name)
        if (isOld) {
          const { stdout, stderr } = await run(['-c', 'print("fine")'], {}, path)
          assert.deepEqual([stdout, stderr], ['fine\n', ''])
          return
        }
        assertEchoes(await run(['clients.py', atProvider(), ...OWN_CLIENTS], {}, path), OWN_CLIENTS)
        assert.deepEqual(proxy.calls.map(placeOf), OWN_CLIENTS.map(expectedPlace))
      })
  })
})

function pythonFiles(): string[] {
  const files = readdirSync(PYTHON_HOOK, { recursive: true, encoding: 'utf8' })
  const own = files.filter((file) => file.endsWith('.py')).map((file) => join(PYTHON_HOOK, file))
  return [...own, join(PYTHON_HOOK, '..', '..', 'costflame.py')]
}

function assertEchoes(finished: Finished, clients: readonly string[]): void {
  assert.equal(finished.stderr, '')
  assert.equal(finished.stdout, clients.map((client) => `echo ${client}\n`).join(''))
  assert.equal(finished.exitCode, 0)
}

function said({ stdout, stderr, exitCode }: Finished) {
  return { stdout, stderr, exitCode }
}

function promptsOf(server: RecordingServer): string[] {
  return server.calls.map((call) => call.prompt)
}

function placeOf({ headers }: RecordedCall): string {
  const [frame] = decodeCallSite(String(headers[HEADERS.callSite] ?? ''))
  return frame === undefined ? 'no call site' : `${frame.file}:${frame.line}`
}

function expectedPlace(client: string): string {
  const file = join(PYTHON_AGENTS, 'clients.py')
  const lines = readFileSync(file, 'utf8').split('\n')
  return `${file}:${lines.findIndex((line) => line.endsWith(`# <- ${client}`)) + 1}`
}

function assertNothingOfOurs(server: RecordingServer): void {
  for (const { headers } of server.calls)
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.startsWith('x-costflame')),
      [],
    )
}

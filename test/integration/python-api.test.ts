// `costflame.py` as `costflame python-api` writes it: what a program declares is in the tree, and without a profiler it is not there.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Run, Span } from '../../profiler-agent/model/span'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { Playground } from '../support/costflame'
import { PYTHON, PYTHON_AGENTS, pythonProblem } from '../support/python'
import { skip } from '../support/skip'

const AGENT = join(PYTHON_AGENTS, 'declared.py')

describe('costflame.py', function () {
  this.timeout(240_000)
  let playground: Playground
  let simulator: Simulator

  before(async function () {
    const problem = pythonProblem()
    if (problem !== undefined) skip(this, problem)
    simulator = await startSimulator({ port: 0, countTokens: (text) => text.split(/\s+/).length })
  })
  after(() => simulator?.close())
  beforeEach(async () => {
    playground = new Playground()
    const { code, stdout } = await playground.run(['python-api'])
    assert.equal(code, 0)
    assert.match(stdout, /^Wrote costflame\.py\.\n/)
  })
  afterEach(() => playground.remove())

  const profiled = async (flags: readonly string[] = []): Promise<Run> => {
    const { code, stdout, stderr } = await playground.run(
      ['run', '--upstream', `openai=${simulator.url}`, ...flags, '--', PYTHON, AGENT],
      { TEST_API: playground.path },
    )
    assert.deepEqual([code, stdout], [0, "the program's own None\n"], stderr)
    const [run] = await playground.exported()
    assert.ok(run)
    return run
  }

  it('ties each call to the agent, step, tool or retrieval that it was made in', async () => {
    const run = await profiled()
    assert.deepEqual(callsOf(run), [
      'plan: agent desk > step plan',
      'tool: agent desk > tool lookup',
      'tool: agent desk > tool lookup',
      'retrieval: agent desk > retrieval documents',
      'generator: agent desk > step numbers',
      'between: agent desk',
      'generator: agent desk > step numbers',
      'between: agent desk',
      'async generator: agent desk > step letters',
      'async generator: agent desk > step letters',
      'pool: agent desk',
      'thread: agent desk',
      'outside: ',
    ])
  })

  it('labels an agent and all that is in it', async () => {
    const run = await profiled()
    const [desk, failing] = declaredIn(run, 'agent')
    assert.deepEqual(desk?.outcome, { status: 'resolved', value: 2, note: 'fine' })
    assert.deepEqual([failing?.name, failing?.status], ['failing', 'error'])
    for (const span of [desk, ...declaredIn(run, 'tool')])
      assert.deepEqual(
        [span?.intent, span?.tenant, span?.agentVersion, span?.tags],
        ['refund', 'acme', '1.4', { shop: 'Öl' }],
      )
    const [retrieval] = declaredIn(run, 'retrieval')
    assert.equal(retrieval?.attributes['costflame.retrieval.documents'], 2)
    assert.equal(declaredIn(run, 'tool')[0]?.attributes['gen_ai.tool.call.id'], 'call_7')
  })

  it('is the function itself without a profiler, and loads no thread', () => {
    const source = `
import costflame, sys, threading
def work(): return 1
decorated = [make("name")(work) for make in (costflame.agent, costflame.step, costflame.tool, costflame.retrieval)]
print(all(each is work for each in decorated), costflame.headers(), threading.active_count(), "socket" in sys.modules)
with costflame.agent("a", intent="b") as span, costflame.step("c"):
    costflame.tag("k", 1)
    costflame.outcome("done")
    span.brought(documents=1)
async def main():
    async with costflame.tool("t"):
        pass
    with costflame.within({"x-costflame-agent": "a;1"}):
        print(costflame.headers())
import asyncio
asyncio.run(main())`
    const { stdout, stderr } = spawnSync(PYTHON, ['-c', source], {
      cwd: playground.path,
      env: {},
      encoding: 'utf8',
    })
    assert.deepEqual([stdout, stderr], ['True {} 1 False\n{}\n', ''])
  })

  it('takes whatever it is given, and raises nothing of its own', () => {
    const source = `
import costflame
class Odd:
    def __str__(self): raise RuntimeError("odd")
for name in ("", "x" * 9999, "\\ud800", "a\\r\\nb", Odd(), None, 7):
    with costflame.agent(name, version=Odd(), intent=name, tags={"k": Odd(), Odd(): 1, "A B": name}) as span:
        costflame.outcome(name, value=Odd(), more=Odd(), nan=float("nan"))
        costflame.tag(name, Odd())
        span.brought(documents=-1, tokens="many")
        headers = costflame.headers()
        assert all(value.isascii() and len(value) < 4096 for value in headers.values()), headers
for given in (None, {}, {"x-costflame-agent": "no id"}, {"X-Costflame-Agent": "desk;a1", "x-costflame-parent": "bad id"}):
    with costflame.within(given):
        print(costflame.headers())
span = costflame.step("shared")
with span:
    with span:
        pass
span.__exit__(None, None, None)
class Methods:
    @classmethod
    @costflame.tool("m")
    def one(cls): return cls.__name__
    @costflame.tool("n")
    @staticmethod
    def two(): return 2
print(Methods.one(), Methods.two(), Methods.one.__name__)`
    const { stdout, stderr } = spawnSync(PYTHON, ['-c', source], {
      cwd: playground.path,
      env: { COSTFLAME_PROXY: 'http://127.0.0.1:9', COSTFLAME_TOKEN: 't' },
      encoding: 'utf8',
    })
    const headers = ['{}', '{}', '{}', "{'x-costflame-agent': 'desk;a1'}"]
    assert.deepEqual([stdout, stderr], [`${headers.join('\n')}\nMethods 2 one\n`, ''])
  })

  it('tags the span that goes on where a task outlives the step that it was started in', () => {
    const source = `
import asyncio, costflame
async def later(over):
    await over.wait()
    costflame.tag("found", "late")
async def main():
    over = asyncio.Event()
    with costflame.agent("desk"):
        with costflame.step("plan"):
            task = asyncio.create_task(later(over))
            await asyncio.sleep(0)
        over.set()
        await task
        print(costflame.headers().get("x-costflame-tag-found"))
asyncio.run(main())`
    const { stdout, stderr } = spawnSync(PYTHON, ['-c', source], {
      cwd: playground.path,
      env: { COSTFLAME_PROXY: 'http://127.0.0.1:9', COSTFLAME_TOKEN: 't' },
      encoding: 'utf8',
    })
    assert.deepEqual([stdout, stderr], ['late\n', ''])
  })
})

function declaredIn({ spans }: Run, kind: Span['kind']): Span[] {
  return spans.filter(
    (span) => span.kind === kind && span.parentBasis === 'header' && span.callSite !== undefined,
  )
}

/** `mark: what was declared around the call`, in the order of the calls. */
function callsOf({ spans }: Run): string[] {
  const byId = new Map(spans.map((span) => [span.id, span]))
  const around = (span: Span): string[] => {
    const parent = span.parentId === undefined ? undefined : byId.get(span.parentId)
    if (parent === undefined) return []
    const isDeclared = parent.callSite !== undefined && parent.kind !== 'chat'
    return [...around(parent), ...(isDeclared ? [`${parent.kind} ${parent.name}`] : [])]
  }
  const calls = spans.filter(({ modelCall }) => modelCall !== undefined)
  return calls.map((call) => `${markOf(call)}: ${around(call).join(' > ')}`)
}

/** The mark at the end of the line that made the call. */
function markOf({ callSite }: Span): string | undefined {
  return readFileSync(AGENT, 'utf8').split('\n')[(callSite?.line ?? 0) - 1]?.split('# <- ')[1]
}

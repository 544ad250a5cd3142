// Programs whose calls the hook leads to the proxy, and whose budget refuses them: each client gets the very answer, once.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { CallGate } from '../../profiler-agent/model/call-gate'
import { AGENTS, type Program, runProgram } from '../support/hooked-program'
import { useHarness } from '../support/proxy-harness'
import { PYTHON, PYTHON_AGENTS, pythonProblem } from '../support/python'
import { skip } from '../support/skip'

describe('hooked programs whose calls a budget refuses', function () {
  this.timeout(120_000)
  const startHarness = useHarness()

  /** What the program prints, and how often the gate was asked. */
  async function run(program: Omit<Program, 'args'>, file: string) {
    let asked = 0
    const gate: CallGate = {
      concerns: () => true,
      admit: () => {
        asked++
        return { passes: false, refusal: { rule: 'budget/modelCalls', message: 'budget exceeded: 0 calls' } }
      },
    }
    const proxy = await startHarness((_request, response) => response.end('{}'), {
      gate,
      token: 'test-token',
    })
    const { stdout, stderr } = await runProgram(
      { ...program, args: [file, `${proxy.upstream}/v1/chat/completions`] },
      { proxy: proxy.base, provider: proxy.upstream },
    )
    assert.equal(stderr, '')
    assert.equal(proxy.received.length, 0)
    return { lines: stdout.split('\n').filter((line) => line !== ''), asked }
  }

  it('get a 402 in Node, by every client', async () => {
    const { lines, asked } = await run({ cwd: join(AGENTS, 'clients') }, 'refused.mjs')
    assert.deepEqual(
      lines,
      ['fetch', 'http', 'openai'].map((client) => `${client} 402 false budget_exceeded`),
    )
    assert.equal(asked, 3)
  })

  it('get a 402 in Python, by every client', async function () {
    const problem = pythonProblem()
    if (problem !== undefined) skip(this, problem)
    const { lines, asked } = await run({ command: PYTHON, cwd: PYTHON_AGENTS }, 'refused.py')
    const clients = ['httpx', 'httpx async', 'requests', 'urllib3', 'aiohttp', 'urllib']
    assert.deepEqual(
      lines,
      clients.map((client) => `${client} 402 false budget_exceeded`),
    )
    assert.equal(asked, clients.length)
  })
})

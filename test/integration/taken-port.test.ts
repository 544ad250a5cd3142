// A profiler that died, and another program at its port: hooked programs give that program nothing, and go to the provider.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { profiledEnvironment } from '../../profiler-agent/capture/hooks/environment'
import { Playground } from '../support/costflame'
import { PYTHON, pythonProblem } from '../support/python'
import { inRepository } from '../support/repository'
import { skip } from '../support/skip'

const NODE_PROGRAM = `
const url = process.env.OPENAI_BASE_URL + '/chat/completions'
const body = JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'hello' }] })
const response = await fetch(url, { method: 'POST', headers: { authorization: 'Bearer sk-mine' }, body })
console.log(response.status, await response.text())
`
const PYTHON_PROGRAM = `
import os, urllib3
url = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
answer = urllib3.PoolManager().request("POST", url, headers={"authorization": "Bearer sk-mine"}, body=b'{"model":"gpt-5-mini"}')
print(answer.status, answer.data.decode())
`

describe('a port that another program has taken', () => {
  const playground = new Playground({ 'agent.mjs': NODE_PROGRAM, 'agent.py': PYTHON_PROGRAM })
  const servers: Server[] = []
  const received: string[] = []
  let environment: Record<string, string>

  const serve = async (port: number, name: string): Promise<number> => {
    const server = createServer((req, res) => {
      if (name === 'stranger') received.push(`${req.method} ${req.url}`)
      req.resume().on('end', () => res.end(name))
    })
    servers.push(server)
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }

  before(async () => {
    const provider = `http://127.0.0.1:${await serve(0, 'provider')}`
    const { ready, child, ended } = await playground.serve()
    const own = { PATH: process.env.PATH ?? '', HOME: playground.path, OPENAI_BASE_URL: `${provider}/v1` }
    const { variables } = profiledEnvironment({
      ...{ environment: own, proxy: ready.proxy, token: ready.token, data: ready.data },
      hookFile: inRepository('dist', 'hooks', 'node.cjs'),
    })
    environment = { ...own, ...variables }
    child.kill('SIGKILL')
    await ended
    await serve(Number(new URL(ready.proxy).port), 'stranger')
  })
  after(async () => {
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
    await playground.remove()
  })

  const answerOf = async (command: string, file: string): Promise<string> => {
    const child = spawn(command, [file], {
      cwd: playground.path,
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let stdout = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    await once(child, 'close')
    return stdout
  }

  it('gets nothing of a Node program, whose call goes to the provider', async () => {
    assert.equal(environment.OPENAI_BASE_URL?.startsWith(environment.COSTFLAME_PROXY ?? 'none'), true)
    assert.equal(await answerOf(process.execPath, 'agent.mjs'), '200 provider\n')
    assert.deepEqual(received, [])
  })

  it('gets nothing of a Python program, whose call goes to the provider', async function () {
    const problem = pythonProblem()
    if (problem !== undefined) skip(this, problem)
    assert.equal(await answerOf(PYTHON, 'agent.py'), '200 provider\n')
    assert.deepEqual(received, [])
  })
})

// `costflame doctor`, and the last words of a run that captured nothing: each names what is wrong in words that say what to do.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Playground } from '../support/costflame'

interface Check {
  readonly subject: string
  readonly status: string
  readonly messages: readonly string[]
  readonly fix?: string
}

describe('costflame doctor', () => {
  let playground: Playground
  let other: Server | undefined
  beforeEach(() => {
    playground = new Playground()
  })
  afterEach(async () => {
    other?.close()
    other = undefined
    await playground.remove()
  })

  const checks = async (environment: Record<string, string> = {}) => {
    const { stdout, code } = await playground.run(['doctor', '--json'], environment)
    const answer = JSON.parse(stdout) as { schema: string; checks: Check[] }
    assert.equal(answer.schema, 'costflame.doctor/1')
    return { code, of: (subject: string) => answer.checks.filter((check) => check.subject === subject) }
  }
  const somebodyElse = async () => {
    other = createServer((_req, res) => res.end('hello')).listen(0, '127.0.0.1')
    await new Promise((resolve) => other?.once('listening', resolve))
    return `http://127.0.0.1:${(other.address() as AddressInfo).port}`
  }

  it('finds nothing wrong where nothing is', async () => {
    const { code, of } = await checks()
    assert.equal(code, 0)
    assert.equal(of('hooks')[0]?.status, 'ok')
    assert.deepEqual(of('runs')[0]?.messages, ['none yet'])
  })

  it('is read as text by people', async () => {
    const { stdout } = await playground.run(['doctor'])
    assert.match(stdout, /^✓ costflame: \d+\.\d+\.\d+ on Node \d+/)
    assert.match(stdout, /✓ hooks: for Node and Python/)
  })

  it('names the place of a mistake in a file', async () => {
    playground.write({ '.costflame/config.jsonc': '{ "version": 1,\n  "contnet": "full" }' })
    const { code, of } = await checks()
    const [config] = of('config.jsonc')
    assert.deepEqual([code, config?.status], [0, 'warning'])
    assert.match(config?.messages[0] ?? '', /config\.jsonc:2:3: /)
  })

  it('says that a store is damaged', async () => {
    await playground.run(['run', '--', 'node', '-e', ''])
    writeFileSync(join(playground.data, 'costflame.db'), 'no database')
    const { code, of } = await checks()
    assert.deepEqual([code, of('runs')[0]?.status], [1, 'problem'])
  })

  it('knows a profiler that listens', async () => {
    const { ready, child, ended } = await playground.serve()
    const { of } = await checks()
    assert.match(of('profiler')[0]?.messages[0] ?? '', new RegExp(`listens on ${ready.proxy}`))
    child.kill('SIGTERM')
    await ended
  })

  it('says that another program has the port, or nobody', async () => {
    const taken = await somebodyElse()
    const { code, of } = await checks({ COSTFLAME_PROXY: taken, COSTFLAME_TOKEN: 'secret' })
    assert.equal(code, 1)
    assert.match(of('environment')[0]?.messages[0] ?? '', /where another program has taken the port/)
    await new Promise((resolve) => other?.close(resolve))
    const later = await checks({ COSTFLAME_PROXY: taken, COSTFLAME_TOKEN: 'secret' })
    assert.match(later.of('environment')[0]?.messages[0] ?? '', /where nobody answers/)
  })

  it('says that hooks are switched off', async () => {
    const { code, of } = await checks({ COSTFLAME_DISABLE: '1' })
    assert.deepEqual([code, of('environment')[0]?.fix], [1, 'unset COSTFLAME_DISABLE'])
  })

  describe('of a run without a call', () => {
    const lastWords = async (...command: string[]) => (await playground.run(['run', '--', ...command])).stderr

    it('says that no process called a model', async () => {
      assert.match(
        await lastWords('node', '-e', ''),
        /no model call was captured\.\ncostflame: 1 process \(node [\d.]+\) ran with the hook, and none called a model provider/,
      )
      const { of } = await checks()
      assert.equal(of('latest run')[0]?.status, 'warning')
    })

    it('says so also of a program that fails as soon as it is loaded', async () => {
      const process = /1 process \(node [\d.]+\) ran with the hook/
      // The end of a program waits for its word, but not for long: on a busy machine it may be lost.
      let words = ''
      for (let tries = 0; tries < 10 && !process.test(words); tries++)
        words = await lastWords('node', '-e', 'throw new Error("no key")')
      assert.match(words, process)
    })

    it('says that no hook ran, and which programs are captured without one', async () => {
      assert.match(await lastWords('true'), /no hook told of itself either: .*\n.*\n.*\n.*OPENAI_BASE_URL/)
    })

    it('names a request that ran no model', async () => {
      const upstream = await somebodyElse()
      const program = `await fetch(process.env.OPENAI_BASE_URL + '/models')`
      const { stderr } = await playground.run(['run', '--', 'node', '--input-type=module', '-e', program], {
        OPENAI_BASE_URL: `${upstream}/v1`,
      })
      assert.match(stderr, /1 request that ran no model passed, the first: GET \/v1\/models/)
    })
  })
})

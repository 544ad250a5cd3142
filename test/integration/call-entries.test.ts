// How the line of a call is found while V8 follows no `await`: at the entries of the SDKs that we know, else from the second call on.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { decodeCallSite } from '../../profiler-agent/model/call-site'
import { HEADERS } from '../../profiler-agent/model/headers'
import { CALL_SITES, type Finished, type Program, runProgram } from '../support/hooked-program'
import { RecordingServer } from '../support/recording-server'
import { type TestFolder, temporaryFolder, writeFiles } from '../support/test-folders'

/** Loses whoever asked: the request is made from a timer. */
const SOME_SDK = `
  exports.ask = (content) => new Promise((resolve) => setTimeout(async () => {
    const body = JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content }] })
    const reply = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', { method: 'POST', body })
    resolve((await reply.json()).choices[0].message.content)
  }, 1))`

/** Whether V8 tells where a timer was started: it does for everybody once it does for one. */
const FOLLOWED = `
  import { Session } from 'node:inspector'
  const session = new Session()
  session.connect()
  session.post('Runtime.enable')
  const isFollowed = () => new Promise((resolve) => setImmediate(() =>
    session.post('Runtime.evaluate', { expression: 'throw 0', silent: true },
      (_, { exceptionDetails }) => resolve(exceptionDetails.stackTrace.parent !== undefined))))`

describe('the entries of SDKs', function () {
  this.timeout(240_000)
  let proxy: RecordingServer
  let folder: TestFolder

  beforeEach(async () => {
    proxy = await RecordingServer.start()
    folder = temporaryFolder('entries')
  })
  afterEach(() => {
    proxy.stop()
    folder.remove()
  })

  const run = (program: Program): Promise<Finished> =>
    runProgram(program, { proxy: proxy.origin, provider: proxy.origin })

  const lines = (): (number | undefined)[] =>
    proxy.calls.map(({ headers }) => decodeCallSite(String(headers[HEADERS.callSite] ?? ''))[0]?.line)

  /** Lines from where the functions that make the calls are called. */
  const callers = () =>
    proxy.calls.map(({ headers }) => decodeCallSite(String(headers[HEADERS.callSite] ?? ''))[1]?.line)

  it('are as they were, for whoever looks at them or calls them', async () => {
    const plain = await run({ args: ['entries.mjs'], environment: { COSTFLAME_DISABLE: '1' } })
    const hooked = await run({ args: ['entries.mjs'] })
    assert.deepEqual([hooked.stdout, hooked.stderr], [plain.stdout, ''])
    assert.match(
      plain.stdout,
      /echo call 1 200 1\necho call 2\nTypeError: .*\n.*\nunhandled APIUserAbortError\n$/s,
    )
    assert.deepEqual(lines().slice(-2), [markedLine('call 1'), markedLine('call 2')])
  })

  it('tell the line while no await is followed', async () => {
    const sdk = JSON.stringify(join(CALL_SITES, '../node_modules/@anthropic-ai/sdk/index.mjs'))
    writeFiles(folder.path, {
      'program.mjs': `import Anthropic from ${sdk}
        ${FOLLOWED}
        const { messages } = new Anthropic()
        await messages.create({ model: 'claude-haiku-4-5', max_tokens: 50, messages: [{ role: 'user', content: 'hello' }] })
        console.log(await isFollowed())`,
    })
    const { stdout, stderr } = await run({ args: [join(folder.path, 'program.mjs')] })
    assert.deepEqual([stdout, stderr, lines()], ['false\n', '', [11]])
  })

  it('of a client tell the line of a call that has to wait for a connection', async () => {
    const undici = JSON.stringify(resolve('node_modules/undici/index.js'))
    writeFiles(folder.path, {
      'program.mjs': `import { Pool } from ${undici}
        ${FOLLOWED}
        const url = new URL(process.env.OPENAI_BASE_URL + '/chat/completions')
        const pool = new Pool(url.origin, { connections: 1 })
        const body = (content) => JSON.stringify({ messages: [{ role: 'user', content }] })
        const ask = (content) => pool.request({ path: url.pathname, method: 'POST', body: body(content) })
        const replies = [
          ask('first'),
          ask('second'),
          ask('third'),
        ]
        for (const { body } of await Promise.all(replies)) await body.dump()
        console.log(await isFollowed())`,
    })
    const { stdout, stderr } = await run({ args: [join(folder.path, 'program.mjs')] })
    assert.deepEqual([stdout, stderr], ['false\n', ''])
    assert.deepEqual(callers(), [15, 16, 17])
  })

  it('of an SDK that nobody knows are found by following awaits, from its second call on', async () => {
    writeFiles(folder.path, {
      'node_modules/some-sdk/index.js': SOME_SDK,
      'program.mjs': `import { ask } from 'some-sdk'
        ${FOLLOWED}
        console.log(await ask('first'), await isFollowed())
        console.log(await ask('second'))`,
    })
    const { stdout, stderr } = await run({ args: [join(folder.path, 'program.mjs')] })
    assert.deepEqual([stdout, stderr], ['echo first true\necho second\n', ''])
    assert.deepEqual(lines(), [undefined, 11])
  })

  it('are given up where following awaits does not help', async () => {
    writeFiles(folder.path, {
      'node_modules/some-sdk/index.js': `${SOME_SDK}
        exports.done = (async () => { for (let call = 0; call < 25; call++) await exports.ask('background') })()`,
      'program.mjs': `import { done } from 'some-sdk'
        ${FOLLOWED}
        await done
        console.log(await isFollowed())`,
    })
    const { stdout, stderr } = await run({ args: [join(folder.path, 'program.mjs')] })
    assert.deepEqual([stdout, stderr, new Set(lines())], ['false\n', '', new Set([undefined])])
  })
})

/** Number of the line of entries.mjs that ends in this mark. */
function markedLine(mark: string): number {
  const text = readFileSync(join(CALL_SITES, 'entries.mjs'), 'utf8')
  return text.split('\n').findIndex((line) => line.endsWith(`// <- ${mark}`)) + 1
}

// Programs that mock their providers: they find the base-URL variables as the user had them.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { runProgram } from '../support/hooked-program'
import { RecordingServer } from '../support/recording-server'
import { type TestFolder, temporaryFolder, writeFiles } from '../support/test-folders'

const SHOW = 'console.log(process.env.OPENAI_BASE_URL, process.env.GROQ_BASE_URL, process.env.OTHER_URL)'

describe('base-URL variables of a program that mocks its providers', function () {
  this.timeout(240_000)
  let proxy: RecordingServer
  let folder: TestFolder

  beforeEach(async () => {
    proxy = await RecordingServer.start()
    folder = temporaryFolder('mocks')
    writeFiles(folder.path, {
      'node_modules/nock/package.json': '{ "name": "nock", "exports": { ".": "./index.js" } }',
      'node_modules/nock/index.js': '',
    })
  })
  afterEach(() => {
    proxy.stop()
    folder.remove()
  })

  const shownBy = async (program: string): Promise<string> => {
    writeFiles(folder.path, { 'program.mjs': program })
    const { stdout, stderr } = await runProgram(
      { args: [join(folder.path, 'program.mjs')], environment: { OTHER_URL: 'http://127.0.0.1:1/groq' } },
      { proxy: proxy.origin, provider: 'http://gateway.test' },
    )
    assert.equal(stderr, '')
    return stdout
  }

  it('are the user’s own again, or none', async () => {
    assert.equal(
      await shownBy(`import 'nock'\n${SHOW}`),
      'http://gateway.test/v1 undefined http://127.0.0.1:1/groq\n',
    )
  })

  it('lead to the proxy until a mock is loaded', async () => {
    assert.equal(
      await shownBy(SHOW),
      `${proxy.origin}/openai/v1 ${proxy.origin}/groq http://127.0.0.1:1/groq\n`,
    )
  })
})

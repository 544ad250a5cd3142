// A call that names its line leaves an anchor of that line in the store, by which the line is found after its file was edited.

import assert from 'node:assert/strict'
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findAgain } from '../../profiler-agent/anchor/anchor'
import { CodeText } from '../../profiler-agent/anchor/code-text'
import { encodeCallSite } from '../../profiler-agent/model/call-site'
import { HEADERS } from '../../profiler-agent/model/headers'
import { placeKey, readAnchors } from '../../profiler-agent/store/anchor-rows'
import { openStore } from '../../profiler-agent/store/store'
import { type Rig, useRig } from '../support/profiler-rig'
import { type TestFolder, temporaryFolder, writeFiles } from '../support/test-folders'

const FILE = 'desk.py'
const CODE = `import openai

client = openai.OpenAI()

def plan(question):
    return client.chat.completions.create(model="gpt-5-mini", messages=[question])

def answer(question):
    return client.chat.completions.create(model="gpt-5-mini", messages=[question, "short"])
`
const [PLAN, ANSWER] = [6, 9]

describe('anchors of code', () => {
  const start = useRig()
  let folder: TestFolder
  beforeEach(() => {
    folder = temporaryFolder('code')
    writeFiles(folder.path, { [FILE]: CODE })
  })
  afterEach(() => folder.remove())

  async function call(rig: Rig, line: number): Promise<void> {
    const site = encodeCallSite([{ file: join(folder.path, FILE), line }])
    const body = Buffer.from(
      JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: `${line}` }] }),
    )
    const rawHeaders = ['content-type', 'application/json', HEADERS.callSite, site]
    await rig.ask('HTTP/1.1', { path: '/r/r1/openai/v1/chat/completions', rawHeaders, body: [body] })
  }

  it('are taken of the file as it ran, and find its lines again', async () => {
    const rig = await start(
      (_req, res) => {
        res.setHeader('content-type', 'application/json')
        res.end('{"id":"chatcmpl-1","object":"chat.completion","model":"gpt-5-mini","choices":[]}')
      },
      { root: folder.path },
    )
    await call(rig, PLAN)
    await call(rig, ANSWER)
    await rig.profiler.close()
    const store = openStore(rig.data, { readOnly: true })
    const anchors = readAnchors(store, 'r1')
    store.close()
    const places = [PLAN, ANSWER].map((line) => {
      const anchor = anchors.get(placeKey({ file: FILE, line }))
      assert.ok(anchor, `line ${line} has no anchor`)
      return { line, anchor }
    })
    assert.deepEqual(
      places.map(({ anchor }) => anchor.function),
      ['plan', 'answer'],
    )
    const edited = CODE.replace('def plan', '# asks\n\n\ndef plan').replace('"short"', '"long"')
    assert.deepEqual(
      findAgain(new CodeText(edited, FILE), places).map((place) => [place?.region.line, place?.isChanged]),
      [
        [9, false],
        [12, true],
      ],
    )
  })

  it('are not taken of a file that was written since the run began', async () => {
    const rig = await start((_req, res) => res.end('{}'), { root: folder.path })
    await call(rig, PLAN)
    await rig.profiler.close()
    const again = await start((_req, res) => res.end('{}'), { root: folder.path, data: rig.data })
    writeFileSync(join(folder.path, FILE), CODE.replace('"short"', '"long"'))
    const inAnHour = Date.now() / 1000 + 3600
    utimesSync(join(folder.path, FILE), inAnHour, inAnHour)
    await call(again, ANSWER)
    await again.profiler.close()
    const store = openStore(rig.data, { readOnly: true })
    const lines = [...readAnchors(store, 'r1').keys()]
    store.close()
    assert.deepEqual(lines, [placeKey({ file: FILE, line: PLAN })])
  })
})

// Anchors of the lines that calls and findings are at, taken out of files that are as they were when the run began.

import assert from 'node:assert/strict'
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CodeAnchors } from '../../profiler-agent/code-anchors'
import type { Finding } from '../../profiler-agent/model/finding'
import type { SpanRecord } from '../../profiler-agent/model/record'
import type { AnchoredPlace } from '../../profiler-agent/store/anchor-rows'
import { type TestFolder, temporaryFolder, writeFiles } from '../support/test-folders'

const DESK = `export async function answer(client, question) {
  const first = await client.messages.create({ model: 'm1', messages: [question] })
  return first
}
`
/** Long after the files of a test were written. */
const LATER = Date.now() + 3_600_000

function call(file: string, line: number, column?: number): Pick<SpanRecord, 'call' | 'callSite'> {
  const frame = { file, line, ...(column === undefined ? {} : { column }) }
  const spanCall = { modelCall: {}, prompt: [], reply: [] } as unknown as SpanRecord['call']
  return { ...(spanCall ? { call: spanCall } : {}), callSite: { ...frame, stack: [frame] } }
}

function finding(location: Finding['location'], evidence: Finding['evidence'] = {}): Finding {
  const said = {
    id: 'f',
    rule: 'waste/output',
    severity: 'warning',
    message: 'm',
    runId: 'r',
    spanIds: [],
  } as const
  return { ...said, evidence, relatedLocations: [], ...(location ? { location } : {}) }
}

describe('code-anchors', () => {
  let folder: TestFolder
  let kept: Map<string, AnchoredPlace[]>
  let told: string[]
  let faults: unknown[]
  let startedAt: number
  let anchors: CodeAnchors
  beforeEach(() => {
    folder = temporaryFolder('code-anchors')
    writeFiles(folder.path, { 'desk.mjs': DESK, 'lib/two words.mjs': DESK })
    kept = new Map()
    told = []
    faults = []
    startedAt = LATER
    anchors = new CodeAnchors({
      runOf: (runId) => (runId === 'r' ? { root: folder.path, startedAt } : undefined),
      keep: (runId, places) => kept.set(runId, [...(kept.get(runId) ?? []), ...places]),
      found: (runId) => told.push(runId),
      failed: (error) => faults.push(error),
    })
  })
  afterEach(() => {
    anchors.close()
    folder.remove()
    assert.deepEqual(faults, [])
  })

  const placesOf = (runId: string) => (kept.get(runId) ?? []).map(({ file, line }) => `${file}:${line}`)

  it('takes each place of a run once', () => {
    anchors.add('r', [call('desk.mjs', 2, 40), call('desk.mjs', 2, 40), call('lib/two words.mjs', 2)])
    anchors.finish(60_000)
    anchors.add('r', [call('desk.mjs', 2, 40)])
    anchors.finish(60_000)
    assert.deepEqual(placesOf('r'), ['desk.mjs:2', 'lib/two words.mjs:2'])
    const [byColumn, byLine] = kept.get('r') ?? []
    assert.equal(byColumn?.anchor.code, byLine?.anchor.code)
    assert.equal(byColumn?.anchor.function, 'answer')
  })

  it('takes none of a file that changed since the run began', () => {
    startedAt = Date.now() - 3_600_000
    anchors.add('r', [call('desk.mjs', 2, 40)])
    anchors.finish(60_000)
    assert.deepEqual(placesOf('r'), [])
  })

  it('takes none of a file that came here after the run began, whatever its date', () => {
    startedAt = Date.now() - 3_600_000
    utimesSync(join(folder.path, 'desk.mjs'), 1_000, 1_000)
    anchors.add('r', [call('desk.mjs', 2, 40)])
    anchors.finish(60_000)
    assert.deepEqual(placesOf('r'), [])
  })

  it('passes over what is no line of a file, and runs that it does not know', () => {
    anchors.add('r', [
      call('desk.mjs', 99),
      call('gone.mjs', 1),
      call('lib', 1),
      call('//host/share/a.mjs', 1),
    ])
    anchors.add('unknown', [call('desk.mjs', 2)])
    anchors.finish(60_000)
    assert.equal(kept.size, 0)
  })

  it('puts anchors on findings, and says when it has them', () => {
    const location = { file: 'desk.mjs', line: 2, column: 40 }
    assert.equal(anchors.anchored([finding(location)])[0]?.location?.anchor, undefined)
    anchors.finish(60_000)
    assert.deepEqual(told, ['r'])
    assert.match(anchors.anchored([finding(location)])[0]?.location?.anchor?.code ?? '', /^\w+\.\w+\.\w+$/)
    assert.equal(kept.size, 0)
  })

  it('takes the region that was found in a file as the file is now', () => {
    startedAt = Date.now() - 3_600_000
    const location = { file: 'desk.mjs', line: 2, column: 48, endLine: 2, endColumn: 59 }
    const found = { origin: { found: true, what: 'option' } }
    const at = () => [finding(location), finding(location, found)].map((each) => anchors.anchored([each])[0])
    at()
    anchors.finish(60_000)
    const [ofRun, ofNow] = at()
    assert.equal(ofRun?.location?.anchor, undefined)
    // `model: 'm1'` is a word, a colon, and three for the text.
    assert.match(ofNow?.location?.anchor?.code ?? '', /^5\./)
  })

  it('reads a file again when it was written', () => {
    const found = { origin: { found: true } }
    const second = finding({ file: 'desk.mjs', line: 4, column: 1 }, found)
    anchors.anchored([finding({ file: 'desk.mjs', line: 2, column: 40 }, found)])
    anchors.finish(60_000)
    writeFileSync(join(folder.path, 'desk.mjs'), `${DESK.replace('}\n', '  done()\n}\n')}`)
    anchors.anchored([second])
    anchors.finish(60_000)
    assert.equal(anchors.anchored([second])[0]?.location?.anchor?.function, 'answer')
  })
})

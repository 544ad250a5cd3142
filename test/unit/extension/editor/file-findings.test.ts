import assert from 'node:assert/strict'
import { FileFindings } from '../../../../extension/editor/file-findings'
import type { TextChange } from '../../../../extension/editor/marks/text-regions'
import { anchorAt } from '../../../../profiler-agent/anchor/anchor'
import { CodeText } from '../../../../profiler-agent/anchor/code-text'
import type { Finding, Location } from '../../../../profiler-agent/model/finding'

const CODE = `import { client } from './client'

export async function classify(ticket: Ticket) {
  const reply = await client.messages.create({
    model: MODEL,
    max_tokens: 200,
    system: INSTRUCTIONS,
    messages: [{ role: 'user', content: ticket.text }],
  })
  return labelOf(reply)
}
`
const OPTION_LINE = '    system: INSTRUCTIONS,\n'
/** `system: INSTRUCTIONS` of it. */
const OPTION: Location = { file: 'a.ts', line: 7, column: 5, endLine: 7, endColumn: 25 }

function findingAt(location: Location): Finding {
  return {
    ...{ id: 'f1', rule: 'cache/missing-breakpoint', severity: 'warning', message: 'm', runId: 'r1' },
    ...{ spanIds: [], relatedLocations: [], evidence: {}, location },
  } as const
}

function anchored(location: Location): Location {
  const anchor = anchorAt(new CodeText(CODE, 'a.ts'), location.line, location.column, location)
  assert.ok(anchor)
  return { ...location, anchor }
}

function following(location: Location): FileFindings {
  const findings = new FileFindings()
  findings.follow([{ finding: findingAt(location), root: undefined }])
  return findings
}

/** Line (from 1), text and whether it changed of the one finding; `undefined` where it has no place. */
function placedIn(findings: FileFindings, text: string): [number, string, boolean] | undefined {
  const [placed] = findings.placedIn(new CodeText(text, 'a.ts'))
  if (placed === undefined) return undefined
  const { start, end } = placed.region
  const line = text.split('\n')[start.line] ?? ''
  const inside = line.slice(start.character, start.line === end.line ? end.character : undefined)
  return [start.line + 1, inside, placed.isChanged]
}

const insertion = (line: number, character: number, text: string): TextChange => ({
  range: { start: { line, character }, end: { line, character } },
  text,
})

describe('findings in a file', () => {
  it('stand where they were found', () => {
    assert.deepEqual(placedIn(following(anchored(OPTION)), CODE), [7, 'system: INSTRUCTIONS', false])
    assert.deepEqual(placedIn(following(OPTION), CODE), [7, 'system: INSTRUCTIONS', false])
  })

  it('are found again in a file that was changed elsewhere', () => {
    const moved = `// new\n// lines\n${CODE}`
    assert.deepEqual(placedIn(following(anchored(OPTION)), moved), [9, 'system: INSTRUCTIONS', false])
  })

  it('move with the edits of a document', () => {
    for (const location of [anchored(OPTION), OPTION]) {
      const findings = following(location)
      placedIn(findings, CODE)
      findings.edit([insertion(0, 0, '// new\n')])
      assert.equal(findings.areSettled, true)
      assert.deepEqual(placedIn(findings, `// new\n${CODE}`), [8, 'system: INSTRUCTIONS', false])
    }
  })

  it('say that their code changed, and that it did not after all', () => {
    const findings = following(anchored(OPTION))
    placedIn(findings, CODE)
    findings.edit([insertion(6, 20, 'MORE_')])
    const edited = CODE.replace('INSTRUCTIONS', 'INSTRUMORE_CTIONS')
    assert.deepEqual(placedIn(findings, edited), [7, 'system: INSTRUMORE_CTIONS', true])
    findings.edit([
      { range: { start: { line: 6, character: 20 }, end: { line: 6, character: 25 } }, text: '' },
    ])
    assert.deepEqual(placedIn(findings, CODE), [7, 'system: INSTRUCTIONS', false])
  })

  it('have no place when their code is taken out, and are back when it is', () => {
    const findings = following(anchored(OPTION))
    placedIn(findings, CODE)
    const line = { start: { line: 6, character: 0 }, end: { line: 7, character: 0 } }
    findings.edit([{ range: line, text: '' }])
    assert.equal(placedIn(findings, CODE.replace('    system: INSTRUCTIONS,\n', '')), undefined)
    findings.edit([insertion(6, 0, '    system: INSTRUCTIONS,\n')])
    assert.deepEqual(placedIn(findings, CODE), [7, 'system: INSTRUCTIONS', false])
  })

  it('go with their code when an editor says that its letters were replaced', () => {
    const [first, second] = [OPTION_LINE, '    temperature: answer(ticket),\n']
    const before = CODE.replace(first, `${first}${second}`)
    const anchor = anchorAt(new CodeText(before, 'a.ts'), 7, 5, OPTION)
    assert.ok(anchor)
    const findings = following({ ...OPTION, anchor })
    assert.deepEqual(placedIn(findings, before), [7, 'system: INSTRUCTIONS', false])
    // The two lines changed places: what stood between the first letter and the comma is told as replaced.
    const inside = { start: { line: 6, character: 5 }, end: { line: 6, character: 23 } }
    findings.edit([
      {
        range: { start: { line: 7, character: 4 }, end: { line: 7, character: 31 } },
        text: 'system: INSTRUCTIONS',
      },
      { range: inside, text: 'emperature: answer(ticke' },
    ])
    const after = CODE.replace(first, `${second}${first}`)
    assert.deepEqual(placedIn(findings, after), [8, 'system: INSTRUCTIONS', false])
  })

  it('are not those of a copy while their own code is edited', () => {
    const findings = following(anchored(OPTION))
    placedIn(findings, CODE)
    const copy = CODE.slice(CODE.indexOf('export')).replace('classify', 'classifyAgain')
    findings.edit([insertion(11, 0, copy), insertion(6, 12, 'V2_')])
    const edited = `${CODE.replace('INSTRUCTIONS', 'V2_INSTRUCTIONS')}${copy}`
    assert.deepEqual(placedIn(findings, edited), [7, 'system: V2_INSTRUCTIONS', true])
  })

  it('are nowhere on a line that is not there', () => {
    assert.equal(placedIn(following({ file: 'a.ts', line: 40, column: 1 }), CODE), undefined)
  })

  it('stay where they are when the run tells them again', () => {
    const location = anchored(OPTION)
    const findings = following(location)
    placedIn(findings, CODE)
    findings.edit([insertion(0, 0, '// new\n')])
    findings.follow([{ finding: { ...findingAt(location), message: 'more' }, root: '/project' }])
    assert.deepEqual(placedIn(findings, `// new\n${CODE}`), [8, 'system: INSTRUCTIONS', false])
  })
})

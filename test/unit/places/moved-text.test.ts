// Moving what changes behind the rest: whatever the text, nothing is lost, nothing is added, and what stays keeps its order.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the sources are texts here

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { movedToEnd, type WrittenText } from '../../../profiler-agent/places/edits/moved-text'
import { edited } from '../../../profiler-agent/places/edits/source-edit'

const STABLE = 'A line that is always the same and long enough to be worth it.'
const line = fc.constantFrom(
  STABLE,
  'Short.',
  '',
  '  indented ${other} text',
  'Now ${changing} here',
  'One. Two ${changing}. Three.',
)
const text = fc
  .tuple(
    fc.array(line, { minLength: 1, maxLength: 8 }),
    fc.constantFrom('\n', '\\n', '\r\n', ' '),
    fc.constantFrom('', '\n', '\n  '),
  )
  .map(([lines, separator, end]) => lines.join(separator) + end)

function written(source: string): WrittenText {
  const holes = spansOf(source, /\$\{\w+\}/g)
  return { source, inner: { start: 0, end: source.length }, holes, hasEscapes: true }
}

function spansOf(source: string, pattern: RegExp) {
  return [...source.matchAll(pattern)].map(({ 0: match, index }) => ({
    start: index,
    end: index + match.length,
  }))
}

/** Lines without what changes; of a text of one line, none. */
function stayingLines(source: string): string[] {
  const lines = source.split(/\r?\n|\\n/).map((each) => each.trim())
  return lines.filter((each) => each !== '').length < 2
    ? []
    : lines.filter((each) => each !== '' && !each.includes('${changing}'))
}

/** In any order, so that moving changes nothing of it. */
function lettersOf(source: string): string {
  return [...source].sort().join('')
}

describe('moving what changes to the end of a text', () => {
  it('keeps every character, and the order of what stays', () => {
    let moves = 0
    fc.assert(
      fc.property(text, (source) => {
        const changing = spansOf(source, /\$\{changing\}/g)
        const moved = movedToEnd(written(source), changing)
        if (!moved) return
        moves++
        const after = edited(source, [...moved.deletions, moved.insertion])
        assert.equal(lettersOf(after), lettersOf(source))
        assert.deepEqual(stayingLines(after), stayingLines(source))
        const first = (each: string) => each.indexOf('${changing}')
        assert.ok(first(after) > first(source), 'more stands before what changes')
      }),
      { numRuns: 1_000 },
    )
    assert.ok(moves > 0, `${moves} texts of 1,000 were moved`)
  })

  it('moves nothing where nothing changes, and nothing where all does', () => {
    assert.equal(movedToEnd(written(`${STABLE}\n${STABLE}`), []), undefined)
    const all = 'Now ${changing} here'
    assert.equal(movedToEnd(written(all), spansOf(all, /\$\{changing\}/g)), undefined)
  })
})

import assert from 'node:assert/strict'
import type { TextChange } from '../../../../../extension/editor/marks/text-regions'
import { TrackedPlaces } from '../../../../../extension/editor/marks/tracked-places'
import { anchorAt, type KnownPlace } from '../../../../../profiler-agent/anchor/anchor'
import { CodeText } from '../../../../../profiler-agent/anchor/code-text'

const DESK = [
  "import { client } from './client'",
  '',
  'export async function plan(question) {',
  "  const tone = 'friendly'",
  '  return client.create({ model: small, input: question })',
  '}',
  '',
  'export async function answer(plan) {',
  '  const facts = await search(plan)',
  '  return client.create({ model: large, input: facts })',
  '}',
  '',
]

/** A document with places in it, as the editor edits it. */
class Edited {
  readonly tracked = new TrackedPlaces()
  /** Then every edit makes it look anew. */
  isShort = false

  constructor(
    private lines: readonly string[],
    ...measured: readonly number[]
  ) {
    this.tracked.follow(placesIn(lines, measured))
    this.settle()
  }

  /** Replaces lines (from 1, the last one exclusive). */
  replace(from: number, to: number, ...lines: readonly string[]): boolean {
    const range = { start: { line: from - 1, character: 0 }, end: { line: to - 1, character: 0 } }
    this.lines = this.lines.toSpliced(from - 1, to - from, ...lines)
    return this.edit({ range, text: lines.map((line) => `${line}\n`).join('') })
  }

  /** Replaces a text on a line that has it once. */
  type(line: number, text: string, by: string): boolean {
    const before = this.lines[line - 1] ?? ''
    const character = before.indexOf(text)
    const range = {
      start: { line: line - 1, character },
      end: { line: line - 1, character: character + text.length },
    }
    this.lines = this.lines.with(
      line - 1,
      before.replace(text, () => by),
    )
    return this.edit({ range, text: by })
  }

  /** Replaces texts on lines at once, the last one first, as VS Code does where the text becomes another one. */
  change(...those: readonly (readonly [line: number, text: string, by: string])[]): void {
    const changes = those
      .toSorted(([left], [right]) => right - left)
      .map(([line, text, by]) => {
        const before = this.lines[line - 1] ?? ''
        const [from, to] = [before.indexOf(text), before.indexOf(text) + text.length]
        this.lines = this.lines.with(
          line - 1,
          before.replace(text, () => by),
        )
        return {
          range: { start: { line: line - 1, character: from }, end: { line: line - 1, character: to } },
          text: by,
        }
      })
    this.tracked.edit(changes, this.isShort)
  }

  /** As when the file is another one on disk. */
  become(lines: readonly string[]): boolean {
    return this.replace(1, this.lines.length + 1, ...lines)
  }

  /** `5`, `5 changed` or `nowhere` for each place, once it was looked for. */
  get marks(): string[] {
    this.settle()
    return this.tracked.places.map((place) =>
      place === undefined ? 'nowhere' : `${place.region.start.line + 1}${place.isChanged ? ' changed' : ''}`,
    )
  }

  private edit(change: TextChange): boolean {
    return this.tracked.edit([change], this.isShort)
  }

  private settle() {
    this.tracked.settle(new CodeText(this.lines.join('\n'), 'desk.mjs'))
  }
}

function placesIn(lines: readonly string[], measured: readonly number[]): KnownPlace[] {
  const code = new CodeText(lines.join('\n'), 'desk.mjs')
  return measured.map((line) => {
    const anchor = anchorAt(code, line)
    assert.ok(anchor)
    return { line, anchor }
  })
}

describe('places of a text that is edited', () => {
  it('move with what is put in and taken away above them, without looking', () => {
    const text = new Edited(DESK, 5, 10)
    text.replace(2, 2, "import { search } from './search'", '')
    text.replace(9, 10)
    assert.equal(text.tracked.areSettled, true)
    assert.deepEqual(text.marks, ['7', '11'])
  })

  it('are changed while their statement is another one, and not when it is the same again', () => {
    const text = new Edited(DESK, 5, 10)
    text.type(5, 'small', 'large')
    assert.deepEqual(text.marks, ['5 changed', '10'])
    text.type(5, 'large', 'small')
    assert.deepEqual(text.marks, ['5', '10'])
  })

  it('are not changed by white space', () => {
    const text = new Edited(DESK, 5)
    text.type(5, '{ model', '{  model')
    assert.deepEqual(text.marks, ['5'])
  })

  it('stay with their statement when it is copied and then edited', () => {
    const text = new Edited(DESK, 5)
    text.replace(6, 6, DESK[4] ?? '')
    assert.deepEqual(text.marks, ['5'])
    text.type(5, 'question', 'plan')
    assert.deepEqual(text.marks, ['5 changed'])
  })

  it('are nowhere when their statement was taken out, and there again when it is put back', () => {
    const text = new Edited(DESK, 5, 10)
    assert.equal(text.replace(5, 6), true)
    assert.deepEqual(text.marks, ['nowhere', '9'])
    assert.equal(text.replace(5, 5, DESK[4] ?? ''), false)
    assert.deepEqual(text.marks, ['5', '10'])
  })

  it('are found again in a text that was replaced', () => {
    const text = new Edited(DESK, 5, 10)
    const swapped = [...DESK.slice(7, 11), '', ...DESK.slice(0, 6)]
    assert.equal(text.become(swapped), true)
    assert.deepEqual(text.marks, ['10', '3'])
    text.become(DESK)
    assert.deepEqual(text.marks, ['5', '10'])
  })

  it('are found again where they were moved to', () => {
    const text = new Edited(DESK, 5)
    text.replace(3, 7)
    assert.deepEqual(text.marks, ['nowhere'])
    text.replace(8, 8, ...DESK.slice(2, 6))
    assert.deepEqual(text.marks, ['10'])
  })

  it('are nowhere while a comment that begins above goes over them', () => {
    const text = new Edited(DESK, 5, 10)
    text.isShort = true
    text.replace(8, 8, '/*')
    assert.deepEqual(text.marks, ['5', 'nowhere'])
    text.replace(8, 9)
    assert.deepEqual(text.marks, ['5', '10'])
  })

  it('are nowhere while their line is a comment', () => {
    const text = new Edited(DESK, 5, 10)
    text.type(5, '  return', '  // return')
    assert.deepEqual(text.marks, ['nowhere', '10'])
    text.type(5, '  // return', '  return')
    assert.deepEqual(text.marks, ['5', '10'])
  })

  it('are the same when a formatter writes them in another way', () => {
    const text = new Edited(DESK, 5, 10)
    text.replace(5, 6, '  return client.create({', '    model: small,', '    input: question,', '  });')
    assert.deepEqual(text.marks, ['5', '13'])
  })

  it('go along with functions that change places, by whatever edits', () => {
    const text = new Edited(DESK, 5, 10)
    text.change(
      [3, 'plan(question)', 'answer(plan)'],
      [4, "tone = 'friendly'", 'facts = await search(plan)'],
      [5, 'small, input: question', 'large, input: facts'],
      [8, 'answer(plan)', 'plan(question)'],
      [9, 'facts = await search(plan)', "tone = 'friendly'"],
      [10, 'large, input: facts', 'small, input: question'],
    )
    assert.deepEqual(text.marks, ['10', '5'])
  })

  it('stay where they are when a name is another one in many places', () => {
    const text = new Edited(DESK, 5, 10)
    text.change([5, 'client', 'model'], [10, 'client', 'model'])
    assert.deepEqual(text.marks, ['5 changed', '10 changed'])
  })

  it('stay where they are when a completion imports something, too', () => {
    const text = new Edited(DESK, 5, 10)
    text.change([2, '', "import { large } from './models'"], [5, 'small', 'large'])
    assert.deepEqual(text.marks, ['5 changed', '10'])
  })

  it('that are followed already stay where they are when others come', () => {
    const text = new Edited(DESK, 5)
    text.replace(1, 1, '// one', '// two')
    text.tracked.follow(placesIn(DESK, [10, 5]))
    assert.deepEqual(text.marks, ['12', '7'])
  })
})

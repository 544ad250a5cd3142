import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { TextChange } from '../../../../../extension/editor/marks/text-regions'
import { TrackedPlaces } from '../../../../../extension/editor/marks/tracked-places'
import { anchorAt } from '../../../../../profiler-agent/anchor/anchor'
import { CodeText } from '../../../../../profiler-agent/anchor/code-text'

/** A line that knows which measured call it makes, however it was moved or edited since. */
interface Line {
  readonly text: string
  /** Of the call that was measured there. */
  readonly call?: number
}

type Edit =
  | { readonly does: 'insert' | 'delete' | 'move' | 'copy'; readonly from: number; readonly to: number }
  | { readonly does: 'type' | 'replace all' | 'shift'; readonly from: number }

/** Four functions with a call each, two of which say the same. */
const LINES: readonly Line[] = ['plan', 'answer', 'title', 'check'].flatMap((name, call) => [
  { text: `export async function ${name}(text) {` },
  { text: `  const facts = await search(text, ${call})` },
  { text: `  return client.create({ model: ${call < 2 ? 'small' : `size${call}`}, input: facts })`, call },
  { text: '}' },
  { text: '' },
])

class Document {
  readonly tracked = new TrackedPlaces()
  lines = LINES

  constructor(
    private readonly lineBreak: string,
    private readonly isShort: boolean,
  ) {
    const code = this.code()
    const measured = LINES.flatMap(({ call }, index) => (call === undefined ? [] : [index + 1]))
    this.tracked.follow(measured.map((line) => ({ line, anchor: anchorOn(code, line) })))
    this.tracked.settle(code)
  }

  code(): CodeText {
    return new CodeText(this.lines.map(({ text }) => text).join(this.lineBreak), 'desk.ts')
  }

  apply(edit: Edit): void {
    const from = Math.floor(edit.from * this.lines.length)
    const line = this.lines[from]
    if (line === undefined) return
    const to = 'to' in edit ? Math.floor(edit.to * this.lines.length) : from
    const apply: Readonly<Record<Edit['does'], () => void>> = {
      type: () => this.type(from, line),
      shift: () => this.shift(from, line),
      'replace all': () => this.splice(0, this.lines.length, this.lines),
      insert: () => this.splice(from, 0, [{ text: `  log('${to}')` }]),
      delete: () => this.splice(from, 1, []),
      move: () => {
        this.splice(from, 1, [])
        this.splice(Math.min(to, this.lines.length), 0, [line])
      },
      // A copy of a call is not the call that was measured.
      copy: () => this.splice(to, 0, [{ text: line.text }]),
    }
    apply[edit.does]()
  }

  private splice(from: number, count: number, put: readonly Line[]): void {
    const range = { start: { line: from, character: 0 }, end: { line: from + count, character: 0 } }
    this.lines = this.lines.toSpliced(from, count, ...put)
    this.edited({ range, text: put.map(({ text }) => `${text}${this.lineBreak}`).join('') })
  }

  /** Another argument, where there is a call; else a word. */
  private type(index: number, line: Line): void {
    const bracket = line.text.lastIndexOf(')')
    const character = bracket < 0 ? line.text.length : bracket
    const at = { line: index, character }
    const text = bracket < 0 ? ' // so' : ', more'
    this.lines = this.lines.with(index, {
      ...line,
      text: `${line.text.slice(0, character)}${text}${line.text.slice(character)}`,
    })
    this.edited({ range: { start: at, end: at }, text })
  }

  private shift(index: number, line: Line): void {
    const at = { line: index, character: 0 }
    this.lines = this.lines.with(index, { ...line, text: `  ${line.text}` })
    this.edited({ range: { start: at, end: at }, text: '  ' })
  }

  private edited(change: TextChange): void {
    this.tracked.edit([change], this.isShort)
  }
}

function anchorOn(code: CodeText, line: number) {
  const anchor = anchorAt(code, line)
  assert.ok(anchor)
  return anchor
}

const part = fc.double({ min: 0, max: 0.999, noNaN: true })
const edits = fc.array(
  fc.oneof(
    fc.record({ does: fc.constantFrom('insert', 'delete', 'move', 'copy'), from: part, to: part }),
    fc.record({ does: fc.constantFrom('type', 'replace all', 'shift'), from: part }),
  ) as fc.Arbitrary<Edit>,
  { maxLength: 12 },
)

describe('marks in a text that is edited at random', () => {
  /** Each mark with what stands on its line now. */
  function marksAfter(those: readonly Edit[], lineBreak: string, isShort: boolean, every: number) {
    const document = new Document(lineBreak, isShort)
    those.forEach((edit, index) => {
      document.apply(edit)
      // People pause now and then.
      if (index % every === 0) document.tracked.settle(document.code())
    })
    document.tracked.settle(document.code())
    return document.tracked.places.map((place, call) => ({
      call,
      place,
      line: place && document.lines[place.region.start.line],
      measured: LINES.find((line) => line.call === call)?.text,
    }))
  }

  it('are on their call, or on one that says the same, and never say of another code that it is the measured one', () => {
    fc.assert(
      fc.property(
        edits,
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        (...given) => {
          for (const { call, place, line, measured } of marksAfter(...given)) {
            if (place === undefined) continue
            const isSameCode = line?.text.trim() === measured?.trim()
            assert.ok(line?.call === call || isSameCode, `call ${call} is marked on ${JSON.stringify(line)}`)
            assert.equal(place.isChanged, !isSameCode)
          }
        },
      ),
      { numRuns: 400 },
    )
  }).timeout(60_000)
})

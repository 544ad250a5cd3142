import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import fc from 'fast-check'
import { fittingEdits } from '../../../../../extension/editor/fixes/fitting-edits'
import type { TextEdit } from '../../../../../profiler-agent/model/finding'

const BASE = `const reply = await client.messages.create({
  model: MODEL,
  system: [{ type: 'text', text: SYSTEM }],
  messages,
})

const second = await client.messages.create({
  model: MODEL,
  messages,
})
`

function editIn(text: string, line: number, column: number, newText: string): TextEdit {
  return {
    ...{ file: 'agent.ts', line, column, endLine: line, endColumn: column, newText },
    fileHash: hash('sha256', text),
  }
}

describe('edits in the text that a file has now', () => {
  const edit = editIn(BASE, 3, 40, ' /* marked */')

  it('are as they were made in the text that they were made for', () => {
    assert.deepEqual(fittingEdits([edit], BASE, undefined), [edit])
  })

  it('are those of a file that begins with a byte order mark, which an editor does not show', () => {
    const marked = { ...edit, fileHash: hash('sha256', `\uFEFF${BASE}`) }
    assert.deepEqual(fittingEdits([marked], BASE, undefined), [marked])
  })

  it('move along with their line', () => {
    const [moved] = fittingEdits([edit], `// one\n// two\n${BASE}`, BASE) ?? []
    assert.deepEqual([moved?.line, moved?.column, moved?.endLine], [5, 40, 5])
  })

  it('move along where lines end in another way', () => {
    const [moved] = fittingEdits([edit], `// one\n${BASE}`.replaceAll('\n', '\r\n'), BASE) ?? []
    assert.deepEqual([moved?.line, moved?.column], [4, 40])
  })

  it('fit no text whose line is another one now', () => {
    assert.equal(fittingEdits([edit], BASE.replace('SYSTEM', 'OTHER'), BASE), undefined)
  })

  it('fit no changed text where nobody knows what it was', () => {
    assert.equal(fittingEdits([edit], `// one\n${BASE}`, undefined), undefined)
  })

  it('are told apart by the lines around them', () => {
    const short = editIn(BASE, 9, 11, ' // here')
    const [moved] = fittingEdits([short], `// one\n${BASE}`, BASE) ?? []
    assert.equal(moved?.line, 10)
  })

  it('fit nowhere when they could stand in two places', () => {
    const twice = editIn(BASE, 4, 3, '/* here */ ')
    assert.equal(fittingEdits([twice], BASE + BASE, BASE), undefined)
  })

  it('fit no text that they were made in already', () => {
    const line = editIn(BASE, 3, 1, '  temperature: 0,\n')
    assert.equal(fittingEdits([line], BASE, BASE)?.length, 1)
    assert.equal(
      fittingEdits([line], BASE.replace('  system', '  temperature: 0,\n  system'), BASE),
      undefined,
    )
    const behind = editIn(BASE, 3, 44, '\n  temperature: 0,')
    assert.equal(
      fittingEdits([behind], BASE.replace('SYSTEM }],', 'SYSTEM }],\n  temperature: 0,'), BASE),
      undefined,
    )
  })

  it('fit no line that looks like theirs, when theirs was taken out', () => {
    const base = ['first();', 'send(a);', 'second();', 'third();', 'send(a);', 'fourth();'].join('\n')
    const now = ['first();', 'send(a);', 'fourth();'].join('\n')
    assert.equal(fittingEdits([editIn(base, 2, 1, 'await ')], now, base), undefined)
  })

  it('are at their own line, or nowhere, whatever is put in, taken out and moved around it', () => {
    const line = fc.nat({ max: 30 }).map((number) => `  const value${number} = await read(${number})`)
    fc.assert(
      fc.property(
        fc.uniqueArray(line, { minLength: 1, maxLength: 12 }),
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom('add', 'drop', 'move')), { maxLength: 8 }),
        (base, at, changes) => {
          const wanted = base[at % base.length] ?? ''
          const now = [...base]
          for (const [where, does] of changes) {
            const place = where % (now.length + 1)
            const taken = does === 'add' ? ['  log()'] : now.splice(place, 1)
            if (does !== 'drop') now.splice(where % 7, 0, ...taken)
          }
          const edit = editIn(base.join('\n'), (at % base.length) + 1, 3, 'NEW ')
          const [moved] = fittingEdits([edit], now.join('\n'), base.join('\n')) ?? []
          assert.equal(moved?.line, now.includes(wanted) ? now.indexOf(wanted) + 1 : undefined)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('fit all or none', () => {
    const other = editIn(BASE, 7, 1, 'export ')
    assert.equal(fittingEdits([edit, other], BASE.replace('second', 'third'), BASE), undefined)
    assert.equal(fittingEdits([edit, other], `\n${BASE}`, BASE)?.length, 2)
  })
})

// Whatever becomes of a text, no anchor is found at another line than its own.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { anchorAt, findAgain } from '../../../profiler-agent/anchor/anchor'
import { CodeText } from '../../../profiler-agent/anchor/code-text'
import { CodeMaker, edited, type Piece } from '../../support/edited-code'

const FILE = 'agent.ts'
const CASES = 2_000

interface Tally {
  places: number
  found: number
}

function saysOf({ callee, args }: Piece): string {
  return `${callee} ${args.join()}`
}

/** Throws where a place is found that is another one. */
function check(seed: number, variety: number, edits: number, tally: Tally): void {
  const make = new CodeMaker(seed, variety)
  const before = make.program()
  const printed = make.print(before)
  const code = new CodeText(printed.text, FILE)
  const calls = before.filter(({ kind }) => kind === 'call')
  const hasColumns = make.chance(0.7)
  const places = calls.map(({ id }) => {
    const line = printed.lines.get(id)?.[0] ?? 0
    const anchor = anchorAt(code, line, hasColumns ? printed.columns.get(id) : undefined)
    assert.ok(anchor)
    return { line, anchor }
  })
  const after = edited(before, make, edits)
  const now = make.print(after)
  for (const [index, found] of findAgain(new CodeText(now.text, FILE), places).entries()) {
    tally.places++
    if (!found) continue
    tally.found++
    const call = calls[index]
    const { line, endLine } = found.region
    const at = after.find(({ id }) => {
      const [first, last] = now.lines.get(id) ?? [0, -1]
      return first <= line && endLine <= last
    })
    assert.ok(call && at, `no call at line ${line}`)
    assert.equal(found.isChanged, saysOf(at) !== saysOf(call))
    // A literal copy of it is as good; any other call is not.
    const isCopy = !found.isChanged && before.every(({ id }) => id !== at.id)
    assert.ok(
      at.id === call.id || isCopy,
      `the call of line ${places[index]?.line} is not that of line ${line}`,
    )
  }
}

describe('anchor: places in edited code', () => {
  it('are never found at another call', () => {
    const tally = { places: 0, found: 0 }
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(1, 2, 5, 50), fc.nat(4), (seed, variety, edits) =>
        check(seed, variety, edits, tally),
      ),
      { numRuns: CASES, seed: 20261122 },
    )
    assert.ok(tally.found > 0.85 * tally.places, `${tally.found} of ${tally.places} found`)
  }).timeout(120_000)

  it('are all found where only the format changed', () => {
    const tally = { places: 0, found: 0 }
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(1, 2, 5, 50), (seed, variety) => check(seed, variety, 0, tally)),
      { numRuns: CASES / 4, seed: 20261122 },
    )
    assert.equal(tally.found, tally.places)
  }).timeout(120_000)
})

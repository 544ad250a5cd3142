import assert from 'node:assert/strict'
import { BoxLabels, shortened } from '../../../../webview/flame/box-label'

const widthOf = (text: string) => Array.from(text).length * 6

describe('the label of a box', () => {
  const fitting = (name: string, value: string, room: number) =>
    new BoxLabels(() => ({ name, value }), widthOf).fitting(0, room)

  it('says name and value, else the name, else its beginning, else nothing', () => {
    assert.equal(fitting('support', '$0.02', 84), 'support  $0.02')
    assert.equal(fitting('support', '$0.02', 83), 'support')
    assert.equal(fitting('support', '$0.02', 41), 'suppo…')
    assert.equal(fitting('support', '$0.02', 17), '')
  })

  it('keeps the value behind a name that is written from right to left', () => {
    assert.equal(fitting('מזג אוויר', '$0.02', 200), '\u2068מזג אוויר\u2069  $0.02')
  })

  it('takes away what would turn the value round', () => {
    assert.equal(fitting('a\u202eb', '$0.02', 200), 'ab  $0.02')
  })

  it('stays on one line', () => {
    assert.equal(fitting('first\n\tsecond', '', 200), 'first second')
  })

  it('asks for texts once', () => {
    let asked = 0
    const labels = new BoxLabels(() => {
      asked++
      return { name: 'desk', value: '' }
    }, widthOf)
    labels.fitting(3, 100)
    labels.fitting(3, 90)
    assert.equal(asked, 1)
  })
})

describe('shortening a label', () => {
  it('keeps what fits and ends with an ellipsis', () => {
    assert.equal(shortened('support-desk', 72, widthOf), 'support-desk')
    assert.equal(shortened('support-desk', 71, widthOf), 'support-de…')
    assert.equal(shortened('support-desk', 14, widthOf), '')
  })

  it('does not cut a letter in two', () => {
    assert.equal(shortened('🔥🔥🔥🔥', 18, widthOf), '🔥🔥…')
    assert.equal(shortened('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 66, widthOf), '👩‍👩‍👧👩‍👩‍👧…')
  })
})

import assert from 'node:assert/strict'
import { cellHash } from '../../../../../extension/editor/marks/cell-hash'

describe('the hash of a cell', () => {
  it('is the one by which ipykernel names it', () => {
    // Reckoned by ipykernel 7.4.0.
    assert.equal(cellHash(''), '3990065800')
    assert.equal(cellHash('a'), '2167009006')
    assert.equal(cellHash('abc'), '3350977461')
    assert.equal(cellHash('abcd'), '804720481')
    assert.equal(cellHash('client.create()\n'), '4113827227')
    assert.equal(cellHash("import openai\nclient = openai.OpenAI()\nprint('ü – 💶')"), '3582312597')
  })

  it('does not mind how lines end', () => {
    assert.equal(cellHash('client.create()\r\n'), '4113827227')
  })
})

import assert from 'node:assert/strict'
import { plainText } from '../../../../extension/profiler/plain-text'

describe('a text for a message', () => {
  it('holds no link, whatever an agent is called', () => {
    assert.equal(
      plainText('[order-desk](command:workbench.action.quit) has cost $0.02 (costUsd)'),
      '[order-desk] (command:workbench.action.quit) has cost $0.02 (costUsd)',
    )
  })
})

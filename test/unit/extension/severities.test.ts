import assert from 'node:assert/strict'
import { shownSeverity } from '../../../extension/severities'

const finding = { rule: 'cache/expired', severity: 'warning' } as const

describe('how serious a finding is shown', () => {
  it('is what the engine says, unless the setting says otherwise', () => {
    assert.equal(shownSeverity(finding, {}), 'warning')
    assert.equal(shownSeverity(finding, { waste: 'error' }), 'warning')
  })

  it('is what the setting says of the family, and of the rule before that', () => {
    assert.equal(shownSeverity(finding, { cache: 'hint' }), 'hint')
    assert.equal(shownSeverity(finding, { cache: 'hint', 'cache/expired': 'off' }), 'off')
  })

  it('is not changed by what is no severity', () => {
    assert.equal(shownSeverity(finding, { cache: 'loud', 'cache/expired': 3 }), 'warning')
    assert.equal(shownSeverity(finding, { cache: 'info', 'cache/expired': 'loud' }), 'info')
  })
})

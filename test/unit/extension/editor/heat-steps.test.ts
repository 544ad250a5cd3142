import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import {
  HEAT_COLOURS,
  HEAT_STEPS,
  heatIcon,
  heatStep,
  type Look,
} from '../../../../extension/editor/heat-steps'
import { inRepository } from '../../../support/repository'

describe('heat of a line', () => {
  it('is a step of its share in the cost of the run', () => {
    const shares = [0.001, 0.029, 0.03, 0.0999, 0.1, 0.25, 0.4999, 0.5, 1]
    assert.deepEqual(shares.map(heatStep), [1, 1, 2, 2, 3, 4, 4, 5, 5])
  })

  it('is none where nothing was spent or it is not known', () => {
    assert.equal(heatStep(0), undefined)
    assert.equal(heatStep(null), undefined)
  })

  it('has the same colours in the gutter as in the ruler', () => {
    const { contributes } = JSON.parse(readFileSync(inRepository('package.json'), 'utf8'))
    for (const step of HEAT_STEPS) {
      const colour = contributes.colors.find(({ id }: { id: string }) => id === `costflame.heat${step}`)
      const looks = Object.keys(HEAT_COLOURS) as Look[]
      assert.deepEqual(
        colour.defaults,
        Object.fromEntries(looks.map((look) => [look, HEAT_COLOURS[look][step]])),
      )
    }
  })

  it('grows with the step, and is hollow where the code was changed', () => {
    assert.match(heatIcon(5, 'dark', false), /translate\(0 0\) scale\(1\)" fill="#f54d3d"/)
    assert.match(
      heatIcon(1, 'light', false),
      /translate\(4\.8[\d]* 8\.8[\d]*\) scale\(0\.6\)" fill="#a08f6c"/,
    )
    assert.match(heatIcon(5, 'dark', true), /fill="none" stroke="#f54d3d"/)
  })
})

// How much of the tree of labelled runs is right: from the traffic alone, with hooks, with the API. Writes docs/tree-accuracy.md.

import assert from 'node:assert/strict'
import { assertGeneratedPage } from '../../support/generated-page'
import { judge } from '../../support/labelled-run'
import {
  accuracyOf,
  accuracyOfServers,
  accuracyPage,
  accuracyTogether,
  LABELLED_RUNS,
  percent,
} from '../../support/tree-accuracy'

describe('the tree of labelled runs', () => {
  for (const sight of ['hook', 'api'] as const)
    for (const run of LABELLED_RUNS)
      it(`is right in every edge with ${sight}: ${run.name}`, () => {
        assert.deepEqual(judge(run, sight).wrong, [])
      })

  it('is right in 95 of 100 edges from the traffic alone, also while another run goes on', function () {
    this.timeout(480_000)
    const [alone, together] = [accuracyOf('traffic'), accuracyTogether('traffic')]
    const servers = accuracyOfServers('traffic')
    console.log(
      `      edges right: traffic ${percent(alone)} of ${alone.edges}, two runs at once ${percent(together)} of ${together.edges}, ` +
        `random servers ${percent(servers)} of ${servers.edges} (hook ${percent(accuracyOfServers('hook'))}, API ${percent(accuracyOfServers('api'))}), ` +
        `hook ${percent(accuracyOf('hook'))}, API ${percent(accuracyOf('api'))}`,
    )
    assert.ok(alone.right >= 0.95 * alone.edges, percent(alone))
    assert.ok(together.right >= 0.95 * together.edges, percent(together))
  })

  it('names agents as their prompts, or their code, call them', () => {
    const wrong = LABELLED_RUNS.flatMap((run) => [
      ...judge(run, 'traffic').wrongNames,
      ...judge(run, 'hook').wrongNames,
    ])
    assert.deepEqual(wrong, [])
  })

  it('is as docs/tree-accuracy.md says', function () {
    this.timeout(480_000)
    assertGeneratedPage('tree-accuracy.md', accuracyPage(), 'COSTFLAME_WRITE_TREES')
  })
})

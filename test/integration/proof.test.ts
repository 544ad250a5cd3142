// Proof of the prompt-cache findings: for every cause and rule set, what the wasteful agent is promised is what the fixed one saves.

import assert from 'node:assert/strict'
import { assertGeneratedPage } from '../support/generated-page'
import { proofPage, verdictOf, withoutAmounts } from '../support/proof-page'
import { type Proof, proveAll, TRIALS } from '../support/proof-rig'

/** Of the saving that was realised. */
const TOLERANCE = 0.05

describe('prompt-cache findings, with the saving proved', function () {
  this.timeout(600_000)
  let proofs: Proof[]

  before(async () => {
    proofs = await proveAll()
  })

  for (const { cause, set } of TRIALS) {
    it(`${cause} on ${set}: one finding with the saving that the fix realises, and none after it`, () => {
      const proof = proofs.find((each) => each.cause === cause && each.set === set)
      assert.ok(proof)
      const { wasteful, fixed } = proof
      assert.deepEqual(
        wasteful.findings.map(({ rule }) => rule),
        [`cache/${cause}`],
      )
      assert.deepEqual(fixed.findings, [])
      const { predicted, realised, error } = verdictOf(proof)
      assert.ok(
        Math.abs(error) <= TOLERANCE,
        `predicted ${predicted}, realised ${realised} pico-dollars: off by ${(error * 100).toFixed(1)} %`,
      )
    })
  }

  it('is what docs/proof.md shows', () => {
    assertGeneratedPage('proof.md', proofPage(proofs), 'COSTFLAME_WRITE_PROOF', withoutAmounts)
  })
})

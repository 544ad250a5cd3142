// What is not worth a finding.

/** Nobody is told of what saves less: of `minUsd` dollars and `minShare` of the run's cost, the larger counts. */
export interface FindingFloor {
  readonly minUsd: number
  readonly minShare: number
}

export const USUAL_FLOOR: FindingFloor = { minUsd: 0.01, minShare: 0.02 }

// Names of steps that nobody named.

/** Steps of agents that declare none are counted: `step 3` means another thing in every run, so that it is no name to hold anything by. */
export function isNumberedStep(step: string): boolean {
  return /^step \d+$/.test(step)
}

// One trap of other tools as a test of ours: its row and a sentence that holds here.

const tested = new Set<number>()

/** A mocha test named `trap ROW: claim`. */
export function trap(row: number, claim: string, test: () => void | Promise<void>): void {
  tested.add(row)
  it(`trap ${row}: ${claim}`, test)
}

/** Rows that have at least one test so far. */
export function testedRows(): ReadonlySet<number> {
  return tested
}

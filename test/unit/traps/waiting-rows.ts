// Rows of the list of traps without a test in this folder: those whose tests need sockets, and those that wait for a capability.

/** A row moves to a test with the capability that it waits for. */
export interface WaitingRow {
  readonly rows: readonly number[]
  readonly waitsFor: string
}

export const WAITING: readonly WaitingRow[] = [
  { rows: [8, 9], waitsFor: 'the import of session logs, where one response stands in many lines' },
  { rows: [37, 38, 39, 40, 41], waitsFor: 'findings about caches, savings and unused tools' },
  { rows: [43], waitsFor: 'budgets that block' },
  { rows: [47], waitsFor: 'a port of our own choice; all of ours are any free one' },
  { rows: [48], waitsFor: 'a floor for the editor in test/bench; ranges are our own (test/unit/extension)' },
  { rows: [49], waitsFor: 'the gate’s comment on a pull request' },
]

/** Rows whose tests are in `test/integration/traps.test.ts`. */
export const ON_THE_WIRE: readonly number[] = [34, 35, 46]

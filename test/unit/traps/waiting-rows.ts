// Rows of the list of traps without a test in this folder: those whose tests need sockets, and those that wait for a capability.

/** A row moves to a test with the capability that it waits for. */
export interface WaitingRow {
  readonly rows: readonly number[]
  readonly waitsFor: string
}

export const WAITING: readonly WaitingRow[] = [
  { rows: [8, 9], waitsFor: 'the import of session logs, where one response stands in many lines' },
  { rows: [41], waitsFor: 'a finding about tools that nobody calls' },
  { rows: [48], waitsFor: 'a floor for the editor in test/bench; ranges are our own (test/unit/extension)' },
]

/** Rows whose tests are in `test/integration/traps.test.ts`. */
export const ON_THE_WIRE: readonly number[] = [34, 35, 46, 47]

// What the fault tests found, gathered over their files, and docs/reliability.md out of it.

/** One fault, and what became of the calls that were made under it. */
export interface FaultRecord {
  readonly fault: string
  readonly times: number
  /** Calls that the program made. */
  readonly calls: number
  /** Calls whose program got an error or other bytes, those apart that the death of their process cut off. */
  readonly failed: number
  /** Under way through a process when it was killed, or made when nobody listened: their program saw a broken connection. */
  readonly cutOff?: number
  /** Not in the store although they should be. */
  readonly lost: number
  /** Not in the store, and said to be so. */
  readonly said?: number
  /** Integrity checks of the store, and how many said `ok`. */
  readonly checks: { readonly made: number; readonly ok: number }
  /** Found on this machine only by a way that needs naming. */
  readonly how?: string
}

/** The suite's files are bundled apart; they meet on mocha's own process. */
const KEY = Symbol.for('costflame.reliability')
const shared = globalThis as { [KEY]?: FaultRecord[] }

export function noteFault(record: FaultRecord): void {
  shared[KEY] ??= []
  shared[KEY].push(record)
}

/** In the order in which they were tried. */
export function notedFaults(): readonly FaultRecord[] {
  return shared[KEY] ?? []
}

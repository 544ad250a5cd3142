// How long runs are kept.

export interface Retention {
  /** Since a run was last recorded or imported. */
  readonly days: number
  /** Of the store's file. */
  readonly maxBytes: number
}

export const DEFAULT_RETENTION: Retention = { days: 30, maxBytes: 1_000_000_000 }

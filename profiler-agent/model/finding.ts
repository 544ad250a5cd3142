// A finding: something in a run worth acting on, with the place, the evidence and what fixing it saves. Types only.

import type { CodeAnchor } from './code-anchor'
import type { PicoUsd } from './money'

export type Severity = 'error' | 'warning' | 'info' | 'hint'

export interface Location {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine?: number
  readonly endColumn?: number
  /** Of the code as it was when this was found. */
  readonly anchor?: CodeAnchor
}

export interface RelatedLocation extends Location {
  readonly message: string
}

export interface Finding {
  /** Stable across runs: the same rule at the same place has the same id. */
  readonly id: string
  /** `cache/…`, `waste/…`, `budget/<limit>` or `profiler/…`. */
  readonly rule: string
  readonly severity: Severity
  readonly message: string
  readonly runId: string
  readonly spanIds: readonly string[]
  readonly location?: Location
  readonly relatedLocations: readonly RelatedLocation[]
  readonly evidence: Readonly<Record<string, unknown>>
  readonly saving?: Saving
  readonly fix?: Fix
  /** Somebody wants to hear no more of it: it is kept, and not told. */
  readonly ignored?: Ignored
}

/** Where it is said that a finding is ignored: a comment in the code, or `findings.ignore` of `config.jsonc`. */
export interface Ignored {
  readonly by: 'comment' | 'config'
  readonly file: string
  readonly line: number
}

export interface Fix {
  readonly title: string
  /** `safe` changes nothing that the model reads; what is to be looked at by a person first is `review`. */
  readonly safety: 'safe' | 'review'
  /** The exact change, where it can be made mechanically; parts of one file do not overlap. */
  readonly edits?: readonly TextEdit[]
}

/** Puts `newText` where a region of a file was; an insertion has an empty region. */
export interface TextEdit extends Required<Omit<Location, 'anchor'>> {
  readonly newText: string
  /** SHA-256, hex, of the text of the file that the edit was made for: it fits no other. */
  readonly fileHash: string
}

export interface Saving {
  readonly picoUsd: PicoUsd
  /** True when `picoUsd` is per run and not per call. */
  readonly perRun: boolean
  readonly assumption: string
  readonly certainty: 'expected' | 'upTo'
}

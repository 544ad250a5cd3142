// What the main thread of the profiler and its worker say to each other. Types only.

import type { SpentUpdate } from './budgets/gate/spent'
import type { AnswerBody, Question, RunSummary } from './feed/protocol'
import type { GateAnswer, GateQuestion } from './live-budget/messages'
import type { ContentMode } from './model/content-mode'
import type { Violation } from './model/escalation'
import type { HookReport } from './model/hook-report'
import type { DeclaredOutcome, DeclaredSpan, RunRecord } from './model/record'
import type { Retention } from './model/retention'
import type { HandedOver } from './waiting-exchange'

/** Started with these; paths are absolute. */
export interface WorkerOptions {
  readonly data: string
  /** Folder of the bundles and their assets. */
  readonly assets: string
  /** Folder that call sites are relative to. */
  readonly root?: string
  /** Budget file to hold runs against, watched for changes. */
  readonly budgetFile?: string
  /** Configuration with negotiated prices, watched for changes. */
  readonly configFile?: string
  /** What the user's own settings say; `config.jsonc` may be stricter. */
  readonly content?: ContentMode
  readonly retention?: Retention
  /** The user's own settings, read again whenever an escalation is looked up. */
  readonly settingsFile?: string
}

/** What is said of a run besides its calls. */
export type RunNote =
  | { readonly type: 'run'; readonly run: RunRecord }
  | { readonly type: 'runEnd'; readonly runId: string; readonly endedAt: number }
  /** Stored in one transaction. */
  | { readonly type: 'spans'; readonly spans: readonly DeclaredSpan[] }
  | { readonly type: 'outcome'; readonly outcome: DeclaredOutcome }
  | { readonly type: 'hook'; readonly report: HookReport }
  /** A limit that escalates was exceeded: to be told once. */
  | { readonly type: 'violation'; readonly violation: Violation }

export type ToWorker =
  /** What happened since the last message: runs of the calls that went upstream, whose exchanges follow, and exchanges that are over. */
  | {
      readonly type: 'calls'
      readonly started: readonly string[]
      /** Stored in one transaction. */
      readonly exchanges: readonly HandedOver[]
    }
  /** Credentials that are to be masked in whatever follows; never written. */
  | { readonly type: 'secrets'; readonly values: readonly string[] }
  /** Answered by `noted`; said again to the next worker where this one dies before. */
  | { readonly type: 'note'; readonly id: number; readonly note: RunNote }
  | { readonly type: 'question'; readonly id: number; readonly question: Question }
  /** Answered by `gateAnswer`. */
  | { readonly type: 'gate'; readonly id: number; readonly question: GateQuestion }
  /** Answered by `flushed` once everything before it is in the store and, with `isTold`, analysed and told. */
  | { readonly type: 'flush'; readonly id: number; readonly isTold: boolean }
  | { readonly type: 'close' }

export type FromWorker =
  /** The store is open; from now on messages are handled. With `isKept: false` it is in memory only. */
  | { readonly type: 'ready'; readonly isKept: boolean }
  | { readonly type: 'noted'; readonly id: number }
  /** These exchanges are in the store; their bodies count no longer as waiting. `spent` is what the gate is told with them. */
  | { readonly type: 'stored'; readonly exchangeIds: readonly string[]; readonly spent?: SpentUpdate }
  /** What was spent besides: spans moved, another process wrote. */
  | { readonly type: 'spent'; readonly spent: SpentUpdate }
  | { readonly type: 'gateAnswer'; readonly id: number; readonly answer: GateAnswer }
  | { readonly type: 'state'; readonly revision: number; readonly runs: readonly RunSummary[] }
  | { readonly type: 'answer'; readonly id: number; readonly body: AnswerBody }
  | { readonly type: 'failure'; readonly id: number; readonly message: string }
  | { readonly type: 'flushed'; readonly id: number }
  | { readonly type: 'log'; readonly level: 'warn' | 'error'; readonly message: string }

// What the profiler and its readers say to each other over the feed, one JSON message a WebSocket text frame; columns of runs come
// behind their message in a binary frame (`codec.ts`). Types only.
// Down go snapshots with a revision; up go questions, each answered once by its `id`.

import type { LimitUse } from '../model/budget'
import type { Finding } from '../model/finding'
import type { AgentCost, LineCost, LineDetail, SpentToday } from '../model/line-cost'
import type { RunAnswer, RunQuestion } from '../model/run-questions'
import type { CallSite, Run, Totals } from '../model/span'

/** Raised when a message changes its meaning; a reader with another version says so and leaves. */
export const FEED_VERSION = 1

/** What a list of runs shows. */
export interface RunSummary {
  readonly id: string
  readonly name: string
  readonly command?: string
  readonly root?: string
  readonly startTime: string
  readonly endTime?: string
  readonly gitCommit?: string
  readonly active: boolean
  readonly totals: Totals
  readonly findings: number
  /** Grows with every change of the run. */
  readonly revision: number
}

/** Calls made from one line of the user's code, summed. */
export interface CallSiteCost {
  readonly callSite: CallSite
  readonly totals: Totals
  /** Span of the most expensive call, to open from the line. */
  readonly spanId: string
}

/** What the editor needs of one run: places, sums and findings; no prompt text. */
export interface RunDetail {
  readonly summary: RunSummary
  readonly callSites: readonly CallSiteCost[]
  readonly findings: readonly Finding[]
  /** Findings besides that somebody wants to hear no more of. */
  readonly ignoredFindings?: number
  /** By the id of a finding: the agents whose calls it is about, sorted. */
  readonly agentsOfFindings?: Readonly<Record<string, readonly string[]>>
}

/** An agent as runs name it, with what it was measured under: names that limits can be set for. */
export interface MeasuredAgent {
  readonly agent: string
  readonly intents: readonly string[]
  readonly steps: readonly string[]
}

export type ServerMessage =
  | {
      readonly type: 'hello'
      readonly feed: number
      readonly version: string
      readonly pid: number
      readonly data: string
    }
  /** Newest runs first; sent on connection and after each change, at most 10 times a second. */
  | { readonly type: 'state'; readonly revision: number; readonly runs: readonly RunSummary[] }
  | { readonly type: 'answer'; readonly id: number; readonly body: AnswerBody }
  | { readonly type: 'failure'; readonly id: number; readonly message: string }

export type Question =
  | RunQuestion
  | { readonly ask: 'run'; readonly runId: string }
  | { readonly ask: 'runDetail'; readonly runId: string }
  /** Environment for a process to be profiled, reckoned from the one it would have had; `runId` gives it a run, and upstreams, of its own. */
  | {
      readonly ask: 'environment'
      readonly environment: Readonly<Record<string, string>>
      readonly runId?: string
    }
  /** Runs that a list shows below this one, so many at most: the state has only the newest. */
  | { readonly ask: 'olderRuns'; readonly runId: string; readonly limit: number }
  | { readonly ask: 'deleteRuns'; readonly runIds: readonly string[] }
  | { readonly ask: 'html'; readonly runId: string }
  /** How limits stand in the light of everything recorded: those of `text`, a budget file that is being edited, else of the one on disk. */
  | { readonly ask: 'budgets'; readonly text?: string }
  /** What the lines of the code cost, over the last runs of the folder. */
  | { readonly ask: 'lines' }
  /** More of the calls that a line (file and line as its `callSite` has them) made in a run. */
  | { readonly ask: 'line'; readonly runId: string; readonly file: string; readonly line: number }
  | { readonly ask: 'spentToday' }
  /** The agents of the last runs, the most expensive first. */
  | { readonly ask: 'agents' }
  /** From now on every call of the run is refused. */
  | { readonly ask: 'stopRun'; readonly runId: string }

export type AnswerBody =
  | RunAnswer
  | { readonly to: 'run'; readonly run: Run | null }
  | { readonly to: 'runDetail'; readonly detail: RunDetail | null }
  /** Only the variables to set; `NODE_OPTIONS` is complete, the user's own part included. */
  | {
      readonly to: 'environment'
      readonly variables: Readonly<Record<string, string>>
      /** By provider: where calls of programs with these variables go. A profiler that takes this one's place has to know. */
      readonly upstreams?: Readonly<Record<string, string>>
    }
  | { readonly to: 'olderRuns'; readonly runs: readonly RunSummary[] }
  | { readonly to: 'deleteRuns'; readonly deleted: number }
  | { readonly to: 'html'; readonly html: string | null }
  /** In the order of the file; a limit that nothing was measured for has `n: 0`. */
  | {
      readonly to: 'budgets'
      readonly limits: readonly LimitUse[]
      readonly agents: readonly MeasuredAgent[]
    }
  | { readonly to: 'lines'; readonly lines: readonly LineCost[] }
  | { readonly to: 'line'; readonly detail: LineDetail | null }
  | { readonly to: 'spentToday'; readonly spent: SpentToday }
  | { readonly to: 'agents'; readonly agents: readonly AgentCost[] }
  /** False where no call of the run goes through this profiler: another one may have it. */
  | { readonly to: 'stopRun'; readonly stopped: boolean }

export type ClientMessage = { readonly type: 'question'; readonly id: number; readonly question: Question }

/** The line that `costflame serve` prints when it listens, and the content of `data/live/<pid>.json`. */
export interface ReadyLine {
  readonly event: 'ready'
  readonly version: string
  readonly pid: number
  readonly proxy: string
  readonly feed: string
  readonly token: string
  readonly otlp: string
  readonly data: string
}

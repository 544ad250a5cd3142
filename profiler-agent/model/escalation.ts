// A violated limit on its way to whoever is to hear of it, and what became of that. Types and names only.

import type { BudgetScope, LimitName } from './budget'
import type { Frame } from './span'

export const ESCALATION_SCHEMA = 'costflame.escalation/1'

/** The rule of the finding of an escalation that failed or that nobody has defined. */
export const ESCALATION_RULE = 'profiler/escalation'

/** A limit with `onExceed: escalate` that was exceeded: by a call that the gate refused or ended, or as measured afterwards. */
export interface Violation {
  /** The name in the budget file. */
  readonly escalation: string
  readonly scope: BudgetScope
  /** What exceeded it: id of the agent, step or root agent span, of the run, or the day as `2026-11-20`. Together with scope and limit it is told once. */
  readonly instance: string
  readonly runId: string
  readonly limit: LimitName
  /** In the unit of the limit; the allow-list of `models`. */
  readonly allowed: number | readonly string[]
  /** In the unit of the limit; the model that is not allowed. What the refused call would have made it, where one was refused. */
  readonly value: number | string
  readonly atLeast?: true
  /** Budget file, relative to the root where inside it. */
  readonly file: string
  /** Of the limit's key; lines start at 1. */
  readonly line: number
  readonly agent?: string
  readonly agentVersion?: string
  readonly intent?: string
  readonly step?: string
  /** Id of the call that was refused or whose reply was ended. */
  readonly refusedCall?: string
  /** The call had gone up; its reply was ended. */
  readonly isCut?: true
  /** Span ids of the calls that made the value; without it those below `instance` are. */
  readonly calls?: readonly string[]
  readonly looksLike?: LooksLike
  /** ms since the epoch. */
  readonly at: number
}

export interface LooksLike {
  readonly is: 'regression' | 'attack' | 'split'
  readonly why: string
}

/** What a command reads from its standard input and a webhook gets as the body of a POST. Holds no text of prompts or replies. */
export interface EscalationSummary {
  readonly schema: typeof ESCALATION_SCHEMA
  /** Of the escalation. */
  readonly name: string
  /** One sentence for people, under the name that chat webhooks read. */
  readonly text: string
  readonly budget: { readonly file: string; readonly line: number }
  readonly scope: BudgetScope
  /** `budget/totalTokens` … */
  readonly rule: string
  readonly limit: LimitName
  readonly allowed: number | readonly string[]
  readonly value: number | string
  readonly atLeast?: true
  readonly run: { readonly id: string; readonly name?: string; readonly command?: string }
  readonly agent?: string
  readonly agentVersion?: string
  readonly intent?: string
  readonly step?: string
  /** Id of the agent's span. */
  readonly invocation?: string
  /** The line that made the refused call, else the most expensive one. */
  readonly callSite?: Frame
  /** The latest of the calls that made the value; `callCount` says how many there are. */
  readonly calls: readonly EscalatedCall[]
  readonly callCount: number
  readonly looksLike?: LooksLike
  /** ISO 8601 UTC with ms. */
  readonly at: string
}

/** `null` is unknown. */
export interface EscalatedCall {
  readonly spanId: string
  readonly model: string
  /** Input and output. */
  readonly tokens: number | null
  readonly costUsd: number | null
}

/** What an escalation is, in the user's own words: a program with its arguments, started without a shell, or a webhook. */
export type EscalationTarget =
  | { readonly command: readonly string[] }
  | { readonly url: string; readonly headers?: Readonly<Record<string, string>> }

/** What became of one. */
export type EscalationResult =
  | { readonly ok: true; readonly exitCode: 0 }
  | { readonly ok: true; readonly status: number }
  | {
      readonly ok: false
      readonly error: string
      /** Of a command that ended by itself. */
      readonly exitCode?: number
      /** Of a webhook that answered. */
      readonly status?: number
    }

// What the proxy asks a budget before a call goes up, while its reply streams, and when it is over. Types only.

import type { Attribution, AvoidedInput } from './exchange'

/** A call that waits for a decision. Its body is whole and not changed by anybody. */
export interface GatedCall {
  /** Of its record later: what was reserved is settled by it. */
  readonly id: string
  readonly runId: string
  readonly provider: string
  readonly method: string
  /** Below the upstream's origin, with its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly attribution: Attribution
  readonly body: Uint8Array
  /** As the body or the path names it; empty where neither does. Read when it is first asked for, like the two that follow. */
  readonly model: string
  /** The request's own cap of output tokens, whatever its format calls it; absent where it has none. */
  readonly outputCap: number | undefined
  /** ms since the epoch. */
  readonly startTime: number
}

/** Why a call is refused or ended, in the words that the program's error shows. */
export interface BudgetRefusal {
  /** `budget/totalTokens` … */
  readonly rule: string
  /** Begins with `budget exceeded: `; one or two sentences that name scope, limit, value and file. */
  readonly message: string
  /** Absent for a reply that is ended, and where nothing was reckoned. */
  readonly avoided?: AvoidedInput
}

/** What the gate holds of a call that it let pass. Throws nothing. */
export interface CallHold {
  /** Tokens of the reply so far, estimated on the low side from what streamed; a refusal ends the stream. Not asked of whole replies. */
  output(tokens: number): BudgetRefusal | undefined
  /** The call is over for the client; what it used is settled when its record has been read. There is one of every call that was asked for. */
  ended(): void
}

export type Admission =
  | {
      readonly passes: true
      readonly hold?: CallHold /** Cap that the request's own is lowered to. */
      readonly outputCap?: number
    }
  | { readonly passes: false; readonly refusal: BudgetRefusal }

export interface CallGate {
  /** True while no budget can stop or change any call: then nobody even reads who makes it. Absent is false. */
  readonly isIdle?: boolean
  /** False where no budget can stop or change a call of this run: its bytes wait for nothing. Cheap: asked for every call. */
  concerns(runId: string, attribution: Attribution): boolean
  /** Decides at once where counters suffice. Rejects never; a fault of the gate lets the call pass. */
  admit(call: GatedCall): Admission | Promise<Admission>
}

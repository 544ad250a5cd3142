// The types of `costflame/api`. This file is copied beside the built code as it is: it imports nothing and declares what index.ts exports.

/** Labels of a span and of everything that happens in it. Texts are cut to 256 characters. */
export interface Labels {
  /** What the invocation is for: `refund`, `order-status-lookup`. */
  readonly intent?: string
  readonly tenant?: string
  readonly session?: string
  /** Names are lower case, of letters, digits, `.`, `_` and `-`. */
  readonly tags?: Readonly<Record<string, string | number | boolean>>
}

export interface AgentOptions extends Labels {
  /** Version of the agent; without it the one of the run, else the git commit. */
  readonly version?: string
}

export interface ToolOptions extends Labels {
  /** The provider's id of the tool call that this answers (`toolu_…`, `call_…`): ties the two together. */
  readonly toolCallId?: string
}

export interface RetrievalOptions<Result> extends Labels {
  /** How many documents it brought, or how to tell from what it gave back. Unknown unless said. */
  readonly documents?: number | ((result: Awaited<Result>) => number | undefined)
  /** How many tokens they have, likewise. */
  readonly tokens?: number | ((result: Awaited<Result>) => number | undefined)
}

export interface OutcomeDetails {
  /** What the outcome was worth, in whatever unit you count. */
  readonly value?: number
  readonly [detail: string]: string | number | boolean | undefined
}

/** Headers as `headers()` gives them, as Node has them of a request, or a `Headers` object. */
export type HeaderSource =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | Iterable<readonly [string, string]>

/**
 * Runs `fn` as one invocation of an agent and gives back what it gives: a value, a promise, a generator. What it throws passes through
 * and marks the invocation as failed. Model calls and spans in it belong to it, across `await`, `Promise.all`, timers and streams.
 * Without a profiler `fn` is called and nothing else happens.
 */
export declare function agent<Result>(name: string, fn: () => Result): Result
export declare function agent<Result>(
  name: string,
  options: AgentOptions | undefined,
  fn: () => Result,
): Result

/** Runs `fn` as a step of the agent around it. Otherwise like `agent`. */
export declare function step<Result>(name: string, fn: () => Result): Result
export declare function step<Result>(name: string, options: Labels | undefined, fn: () => Result): Result

/** Runs `fn` as a tool. Otherwise like `agent`. */
export declare function tool<Result>(name: string, fn: () => Result): Result
export declare function tool<Result>(name: string, options: ToolOptions | undefined, fn: () => Result): Result

/** Runs `fn` as a retrieval: what it brings counts as retrieved text. Otherwise like `agent`. */
export declare function retrieval<Result>(name: string, fn: () => Result): Result
export declare function retrieval<Result>(
  name: string,
  options: RetrievalOptions<Result> | undefined,
  fn: () => Result,
): Result

/** Says how the nearest agent's invocation ended (`resolved`, `escalated` …); outside of any agent, how the run did. The last word counts. */
export declare function outcome(status: string, details?: OutcomeDetails): void

/**
 * Tags the innermost span that is open here, and what happens in it from now on; outside of any span, what follows in the same flow
 * of asynchronous code.
 */
export declare function tag(key: string, value: string | number | boolean): void

/**
 * The headers that say where this code stands, for requests that the profiler's hook does not see, and for `within`. Empty without a
 * profiler. The names begin with `x-costflame-`; the proxy never sends them upstream.
 */
export declare function headers(): Record<string, string>

/**
 * Runs `fn` as a part of what `headers()` said elsewhere: in another process, or in a worker thread that was there before. A worker
 * thread that is started within a span is a part of it by itself.
 */
export declare function within<Result>(headers: HeaderSource | null | undefined, fn: () => Result): Result

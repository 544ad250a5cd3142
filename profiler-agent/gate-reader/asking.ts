// What the main thread and the thread that reads prompts say to each other. Types only.

import type { Attribution } from '../model/exchange'
import type { ReadPiece } from './reading'

/** Paths are absolute. */
export interface GateThreadOptions {
  /** Folder of the bundles and their assets. */
  readonly assets: string
  /** Says which tools retrieve, and has rules that name agents; watched for changes. */
  readonly configFile?: string
  readonly root?: string
}

/** A request that waits for a decision. */
export interface GateRequest {
  readonly provider: string
  readonly method: string
  readonly path: string
  /** In lower case, without credentials. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly model: string
  readonly attribution: Attribution
}

export type GateAsked =
  /** With `countsTokens: false` only tool calls are asked for. */
  | { readonly ask: 'content'; readonly countsTokens: boolean }
  | { readonly ask: 'tokens' }
  | { readonly ask: 'labels' }

export interface ToGateThread {
  readonly id: number
  readonly asked: GateAsked
  readonly request: GateRequest
}

export type GateAnswer = ContentAnswer | TokensAnswer | LabelsAnswer

export type FromGateThread =
  | { readonly id: number; readonly answer: GateAnswer }
  | { readonly id: number; readonly problem: string }

export interface ContentAnswer {
  readonly to: 'content'
  /** Tool calls that the model asked for since its last answer without any and that have a result in this request. */
  readonly toolCalls: number
  /** In the order of the prompt; the same key is the same piece. */
  readonly pieces: readonly ReadPiece[]
  /** Id of the response or conversation that the provider holds and that this request goes on from. */
  readonly continues?: string
  /** The request brings results of tools that a held answer asked for, and no answer since: what was held counts on. */
  readonly answersHeld: boolean
}

export interface TokensAnswer {
  readonly to: 'tokens'
  /** `null` where a part of the prompt is not in the request. */
  readonly count: PromptCount | null
}

export interface PromptCount {
  /** The upper end of what the provider will count. */
  readonly tokens: number
  /** The model counts as our tokenizer does, and nothing in the prompt is a file. */
  readonly isExact: boolean
}

/** What rules and body say of who calls, over what its headers say. */
export interface LabelsAnswer {
  readonly to: 'labels'
  readonly labels: Attribution
}

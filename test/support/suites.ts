// The suites of `npm test`: what each needs, how it starts, and how long it may take.
import { inRepository } from './repository'
import type { Need } from './setup'

export interface Suite {
  name: string
  needs: readonly Need[]
  command: string
  args: readonly string[]
  /** Generous: it turns a hang into a failure with a message, it does not judge speed. */
  limitSeconds: number
  /** False where the command only passes or fails as one, and writes no result file. */
  reportsTests: boolean
}

const node = ['--enable-source-maps']
const mocha = (timeoutMs: number, ...globs: string[]) => [
  ...node,
  inRepository('dist', 'test', 'support', 'mocha-main.js'),
  '--timeout',
  String(timeoutMs),
  ...globs,
]
/** With real processes, on machines that may be busy: a failure may be tried a second time, which the summary says. */
const processes = (timeoutMs: number, ...globs: string[]) => [...mocha(timeoutMs, ...globs), '--retries', '1']

export const suites: readonly Suite[] = [
  {
    name: 'lint',
    needs: [],
    command: 'npm',
    args: ['run', '--silent', 'lint'],
    limitSeconds: 600,
    reportsTests: false,
  },
  {
    name: 'unit',
    needs: [],
    command: 'node',
    args: mocha(40_000, 'dist/test/*.test.js', 'dist/test/unit/**/*.test.js'),
    limitSeconds: 1200,
    reportsTests: true,
  },
  {
    name: 'integration',
    needs: ['agents', 'python'],
    command: 'node',
    args: processes(180_000, 'dist/test/integration/**/*.test.js'),
    limitSeconds: 2400,
    reportsTests: true,
  },
  {
    name: 'vscode',
    needs: process.env.COSTFLAME_TEST_VSCODE === 'download' ? ['agents'] : ['browser', 'vscode', 'agents'],
    command: 'node',
    args: [...node, inRepository('dist', 'test', 'support', 'vscode-suite.js')],
    limitSeconds: 1500,
    reportsTests: true,
  },
  {
    name: 'e2e',
    needs: ['browser', 'vscode', 'agents'],
    command: 'node',
    args: processes(300_000, 'dist/test/e2e/**/*.test.js'),
    limitSeconds: 2400,
    reportsTests: true,
  },
]

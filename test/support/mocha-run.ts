// Runs mocha over built test files in this process: outside of VS Code and in its extension host alike.
import Mocha from 'mocha'
import { ResultsReporter } from './results'

export interface Tries {
  readonly timeoutMs: number
  readonly retries: number
}

/**
 * Loads the files, runs their tests and gives the number of failures.
 * A test with real processes may be tried twice, because the machine may be busy; the summary names it.
 * `COSTFLAME_TEST_GREP` narrows the tests; under the runner (`COSTFLAME_TEST_RESULTS`) an `.only` left behind fails.
 */
export async function runMocha(files: readonly string[], { timeoutMs, retries }: Tries): Promise<number> {
  const grep = process.env.COSTFLAME_TEST_GREP
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: timeoutMs,
    slow: timeoutMs / 2,
    retries,
    reporter: ResultsReporter,
    forbidOnly: process.env.COSTFLAME_TEST_RESULTS !== undefined,
    ...(grep ? { grep: new RegExp(grep) } : {}),
  })
  for (const file of files) mocha.addFile(file)
  await mocha.loadFilesAsync()
  return new Promise((resolve) => mocha.run(resolve))
}

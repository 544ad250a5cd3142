// What a suite's process tells the runner: a mocha reporter that also writes a result file.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import Mocha from 'mocha'
import { skipReason } from './skip'

/** One suite's outcome as it stands in test-results/<suite>.json; titles are full titles. */
export interface SuiteResults {
  passed: number
  failures: { title: string; message: string }[]
  skipped: { title: string; reason: string }[]
  /** Failures of a first try, of tests that may be tried twice. */
  retried: { title: string; message: string }[]
}

/** The spec reporter that also writes `COSTFLAME_TEST_RESULTS` when the run ends. */
export class ResultsReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options)
    const results: SuiteResults = { passed: 0, failures: [], skipped: [], retried: [] }
    runner.on('pass', () => {
      results.passed += 1
    })
    // A failing hook arrives here too, as a failure of its own.
    runner.on('fail', (test, error) =>
      results.failures.push({ title: test.fullTitle(), message: error.message ?? String(error) }),
    )
    runner.on('pending', (test) =>
      results.skipped.push({ title: test.fullTitle(), reason: skipReason(test) }),
    )
    runner.on('retry', (test, error) =>
      results.retried.push({ title: test.fullTitle(), message: error.message ?? String(error) }),
    )
    runner.once('end', () => writeResults(results))
  }
}

function writeResults(results: SuiteResults): void {
  const file = process.env.COSTFLAME_TEST_RESULTS
  if (!file) return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(results, null, 2))
}

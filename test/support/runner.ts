// Runs the suites of `npm test` one after the other and adds up what they report.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { commandEnvironment, runCommand } from './commands'
import { inRepository } from './repository'
import type { SuiteResults } from './results'
import { provide } from './setup'
import { type Suite, suites } from './suites'

interface Request {
  suites: readonly Suite[]
  grep: string | undefined
}

interface Outcome extends SuiteResults {
  suite: string
  setupSeconds: number
  seconds: number
}

/**
 * `[--grep PATTERN] [SUITE…]`: runs the named suites, or all. The last line printed is `N passed, N failed`.
 * Gives the exit code: 0, 1 when anything failed, 2 for an unknown suite.
 */
export async function runSuites(args: readonly string[]): Promise<number> {
  const request = readRequest(args)
  if (!request) return 2
  const outcomes: Outcome[] = []
  for (const suite of request.suites) outcomes.push(await runSuite(suite, request.grep))
  return report(outcomes, request)
}

function readRequest(args: readonly string[]): Request | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { grep: { type: 'string' } },
  })
  const unknown = positionals.filter((name) => !suites.some((suite) => suite.name === name))
  if (unknown.length > 0) {
    const known = suites.map((suite) => suite.name).join(', ')
    console.error(`There is no suite ${unknown.join(', ')}. The suites are: ${known}.`)
    return undefined
  }
  const isWanted = (suite: Suite) =>
    positionals.length > 0 ? positionals.includes(suite.name) : suite.reportsTests || !values.grep
  return { suites: suites.filter(isWanted), grep: values.grep }
}

async function runSuite(suite: Suite, grep: string | undefined): Promise<Outcome> {
  console.log(`\n=== ${suite.name} ===`)
  const beginning = performance.now()
  let started = beginning
  let results: SuiteResults
  try {
    await provide(suite.needs)
    started = performance.now()
    results = await resultsOf(suite, grep)
  } catch (error) {
    results = failed(suite, `set-up failed: ${error instanceof Error ? error.message : error}`)
  }
  const seconds = (performance.now() - started) / 1000
  return { ...results, suite: suite.name, setupSeconds: (started - beginning) / 1000, seconds }
}

async function resultsOf(suite: Suite, grep: string | undefined): Promise<SuiteResults> {
  const file = inRepository('test-results', `${suite.name}.json`)
  rmSync(file, { force: true })
  const env = commandEnvironment({
    COSTFLAME_TEST_RESULTS: file,
    ...(grep ? { COSTFLAME_TEST_GREP: grep } : {}),
  })
  const problem = await runCommand(suite.command, suite.args, { env, limitSeconds: suite.limitSeconds }).then(
    () => undefined,
    (error: Error) => error.message,
  )
  if (!suite.reportsTests)
    return problem ? failed(suite, problem) : { passed: 1, failures: [], skipped: [], retried: [] }
  return checked(suite, readResults(file), problem, grep)
}

function readResults(file: string): SuiteResults | undefined {
  // Written by our own reporter in the process that just ended, and removed before it started.
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SuiteResults) : undefined
}

/** A suite fails also where no single test did: it broke off, ended badly, or ran nothing. */
function checked(
  suite: Suite,
  results: SuiteResults | undefined,
  problem: string | undefined,
  grep: string | undefined,
): SuiteResults {
  if (!results) return failed(suite, problem ?? 'its process reported no results')
  if (problem && results.failures.length === 0)
    results.failures.push(...failed(suite, `${problem}; its output above says why`).failures)
  const ran = results.passed + results.failures.length
  if (ran === 0 && !grep) results.failures.push(...failed(suite, 'it ran no test').failures)
  return results
}

function failed(suite: Suite, message: string): SuiteResults {
  return { passed: 0, failures: [{ title: `suite ${suite.name}`, message }], skipped: [], retried: [] }
}

function report(outcomes: readonly Outcome[], request: Request): number {
  const passed = sum(outcomes, (outcome) => outcome.passed)
  const skipped = sum(outcomes, (outcome) => outcome.skipped.length)
  let failures = sum(outcomes, (outcome) => outcome.failures.length)
  console.log('\n=== summary ===')
  for (const outcome of outcomes) printOutcome(outcome)
  if (passed + failures === 0) {
    console.log(`no test of ${request.suites.map((suite) => suite.name).join(', ')} matches ${request.grep}`)
    failures = 1
  }
  console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return failures > 0 ? 1 : 0
}

function printOutcome(outcome: Outcome): void {
  const time = `${outcome.seconds.toFixed(1)} s`
  const setup = outcome.setupSeconds >= 0.1 ? ` after ${outcome.setupSeconds.toFixed(1)} s of set-up` : ''
  const verdict = outcome.failures.length > 0 ? 'FAILED' : 'ok'
  console.log(`${outcome.suite.padEnd(12)} ${verdict}: ${outcome.passed} tests, ${time}${setup}`)
  for (const { title, message } of outcome.failures) console.log(`  failed: ${title}: ${firstLine(message)}`)
  for (const { title, message } of outcome.retried)
    console.log(`  passed or failed at the second try: ${title}: ${firstLine(message)}`)
  for (const { title, reason } of outcome.skipped) console.log(`  skipped: ${title}: ${reason}`)
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

function sum(outcomes: readonly Outcome[], of: (outcome: Outcome) => number): number {
  return outcomes.reduce((total, outcome) => total + of(outcome), 0)
}

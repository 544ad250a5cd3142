// What a recording needs, looked at piece by piece: runtimes, hooks, settings, data folder, profilers, the latest run. Mends nothing.

import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { readBudgetFile } from '../budgets/file/budget-file'
import { readConfigFile } from '../config/config-file'
import { readUserSettings } from '../config/user-settings'
import { ENV } from '../model/headers'
import type { Check } from '../model/health-check'
import { formatBytes, formatPlural } from '../model/quantity'
import { RunView } from '../run-view'
import { openForReading } from '../store/open-for-reading'
import { readRuns } from '../store/reader'
import { STORE_FILE, type Store } from '../store/store'
import { loadTokenizer } from '../tokens/tokenizer'
import { gapsOf, whyNothingWasCaptured } from './capture-gaps'
import { escalationsToNobody } from './escalations'
import type { Io } from './io'
import { budgetFile, configFile } from './places'
import { announcedProfilers, answerAt } from './reach'
import { userSettingsFile } from './user-settings'

const ok = (subject: string, ...messages: string[]): Check => ({ subject, status: 'ok', messages })
const warning = (subject: string, messages: readonly string[], fix?: string): Check => ({
  ...{ subject, status: 'warning', messages },
  ...(fix === undefined ? {} : { fix }),
})
const problem = (subject: string, message: string, fix?: string): Check => ({
  ...warning(subject, [message], fix),
  status: 'problem',
})

export async function healthOf(io: Io, data: string): Promise<Check[]> {
  return [
    ok('costflame', `${io.version} on Node ${process.versions.node}`),
    hooks(io),
    ...(await runtimes(io)),
    ...(await environment(io)),
    ...files(io),
    ...escalations(io),
    folder(data),
    ...(await profilers(data)),
    ...(await stored(io, data)),
  ]
}

/** Relative to the folder of the bundles. */
const HOOKS = ['hooks/node.cjs', 'hooks/python/sitecustomize.py']

function hooks({ assets }: Io): Check {
  const missing = HOOKS.filter((file) => !existsSync(join(assets, file)))
  return missing.length === 0
    ? ok('hooks', 'for Node and Python')
    : problem('hooks', `${missing.join(', ')} is missing in ${assets}`, 'install Costflame again')
}

interface Runtime {
  readonly program: string
  readonly least: readonly [major: number, minor: number]
}

const RUNTIMES: readonly Runtime[] = [
  { program: 'node', least: [18, 0] },
  { program: 'python3', least: [3, 9] },
]

/** Those that programs of this folder would find; what is not installed is not missed. */
async function runtimes(io: Io): Promise<Check[]> {
  const checks = await Promise.all(
    RUNTIMES.map(async ({ program, least }) => {
      const version = await versionOf(io, program)
      if (version === undefined) return []
      const fix = `calls of its programs have no line, and only SDKs with a base-URL variable are captured: use ${program} ${least.join('.')} or newer`
      return isOlder(version, least)
        ? [warning(program, [`${version} is too old for the hook`], fix)]
        : [ok(program, version)]
    }),
  )
  return checks.flat()
}

function isOlder(version: string, [leastMajor, leastMinor]: Runtime['least']): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < leastMajor || (major === leastMajor && minor < leastMinor)
}

async function versionOf({ env, cwd }: Io, program: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], {
      cwd,
      env: { ...env, NODE_OPTIONS: '' },
    })
    return /\d+(?:\.\d+)+/.exec(stdout)?.[0]
  } catch {
    // Not installed, or not to be started: then nobody profiles a program with it.
    return undefined
  }
}

/** Of the shell that this runs in: nothing to say of one that is not profiled. */
async function environment({ env }: Io): Promise<Check[]> {
  const subject = 'environment'
  const disabled = env[ENV.disable]
    ? [problem(subject, `${ENV.disable} is set: hooks do nothing`, `unset ${ENV.disable}`)]
    : []
  const proxy = env[ENV.proxy]
  if (proxy === undefined) return disabled
  const answer = await answerAt(proxy, env[ENV.token])
  if (answer === 'ours') return [...disabled, ok(subject, `profiled by ${proxy}`)]
  const where = answer === 'nobody' ? 'where nobody answers' : 'where another program has taken the port'
  const fix = 'open a new profiled terminal, or start the program with costflame run'
  return [...disabled, problem(subject, `${ENV.proxy} is ${proxy}, ${where}`, fix)]
}

/** Configuration, budgets and settings, with the place of each mistake. */
function files(io: Io): Check[] {
  const read = [
    { path: configFile(io), problemsOf: (text: string) => readConfigFile(text).problems },
    { path: budgetFile(io, undefined), problemsOf: (text: string) => readBudgetFile(text).problems },
    { path: userSettingsFile(io), problemsOf: (text: string) => readUserSettings(text).problems },
  ]
  return read
    .filter(({ path }) => existsSync(path))
    .map(({ path, problemsOf }) => fileCheck(path, problemsOf))
}

interface Mistake {
  readonly line: number
  readonly column: number
  readonly message: string
}

function fileCheck(path: string, problemsOf: (text: string) => readonly Mistake[]): Check {
  const subject = basename(path)
  try {
    const problems = problemsOf(readFileSync(path, 'utf8'))
    if (problems.length === 0) return ok(subject, path)
    const places = problems.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`)
    return warning(subject, places, 'mend these places; the rest of the file counts')
  } catch (error) {
    return problem(subject, `${path} cannot be read: ${messageOf(error)}`)
  }
}

/** Nothing to say of a budget file that is not there, or escalates nothing; one that cannot be read was told before. */
function escalations(io: Io): Check[] {
  const path = budgetFile(io, undefined)
  if (!isReadable(path)) return []
  const subject = 'escalations'
  const { budgets } = readBudgetFile(readFileSync(path, 'utf8'))
  const names = budgets.flatMap(({ onExceed, escalation = [] }) =>
    onExceed === 'escalate' ? escalation : [],
  )
  if (names.length === 0) return []
  const places = escalationsToNobody(io, budgets).map(
    ({ line, column, message }) => `${path}:${line}:${column}: ${message}`,
  )
  return places.length === 0
    ? [ok(subject, [...new Set(names)].join(', '))]
    : [warning(subject, places, 'until then a violation is blocked and reported, and reaches nobody')]
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function folder(data: string): Check {
  const subject = 'data folder'
  const existing = nearestExisting(data)
  try {
    accessSync(existing, constants.W_OK)
    return ok(subject, existing === data ? data : `${data}, which the first run makes`)
  } catch {
    return problem(
      subject,
      `${existing} cannot be written: runs are kept in memory only`,
      'name another folder with --data or COSTFLAME_DATA',
    )
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path))
}

async function profilers(data: string): Promise<Check[]> {
  return Promise.all(
    announcedProfilers(data).map(async ({ pid, ready: { proxy, token, version } }) => {
      const answer = await answerAt(proxy, token)
      if (answer === 'ours') return ok('profiler', `${version} listens on ${proxy} (process ${pid})`)
      const what =
        answer === 'nobody'
          ? `process ${pid} lives and does not answer on ${proxy}`
          : `another program has taken the port of ${proxy}`
      return problem('profiler', what, `end process ${pid}, if it is a profiler, and start a new one`)
    }),
  )
}

/** The store, and why its latest run is as it is. */
async function stored(io: Io, data: string): Promise<Check[]> {
  const path = join(data, STORE_FILE)
  if (!existsSync(path)) return [ok('runs', 'none yet')]
  let store: Store | undefined
  try {
    store = openForReading(data)
    const damage = store.prepare('PRAGMA quick_check(1)').get()?.quick_check
    if (damage !== 'ok') throw new Error(`${path} is damaged: ${damage}`)
    const runs = readRuns(store)
    const kept = ok('runs', `${formatPlural(runs.length, 'run')}, ${formatBytes(statSync(path).size)}`)
    return [kept, ...(await latestRun(io, store, runs[0]?.id))]
  } catch (error) {
    return [
      problem(
        'runs',
        messageOf(error),
        'a damaged file is set aside by the next profiler, which begins a new one',
      ),
    ]
  } finally {
    store?.close()
  }
}

async function latestRun(io: Io, store: Store, id: string | undefined): Promise<Check[]> {
  const view = new RunView(store, () => loadTokenizer(io.assets))
  const run = id === undefined ? null : await view.run(id, { segments: 'none' })
  if (!run) return []
  const subject = 'latest run'
  const name = `${run.id} (${run.name})`
  if (run.totals.attempts === 0) return [warning(subject, [name, ...whyNothingWasCaptured(run)])]
  const around = gapsOf(run)
  const messages = [`${name}: ${formatPlural(run.totals.calls, 'call')}`, ...around]
  return [around.length > 0 ? warning(subject, messages) : ok(subject, ...messages)]
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

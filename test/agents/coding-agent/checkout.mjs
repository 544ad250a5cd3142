// The tools at work on a checkout in memory. Each takes its time, as it would on a disk and with a real test runner.
import { setTimeout as pass } from 'node:timers/promises'
import { KINDS, projectFiles } from './project.mjs'

const committed = projectFiles()
const files = new Map(committed)

/** How long each takes, in milliseconds; others are done at once. */
const TAKES = {
  list_files: 15,
  read_file: 20,
  search: 70,
  run_tests: 140,
  check_types: 310,
  git_log: 40,
  git_diff: 45,
}
const ALL_TESTS = 620

const linesOf = (text) => text.split('\n')
const isIn = (folder) => (path) => folder === undefined || folder === '.' || path.startsWith(`${folder}/`)

function listFiles({ folder }) {
  const found = [...files].filter(([path]) => isIn(folder)(path))
  return found.map(([path, text]) => `${path} (${linesOf(text).length} lines)`).join('\n')
}

function readFile({ path }) {
  if (!files.has(path)) throw new Error(`There is no file ${path}.`)
  return linesOf(files.get(path))
    .map((line, index) => `${String(index + 1).padStart(5)}\t${line}`)
    .join('\n')
}

const MOST_LINES = 60

function search({ pattern, folder }) {
  const expression = new RegExp(pattern)
  const found = [...files]
    .filter(([path]) => isIn(folder)(path))
    .flatMap(([path, text]) => linesOf(text).map((line, index) => ({ place: `${path}:${index + 1}`, line })))
    .filter(({ line }) => expression.test(line))
  const shown = found.slice(0, MOST_LINES).map(({ place, line }) => `${place}: ${line.trim()}`)
  return [...shown, `${found.length} lines, ${shown.length} shown`].join('\n')
}

function editFile({ path, old_text: before, new_text: after }) {
  const parts = (files.get(path) ?? '').split(before)
  if (parts.length !== 2)
    throw new Error(`The passage stands ${parts.length - 1} times in ${path}. Nothing was changed.`)
  files.set(path, parts.join(after))
  return `Changed ${path}.`
}

function writeFile({ path, content }) {
  files.set(path, content)
  return `Wrote ${path}, ${linesOf(content).length} lines.`
}

const passed = (name, index) => `  ✔ ${name} (${(0.4 + ((index * 37) % 23) / 10).toFixed(1)} ms)`

/** The tests of a file are the sentences in it. */
function testsIn(path) {
  const names = [...files.get(path).matchAll(/^ {2}it\('(.+?)'/gm)].map(([, name]) => name)
  const failures = FAILURES[path]?.() ?? {}
  const lines = names.map((name, index) =>
    failures[name] ? `  ✖ ${name}\n${failures[name]}` : passed(name, index),
  )
  return { path, lines, failed: Object.keys(failures).length, ran: names.length }
}

const source = (path) => files.get(path) ?? ''
const dividesExactly = () => source('src/fares/split.ts').includes('remainder')

function differs(expected, found) {
  return `    AssertionError: Expected values to be strictly deep-equal\n    + actual   ${found}\n    - expected ${expected}`
}

/** What fails as long as the code is as it is. */
const FAILURES = {
  'test/shared-booking.test.ts': () =>
    dividesExactly()
      ? {}
      : {
          'is paid when three have paid their parts': differs('isPaid: true', 'isPaid: false, openAmount: 1'),
        },
}

function runTests({ file }) {
  const paths = file === undefined ? [...files.keys()].filter((path) => path.endsWith('.test.ts')) : [file]
  const results = paths.map(testsIn)
  const sum = (of) => results.reduce((total, result) => total + result[of], 0)
  return [
    ...results.flatMap(({ path, lines }) => [`▶ ${path}`, ...lines]),
    `tests ${sum('ran')}, pass ${sum('ran') - sum('failed')}, fail ${sum('failed')}`,
  ].join('\n')
}

function checkTypes() {
  const refunds = source('src/fares/refund-share.ts')
  const at = linesOf(refunds).findIndex((line) => line.includes('const all ='))
  if (!refunds.includes('splitFare') || at === -1) return 'No errors.'
  return `src/fares/refund-share.ts:${at + 1}:9 - error TS6133: 'all' is declared but its value is never read.\nFound 1 error.`
}

const SUBJECTS = Object.entries(KINDS).flatMap(([kind, fields]) =>
  fields.flatMap(({ name }) => [
    `${kind}: read ${name} at the door`,
    `${kind}: desks change ${name} by itself`,
  ]),
)

function gitLog() {
  return SUBJECTS.map((subject, index) => {
    const day = new Date(Date.UTC(2026, 9, 30 - Math.floor(index / 3)))
    return `${(((index + 11) * 0x9e3779b1) % 0xfffffff).toString(16).padStart(7, '0')} ${day.toISOString().slice(0, 10)} ${subject}`
  }).join('\n')
}

/** Lines that were taken out and put in, by path. */
function changedLines() {
  return [...files].flatMap(([path, text]) => {
    const before = committed.has(path) ? linesOf(committed.get(path)) : []
    const after = linesOf(text)
    if (before.join('\n') === text) return []
    return [
      {
        path,
        out: before.filter((line) => !after.includes(line)),
        put: after.filter((line) => !before.includes(line)),
      },
    ]
  })
}

function gitDiff() {
  return changedLines()
    .map(({ path, out, put }) =>
      [`+++ ${path}`, ...out.map((line) => `-${line}`), ...put.map((line) => `+${line}`)].join('\n'),
    )
    .join('\n')
}

/** How much has changed so far, as `git diff --shortstat` would say it. */
export function changes() {
  const changed = changedLines()
  const sum = (of) => changed.reduce((total, each) => total + each[of].length, 0)
  return { files: changed.length, put: sum('put'), out: sum('out') }
}

const updatePlan = ({ items }) => items.map(({ what, state }) => `[${state}] ${what}`).join('\n')

const HANDLERS = {
  list_files: listFiles,
  read_file: readFile,
  search,
  edit_file: editFile,
  write_file: writeFile,
  run_tests: runTests,
  check_types: checkTypes,
  git_log: gitLog,
  git_diff: gitDiff,
  update_plan: updatePlan,
}

/** The result of a tool as text. Throws what the model should be told where a tool does not work. */
export async function runTool(name, input) {
  await pass(name === 'run_tests' && input.file === undefined ? ALL_TESTS : (TAKES[name] ?? 5))
  return HANDLERS[name](input)
}

// Says of a run which calls are missing in it, and why: from what the hooks saw in its processes. Words only, for people.

import { type HookReport, hookReportsOf } from '../model/hook-report'
import { formatPlural } from '../model/quantity'
import type { Run } from '../model/span'

/** Lines on a run without any model call: what happened in it instead, and what to do. */
export function whyNothingWasCaptured(run: Run | undefined): string[] {
  const reports = run ? reportsOf(run) : []
  return [
    'no model call was captured.',
    ...(run ? otherRequests(run) : []),
    ...(aroundLines(reports) ?? (reports.length > 0 ? [noCallSeen(reports)] : NOBODY_WATCHED)),
  ]
}

/** Lines on what a run with calls lacks: other calls, or the lines of its own; none where nothing is missing as far as anybody saw. */
export function gapsOf(run: Run): string[] {
  const reports = reportsOf(run)
  const hasLines = run.spans.some(({ callSite }) => callSite !== undefined)
  const isUnwatched = reports.length === 0 && !hasLines && HOOKED.test(run.command ?? '')
  return [...(aroundLines(reports) ?? []), ...(isUnwatched ? [NO_LINES] : [])]
}

/** Commands whose programs have a hook, as a rule. */
const HOOKED = /^(?:\S*\/)?(?:node|python[\d.]*)(?:\s|$)/
const NO_LINES =
  'no call has its line: no hook told of itself (--no-hook, python -I, -E or -S, an environment of its own)'

function reportsOf(run: Run): HookReport[] {
  const root = run.spans.find(({ kind }) => kind === 'run')
  return root ? hookReportsOf(run.id, root.attributes) : []
}

/** One line a host and reason, most calls first; undefined where no call went around. */
function aroundLines(reports: readonly HookReport[]): string[] | undefined {
  const calls = new Map<string, number>()
  for (const { host, why, calls: count } of reports.flatMap(({ around }) => around)) {
    const place = `${host}: ${why}`
    calls.set(place, (calls.get(place) ?? 0) + count)
  }
  if (calls.size === 0) return undefined
  return [...calls]
    .sort(([, left], [, right]) => right - left)
    .map(([place, count]) => `${formatPlural(count, 'call')} went around the profiler, to ${place}`)
}

function noCallSeen(reports: readonly HookReport[]): string {
  const runtimes = [...new Set(reports.map(({ runtime }) => runtime))].join(', ')
  return `${formatPlural(reports.length, 'process', 'processes')} (${runtimes}) ran with the hook, and none called a model provider that Costflame knows.`
}

/** A list of models, say: it reached the provider, and nothing of it is billed. */
function otherRequests({ spans }: Run): string[] {
  const others = spans.filter(({ kind, modelCall }) => kind === 'other' && !modelCall)
  const [first] = others
  if (!first) return []
  return [`${formatPlural(others.length, 'request')} that ran no model passed, the first: ${first.name}`]
}

const NOBODY_WATCHED = [
  'no hook told of itself either: the command starts no Node and no Python program, or starts them without our',
  'NODE_OPTIONS or PYTHONPATH (--no-hook, python -I or -E, an environment of its own, a program bundled with its runtime),',
  'or they were over as soon as they had begun.',
  'A program without a hook is captured where its SDK reads its base URL from the environment (OPENAI_BASE_URL, ANTHROPIC_BASE_URL …).',
  'costflame doctor looks at the rest.',
]

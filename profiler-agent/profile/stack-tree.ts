// The tree of the user's own functions, outermost first, down to the lines that made model calls: for the view by call stack.

import { at, Flag, hasFlag, type RunColumns, SPAN_KINDS } from './columns'
import { Labels, NodeGroups, treeOfSpans } from './node-groups'
import { kindIndex, type Tree } from './tree'

/** Where nobody knows who made a call. */
const NO_CALL_SITE = 'no call site'
const CHAT = SPAN_KINDS.indexOf('chat')

/**
 * Calls of one function add up, whatever line of it they pass through; below the innermost one stands what was called and at which line
 * (`chat gpt-5-mini, line 42`). Labels of functions are `plan agent.ts`, of those without a name `agent.ts:12`.
 * What has no call site lies at a node that says so, model calls below it; the run's own time lies at the whole.
 */
export function stackTree(columns: RunColumns): Tree {
  const labels = new Labels(columns.strings)
  const groups = new NodeGroups(at(columns.kind, 0), at(columns.name, 0))
  const groupOfFrame = functionGroups(columns, labels, groups)
  const groupOf = new Int32Array(columns.count)
  const calls = new Map<string, number>()
  for (let span = 1; span < columns.count; span++) {
    const frame = frameOf(columns, span)
    const place =
      frame < 0 ? groups.child(0, kindIndex('group'), labels.index(NO_CALL_SITE)) : at(groupOfFrame, frame)
    groupOf[span] = place
    // An agent or a tool without a place brings in no more than its time.
    if (frame < 0 && !hasFlag(columns, span, Flag.call)) continue
    const line = frame < 0 ? 0 : at(columns.frames.line, frame)
    const key = `${at(columns.name, span)} ${line}`
    const label = calls.get(key) ?? labels.index(calledAt(columns, span, line))
    calls.set(key, label)
    groupOf[span] = groups.child(place, at(columns.kind, span), label)
  }
  return treeOfSpans(columns, labels.finish(), groups, groupOf)
}

/** Several inferences of one exchange were made where the exchange was. */
function frameOf(columns: RunColumns, span: number): number {
  const own = at(columns.stack, span)
  const parent = at(columns.parent, span)
  const isOfExchange = at(columns.kind, parent) === CHAT && !hasFlag(columns, parent, Flag.call)
  return own < 0 && isOfExchange ? at(columns.stack, parent) : own
}

function calledAt(columns: RunColumns, span: number, line: number): string {
  const name = columns.strings[at(columns.name, span)] ?? ''
  return line === 0 ? name : `${name}, line ${line}`
}

/** By frame, the group of its function. A frame stands behind the one that called it. */
function functionGroups({ frames, strings }: RunColumns, labels: Labels, groups: NodeGroups): Int32Array {
  const kind = kindIndex('function')
  const groupOf = new Int32Array(frames.parent.length)
  // Functions of the same name in files of the same name are two, and look alike.
  const functions = new Map<string, number>()
  for (const [frame, caller] of frames.parent.entries()) {
    const file = strings[at(frames.file, frame)] ?? ''
    const name = strings[at(frames.function, frame)] ?? ''
    const line = at(frames.line, frame)
    const identity = name === '' ? `${file}:${line}` : `${file}#${name}`
    const key = functions.get(identity) ?? functions.size
    functions.set(identity, key)
    const label = labels.index(functionLabel(name, file, line))
    groupOf[frame] = groups.child(caller < 0 ? 0 : at(groupOf, caller), kind, label, key)
  }
  return groupOf
}

function functionLabel(name: string, file: string, line: number): string {
  const place = file.slice(file.lastIndexOf('/') + 1)
  return name === '' ? `${place}:${line}` : `${name} ${place}`
}

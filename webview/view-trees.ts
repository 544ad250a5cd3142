// Which tree each view of boxes shows. Each is built once for a run.

import type { PromptShare } from '../profiler-agent/model/run-questions'
import type { RunColumns } from '../profiler-agent/profile/columns'
import { promptTree } from '../profiler-agent/profile/prompt-tree'
import { spanTree } from '../profiler-agent/profile/span-tree'
import { stackTree } from '../profiler-agent/profile/stack-tree'
import { timelineTree } from '../profiler-agent/profile/timeline-tree'
import type { Tree } from '../profiler-agent/profile/tree'
import type { ViewName } from './messages'
import { remembered } from './remembered'

const known = new WeakMap<RunColumns, Map<(columns: RunColumns) => Tree, Tree>>()

/** `shares` for the view by prompt, where they are known. */
export function treeOfView(columns: RunColumns, view: ViewName, shares?: readonly PromptShare[]): Tree {
  if (view === 'stack') return treeOf(columns, stackTree)
  if (view === 'prompt') return promptTreeOf(columns, shares)
  return treeOf(columns, view === 'timeline' ? timelineTree : spanTree)
}

const promptTreeOf = remembered(promptTree)

/** A node for each span, and for each part that the columns hold. */
export function treeOfSpans(columns: RunColumns): Tree {
  return treeOf(columns, spanTree)
}

function treeOf(columns: RunColumns, build: (columns: RunColumns) => Tree): Tree {
  const ofRun = known.get(columns) ?? new Map<(columns: RunColumns) => Tree, Tree>()
  known.set(columns, ofRun)
  const tree = ofRun.get(build) ?? build(columns)
  ofRun.set(build, tree)
  return tree
}

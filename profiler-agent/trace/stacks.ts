// What the call stacks of two calls say of each other: whether one was made by a tool that the loop of the other ran.

import type { Frame } from '../model/span'

/** What a stack says of being inside of another's loop, and how many frames from the outside on that is. */
export interface Nesting {
  readonly is: 'inside' | 'elsewhere' | 'unknown'
  readonly depth: number
}

/**
 * Both stacks innermost first, the user's own frames. Inside is a call whose stack goes through the function in which the other
 * one's loop stands and from there on another way, deeper:
 *
 *     loop   callModel:5  agentLoop:10                          main:50
 *     tool   callModel:5  research:80  searchTool:70  agentLoop:15  main:50
 */
export function nestingOf(loop: readonly Frame[], tool: readonly Frame[]): Nesting {
  if (loop.length === 0 || tool.length === 0) return { is: 'unknown', depth: 0 }
  let depth = 0
  while (depth < loop.length && depth < tool.length && isSameLine(loop.at(-1 - depth), tool.at(-1 - depth)))
    depth++
  const [left, right] = [loop.length - depth, tool.length - depth]
  const isSameFunction = areOfOneFunction(loop.at(-1 - depth), tool.at(-1 - depth))
  if (left > 0 && right > left && isSameFunction) return { is: 'inside', depth: depth + 1 }
  // The loop calls the model in the very line that runs the tools: `await runner.run(agent)`.
  if (left === 0 && right > 0) return { is: 'inside', depth }
  const isTold = depth === 0 && !isSameFunction && loop.length > 1 && tool.length > 1
  const isApart = isTold && !loop.some((frame) => tool.some((other) => areOfOneFunction(frame, other)))
  return { is: isApart ? 'elsewhere' : 'unknown', depth }
}

/** Whether a function on the stack bears this name, as tools do: `search_web` and `searchWeb` are one. */
export function namesTool(stack: readonly Frame[], tool: string): boolean {
  const wanted = plain(tool)
  return wanted.length > 2 && stack.some((frame) => plain(frame.function ?? '').endsWith(wanted))
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

function isSameLine(left: Frame | undefined, right: Frame | undefined): boolean {
  return areOfOneFunction(left, right) && left?.line === right?.line
}

function areOfOneFunction(left: Frame | undefined, right: Frame | undefined): boolean {
  return (
    left !== undefined && right !== undefined && left.file === right.file && left.function === right.function
  )
}

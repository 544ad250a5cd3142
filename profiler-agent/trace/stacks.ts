// What the call stacks of two calls say of each other: whether one was made by a tool that the loop of the other ran.

import type { Frame } from '../model/span'

/** What a stack says of being inside of another's loop. */
export type Nesting = 'inside' | 'elsewhere' | 'unknown'

/**
 * Both stacks innermost first, the user's own frames. Inside is a call whose stack goes through the function in which the other
 * one's loop stands and from there on another way, deeper:
 *
 *     loop   callModel:5  agentLoop:10                          main:50
 *     tool   callModel:5  research:80  searchTool:70  agentLoop:15  main:50
 */
export function nestingOf(loop: readonly Frame[], tool: readonly Frame[]): Nesting {
  if (loop.length === 0 || tool.length === 0) return 'unknown'
  let shared = 0
  while (
    shared < loop.length &&
    shared < tool.length &&
    isSameLine(loop.at(-1 - shared), tool.at(-1 - shared))
  )
    shared++
  const [left, right] = [loop.length - shared, tool.length - shared]
  const isSameFunction = areOfOneFunction(loop.at(-1 - shared), tool.at(-1 - shared))
  if (left > 0 && right > 1 && isSameFunction && right > left) return 'inside'
  // The loop calls the model in the very line that runs the tools: `await runner.run(agent)`.
  if (left === 0 && right > 0) return 'inside'
  if (shared > 0 || isSameFunction || loop.length < 2 || tool.length < 2) return 'unknown'
  return loop.some((frame) => tool.some((other) => areOfOneFunction(frame, other))) ? 'unknown' : 'elsewhere'
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

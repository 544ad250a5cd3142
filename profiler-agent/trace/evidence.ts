// What speaks for a call having been made by a tool: texts that went in and came out, call stacks, names. Decides nothing.

import type { ParentBasis } from '../model/span'
import { type Agent, mayBelong } from './agents'
import type { CallFacts } from './call-facts'
import { namesTool, nestingOf } from './stacks'
import { overlap, type Said } from './texts'
import type { AskedTool } from './tools'

/** An agent or a call whose place is looked for. */
export interface Newcomer extends Pick<CallFacts, 'questions' | 'stack' | 'group'> {
  /** What it said last, if anything. */
  readonly reply: Said | undefined
  readonly identity: Agent['identity']
  readonly startedAt: number
  readonly endedAt: number
}

export interface Evidence {
  readonly tool: AskedTool
  readonly points: number
  readonly basis: ParentBasis
}

/** From here on evidence is believed whatever else happens at the time. */
export const STRONG = 4
/** The arguments are what was asked, word for word. */
export const EQUAL = 10
const QUOTED = 8
const INSIDE = 5
const NAMED_IN_STACK = 3
const ELSEWHERE = -6
const NAMED_ALIKE = 2
const DELEGATES = 1

/** Tools of this kind start agents. */
const DELEGATING = /agent|task|delegate|hand_?off|transfer|assistant|worker|expert|specialist|research/i

export function delegates(tool: AskedTool): boolean {
  return DELEGATING.test(tool.name)
}

/** What speaks for a newcomer having been started by a tool, `result` being the words that came out; undefined where it cannot be. */
export function evidenceOf(
  newcomer: Newcomer,
  tool: AskedTool,
  result: readonly string[] = [],
): Evidence | undefined {
  if (!mayBelong(newcomer.group, tool.agent?.group)) return undefined
  const texts = textPoints(newcomer, tool, result)
  const stack = stackPoints(newcomer, tool)
  // The same agent asked something else is another conversation, unless it was asked by itself.
  const isOwnKind = newcomer.identity !== undefined && newcomer.identity === tool.agent?.identity
  if (isOwnKind && texts < EQUAL && stack < STRONG) return undefined
  const isOneGroup = newcomer.group !== undefined && newcomer.group.key === tool.agent?.group?.key
  const hookBasis = stack > 0 ? 'hook' : isOneGroup ? newcomer.group?.basis : undefined
  return {
    tool,
    points:
      texts + stack + (isNamedAlike(newcomer, tool) ? NAMED_ALIKE : 0) + (delegates(tool) ? DELEGATES : 0),
    basis: hookBasis ?? 'traffic',
  }
}

/** What went in as the arguments, and what came out as the result. */
function textPoints({ questions, reply }: Newcomer, { args }: AskedTool, result: readonly string[]): number {
  const asked = questions.words
  const isResult = reply?.words.some((words) => result.some((text) => overlap(words, text))) ?? false
  const out = isResult ? QUOTED : 0
  if (asked.some((words) => args.includes(words))) return EQUAL + out
  return (asked.some((words) => args.some((argument) => overlap(words, argument))) ? QUOTED : 0) + out
}

/** Of loops inside of each other the innermost made it. */
function stackPoints({ stack }: Newcomer, { agent, name }: AskedTool): number {
  const { is, depth } = nestingOf(agent?.stack ?? [], stack)
  if (is === 'elsewhere') return ELSEWHERE
  return (is === 'inside' ? INSIDE + depth / 100 : 0) + (namesTool(stack, name) ? NAMED_IN_STACK : 0)
}

/** A tool `ask_researcher` starts the agent `researcher`. */
function isNamedAlike({ identity }: Newcomer, { name }: AskedTool): boolean {
  const words = new Set(name.toLowerCase().split(/[^\p{L}\p{N}]+/u))
  return (
    identity?.ownNames.some((own) => own.split('-').some((word) => word.length > 3 && words.has(word))) ??
    false
  )
}

/** The strongest first; where nothing tells them apart, the one that nothing hangs under yet, then the one that began last. */
export function strongest(evidence: readonly (Evidence | undefined)[]): Evidence | undefined {
  return evidence
    .flatMap((one) => one ?? [])
    .sort((a, b) => b.points - a.points || a.tool.held - b.tool.held || b.tool.openedAt - a.tool.openedAt)[0]
}

// What a script may ask about a call, reckoned from the turns of its conversation, whatever wire format they came in.

import { type JsonObject, objectsIn, textOr } from '../json'
import type { CallFacts } from './wire-format'

/** One turn in a conversation. A tool result carries the name of its tool, empty where the prompt does not tell it. */
export type Turn =
  | { readonly role: 'system' | 'user' | 'assistant'; readonly text: string }
  | { readonly role: 'tool_result'; readonly text: string; readonly tool: string }

/** Consecutive assistant turns are one step: some formats send text and each tool call apart. */
export function factsOf(model: string, turns: readonly Turn[]): CallFacts {
  const lastUser = turns.findLastIndex((turn) => turn.role === 'user')
  const lastAssistant = turns.findLastIndex((turn) => turn.role === 'assistant')
  return {
    model,
    systemText: turns
      .filter((turn) => turn.role === 'system')
      .map((turn) => turn.text)
      .join('\n'),
    lastUserText: turns[lastUser]?.text ?? '',
    lastToolResults: turns
      .slice(Math.max(lastAssistant, lastUser) + 1)
      .flatMap((turn) => (turn.role === 'tool_result' ? [{ name: turn.tool, text: turn.text }] : [])),
    step:
      1 +
      turns
        .slice(lastUser + 1)
        .filter((turn, i, rest) => turn.role === 'assistant' && rest[i - 1]?.role !== 'assistant').length,
  }
}

/** Text of content that is a string or a list of parts with `text`. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  return objectsIn(content)
    .map((part: JsonObject) => textOr(part.text))
    .filter((text) => text !== '')
    .join('\n')
}

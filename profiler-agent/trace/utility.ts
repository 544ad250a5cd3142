// Calls that serve a conversation from outside: titles, labels, guards, suggestions. Told by what they quote.

import { type Agent, mayBelong } from './agents'
import type { Said } from './texts'
import { stands, wordsOf } from './texts'

/** Such calls are made around the conversation that they serve. */
const AROUND_MS = 60_000
const LONGEST_REPLY = 400

/** Whether an agent does no more than to title, sum up or classify: one short answer, no tools, never more than that. */
export function isUtility(agent: Agent): boolean {
  return (
    agent.calls === 1 &&
    !agent.hasTools &&
    agent.identity?.isSpeaker !== true &&
    replyCharacters(agent.latestReply) <= LONGEST_REPLY
  )
}

/** Whether it is a conversation that others may serve. */
export function isConversation(agent: Agent): boolean {
  return agent.hasTools || agent.calls > 1
}

/** Whether one agent serves the conversation of the other: it quotes what was asked there. */
export function serves(utility: Agent, conversation: Agent): boolean {
  // Those who speak by turns in one conversation are its own.
  if (conversation.conversation.includes(utility) || !isUtility(utility) || !isConversation(conversation))
    return false
  if (utility.identity === conversation.identity || !mayBelong(utility.group, conversation.group))
    return false
  const isAround =
    utility.startedAt >= conversation.startedAt - AROUND_MS &&
    utility.startedAt <= conversation.endedAt + AROUND_MS
  return isAround && quotes(utility.questions, conversation)
}

/** What was answered is quoted by whoever works on with it, too; what was asked is quoted by those who serve. */
function quotes(said: Said, { questions, latestText }: Agent): boolean {
  return said.words.some(
    (words) => questions.words.some((text) => stands(text, words)) || stands(wordsOf(latestText), words),
  )
}

function replyCharacters({ texts }: Said): number {
  return texts.reduce((sum, text) => sum + text.length, 0)
}

// One question over the feed of a profiler, and its answer.

import { on, once } from 'node:events'
import { WebSocket } from 'ws'
import { decodeServerMessage } from '../../profiler-agent/feed/codec'
import type { AnswerBody, Question, ReadyLine } from '../../profiler-agent/feed/protocol'

/** Rejects with the reason where there is no answer. */
export async function feedAnswer<Ask extends Question['ask']>(
  { feed, token }: Pick<ReadyLine, 'feed' | 'token'>,
  question: Extract<Question, { ask: Ask }>,
): Promise<Extract<AnswerBody, { to: Ask }>> {
  const socket = new WebSocket(feed, { headers: { 'x-costflame-token': token } })
  try {
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'question', id: 1, question }))
    for await (const [data] of on(socket, 'message')) {
      const decoded = decodeServerMessage(String(data))
      if (!decoded.ok) throw new Error(decoded.message)
      if (decoded.value.type === 'failure') throw new Error(decoded.value.message)
      if (decoded.value.type === 'answer') return decoded.value.body as Extract<AnswerBody, { to: Ask }>
    }
    throw new Error('the feed ended')
  } finally {
    socket.terminate()
  }
}

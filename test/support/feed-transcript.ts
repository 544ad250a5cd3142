// A reader of the profiler's feed that asks questions and keeps every message, whole.

import { once } from 'node:events'
import { WebSocket } from 'ws'
import { decodeServerMessage } from '../../profiler-agent/feed/codec'
import type { AnswerBody, Question, ReadyLine } from '../../profiler-agent/feed/protocol'

export class FeedTranscript {
  readonly messages: string[] = []
  #nextId = 1

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => this.messages.push(data.toString()))
  }

  static async open({ feed, token }: ReadyLine): Promise<FeedTranscript> {
    const socket = new WebSocket(feed, { headers: { 'x-costflame-token': token } })
    const reader = new FeedTranscript(socket)
    await once(socket, 'open')
    return reader
  }

  /** Rejects when the profiler says that it cannot answer. */
  ask(question: Question): Promise<AnswerBody> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      const take = (data: Buffer) => {
        const decoded = decodeServerMessage(data.toString())
        if (!decoded.ok || !('id' in decoded.value) || decoded.value.id !== id) return
        this.socket.off('message', take)
        if (decoded.value.type === 'answer') resolve(decoded.value.body)
        else reject(new Error(decoded.value.message))
      }
      this.socket.on('message', take)
      this.socket.send(JSON.stringify({ type: 'question', id, question }))
    })
  }

  close(): void {
    this.socket.close()
  }
}

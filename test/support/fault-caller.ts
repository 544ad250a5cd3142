// A program that makes one model call after the other and knows of each what came of it. Plain HTTP, as any SDK in any language.

import { Agent, request } from 'node:http'
import { DELAY_HEADER, replyTo } from './fault-upstream'

/** One call as its program saw it; moments are `performance.now()`. */
export interface MadeCall {
  readonly id: string
  readonly runId: string
  readonly startedAt: number
  readonly endedAt: number
  /** Absent: the answer came whole and byte for byte. */
  readonly failure?: string
}

export interface CallPlan {
  readonly runId: string
  readonly stream?: boolean
  readonly delayMs?: number
  /** More prompt, to make a call heavy. */
  readonly padding?: string
  /** Text that the prompt begins with. */
  readonly prompt?: string
}

/** Calls through one proxy. `calls` holds those that are over, in the order in which they ended. */
export class Caller {
  readonly calls: MadeCall[] = []
  readonly #agent = new Agent({ keepAlive: true })
  readonly #lanes: Promise<void>[] = []
  #isStopping = false
  #next = 1

  constructor(
    public proxy: string,
    /** Unique among all callers of a store. */
    readonly name: string,
  ) {}

  async make(plan: CallPlan): Promise<MadeCall> {
    const id = `${this.name}-${this.#next++}`
    const body = bodyOf(id, plan)
    const startedAt = performance.now()
    const failure = await this.#send(body, plan).then(
      (reply) =>
        reply === replyTo(body).join('')
          ? undefined
          : `other bytes than the upstream sent: ${reply.slice(0, 300)}`,
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    )
    const call = {
      id,
      runId: plan.runId,
      startedAt,
      endedAt: performance.now(),
      ...(failure === undefined ? {} : { failure }),
    }
    this.calls.push(call)
    return call
  }

  /** Makes calls one after the other until `stop`, or until one fails; each lane is a program of its own. */
  startLane(plans: () => CallPlan): void {
    this.#lanes.push(this.#lane(plans))
  }

  /** Lets the calls under way end. */
  async stop(): Promise<void> {
    this.#isStopping = true
    await Promise.all(this.#lanes)
    this.#agent.destroy()
  }

  async #lane(plans: () => CallPlan): Promise<void> {
    while (!this.#isStopping) if ((await this.make(plans())).failure !== undefined) return
  }

  #send(body: string, { runId, delayMs = 0 }: CallPlan): Promise<string> {
    return new Promise((resolve, reject) => {
      const sending = request(
        `${this.proxy}/r/${runId}/openai/v1/chat/completions`,
        {
          agent: this.#agent,
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: 'Bearer sk-test-of-faults',
            [DELAY_HEADER]: String(delayMs),
          },
        },
        (response) => {
          const parts: Buffer[] = []
          response.on('data', (part: Buffer) => parts.push(part))
          response.once('error', reject)
          response.once('end', () => resolve(Buffer.concat(parts).toString()))
        },
      )
      sending.once('error', reject)
      sending.end(body)
    })
  }
}

/** `user` carries the id to the upstream, which answers with it. The stream asks for usage, so that the proxy changes no byte. */
function bodyOf(id: string, { stream = false, padding = '', prompt = '' }: CallPlan): string {
  return JSON.stringify({
    model: 'gpt-5-mini',
    user: id,
    messages: [
      { role: 'system', content: 'Answer with the fingerprint of what you were asked.' },
      { role: 'user', content: `${prompt}call ${id} ${padding}` },
    ],
    ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
  })
}

export function failuresOf(calls: readonly MadeCall[]): string[] {
  return calls.flatMap(({ id, failure }) => (failure === undefined ? [] : [`${id}: ${failure}`]))
}

// Stands before the embedded model server and adds up what its replies bill, by readers of its own: the other side of an account.

import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** Tokens of one model; the four do not overlap. */
export interface Bill {
  readonly uncached: number
  readonly read: number
  readonly written: number
  readonly output: number
}

/** The parts of a reply, of any of the three formats, that say what is billed. */
interface Said {
  readonly model?: string
  readonly message?: { readonly model: string; readonly usage: Usage }
  readonly response?: { readonly model: string; readonly usage: Usage | null }
  readonly usage?: Usage | null
}
type Usage = Readonly<Record<string, number | undefined>> & {
  readonly prompt_tokens_details?: { readonly cached_tokens: number }
  readonly input_tokens_details?: { readonly cached_tokens: number }
}

export class BilledUpstream {
  readonly bills = new Map<string, Bill>()
  readonly #statuses: number[] = []

  private constructor(
    private readonly server: Server,
    private readonly provider: string,
  ) {
    server.on('request', (from, to) => void this.#pass(from, to))
  }

  /** `provider`: the server that answers. */
  static async start(provider: string): Promise<BilledUpstream> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new BilledUpstream(server, provider)
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** The status of every reply, in the order of their ends. */
  get statuses(): readonly number[] {
    return this.#statuses
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  async #pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const headers = { ...from.headers, host: new URL(this.provider).host }
    const up = request(new URL(from.url ?? '/', this.provider), { method: from.method, headers })
    up.on('response', (reply) => {
      to.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(to)
      void buffer(reply).then((body) => {
        this.#statuses.push(reply.statusCode ?? 0)
        if (reply.statusCode === 200) this.#add(body.toString())
      })
    })
    from.pipe(up)
  }

  #add(body: string): void {
    const [model, bill] = billOf(partsOf(body))
    const before = this.bills.get(model) ?? { uncached: 0, read: 0, written: 0, output: 0 }
    this.bills.set(model, {
      uncached: before.uncached + bill.uncached,
      read: before.read + bill.read,
      written: before.written + bill.written,
      output: before.output + bill.output,
    })
  }
}

/** The JSON of a reply: of each event where it is a stream. */
function partsOf(body: string): Said[] {
  if (body.startsWith('{')) return [JSON.parse(body)]
  const lines = body.split('\n').filter((line) => line.startsWith('data: {'))
  return lines.map((line) => JSON.parse(line.slice('data: '.length)))
}

function billOf(parts: readonly Said[]): [string, Bill] {
  const start = parts.find(({ message }) => message)?.message
  const last = parts.findLast(({ usage, response }) => usage ?? response?.usage)
  const usage = last?.usage ?? last?.response?.usage
  const model = start?.model ?? last?.response?.model ?? last?.model
  if (!usage || model === undefined) throw new Error('a reply that does not say what it bills')
  if (start) return [model, messagesBill(start.usage, usage)]
  return [model, 'cache_read_input_tokens' in usage ? messagesBill(usage, usage) : openaiBill(usage)]
}

/** Messages: in a stream the start says the input and the end the output. */
function messagesBill(start: Usage, end: Usage): Bill {
  return {
    uncached: start.input_tokens ?? 0,
    read: start.cache_read_input_tokens ?? 0,
    written: start.cache_creation_input_tokens ?? 0,
    output: end.output_tokens ?? 0,
  }
}

/** Chat Completions and Responses: what was read is a part of the input. */
function openaiBill(usage: Usage): Bill {
  const read = (usage.prompt_tokens_details ?? usage.input_tokens_details)?.cached_tokens ?? 0
  const input = usage.prompt_tokens ?? usage.input_tokens ?? 0
  return {
    uncached: input - read,
    read,
    written: 0,
    output: usage.completion_tokens ?? usage.output_tokens ?? 0,
  }
}

// A user's program in a process of its own that makes one call after the other with `fetch`, and tells of each what came back.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { MadeCall } from './fault-caller'
import { DELAY_HEADER, replyTo } from './fault-upstream'

export interface ProgramOptions {
  /** Programs that know no hook try again, as the SDKs do; 0 is once only. */
  readonly retries: number
  readonly delayMs: number
  readonly stream: boolean
}

/** Source of the program. It makes calls until its standard input ends, then ends with code 0. */
export function callingProgram(name: string, { retries, delayMs, stream }: ProgramOptions): string {
  return `
    const url = process.env.OPENAI_BASE_URL + '/chat/completions'
    const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-test-of-faults', '${DELAY_HEADER}': '${delayMs}' }
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    async function once(body, got) {
      const response = await fetch(url, { method: 'POST', headers, body })
      got.head = true
      for await (const part of response.body) got.reply += Buffer.from(part).toString()
    }
    async function call(id) {
      const body = JSON.stringify({
        model: 'gpt-5-mini', user: id, messages: [{ role: 'user', content: 'call ' + id }],
        ${stream ? 'stream: true, stream_options: { include_usage: true },' : ''}
      })
      for (let tried = 0; ; tried++) {
        const got = { head: false, reply: '' }
        const error = await once(body, got).then(() => undefined, (error) => String(error.cause?.code ?? error.message))
        if (error === undefined || got.head || tried === ${retries}) return { id, body, ...got, error }
        await pause(250)
      }
    }
    let isEnding = false
    process.stdin.on('end', () => { isEnding = true }).resume()
    let n = 0
    const lane = async () => { while (!isEnding) process.stdout.write(JSON.stringify(await call('${name}-' + ++n)) + '\\n') }
    await Promise.all([lane(), lane(), lane(), lane()])`
}

/** What the program told of its calls, as they come. */
export class ProgramCalls {
  readonly calls: (MadeCall & { readonly isCutOff: boolean })[] = []
  readonly #waiting = new Set<() => void>()

  constructor(program: ChildProcess) {
    if (!program.stdout) throw new Error('the program has no output')
    createInterface({ input: program.stdout }).on('line', (line) => this.#hear(line))
  }

  /** Resolves when so many calls are over. */
  async until(count: number): Promise<void> {
    while (this.calls.length < count) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  #hear(line: string): void {
    // The line is our own program's, a few lines above.
    const { id, body, reply, head, error } = JSON.parse(line) as Record<'id' | 'body' | 'reply', string> & {
      head: boolean
      error?: string
    }
    const failure =
      error ?? (reply === replyTo(body).join('') ? undefined : `other bytes: ${reply.slice(0, 300)}`)
    const now = performance.now()
    this.calls.push({
      ...{ id, runId: '', startedAt: now, endedAt: now },
      ...(failure === undefined ? {} : { failure }),
      // What the provider had begun to answer cannot be asked for again without paying twice.
      isCutOff: error !== undefined && head,
    })
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }
}

/** Starts the program on this Node; `end` lets its calls end, and fails when it failed. */
export function spawnNode(
  file: string,
  environment: Readonly<Record<string, string>>,
): { readonly calls: ProgramCalls; end(): Promise<void> } {
  const child = spawn(process.execPath, [file], { env: { PATH: process.env.PATH ?? '', ...environment } })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const closed = once(child, 'close')
  return {
    calls: new ProgramCalls(child),
    end: async () => {
      child.stdin.end()
      const [code] = await closed
      if (code !== 0 || stderr !== '') throw new Error(`the program ended with ${code}: ${stderr}`)
    },
  }
}

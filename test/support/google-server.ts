// A stand-in for Google's Gemini API: answers each prompt with usage that follows from it, whole and as a stream.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export class GoogleServer {
  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  static async start(): Promise<GoogleServer> {
    let replies = 0
    const server = createServer(async (request, response) => {
      let text = ''
      for await (const chunk of request) text += chunk
      const body = JSON.parse(text) as { contents: { parts: { text: string }[] }[] }
      const prompt = body.contents.at(-1)?.parts[0]?.text ?? ''
      const isStream = /:streamGenerateContent\?alt=sse$/.test(request.url ?? '')
      response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json')
      const id = `reply-${++replies}`
      if (!isStream) return response.end(JSON.stringify(replyTo(prompt, id, 'STOP')))
      response.write(`data: ${JSON.stringify(replyTo(prompt, id))}\r\n\r\n`)
      return response.end(`data: ${JSON.stringify(replyTo(prompt, id, 'STOP'))}\r\n\r\n`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new GoogleServer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  }

  stop(): void {
    this.server.close()
    this.server.closeAllConnections()
  }
}

/** As many tokens in as the prompt has letters, and 7 out. */
function replyTo(prompt: string, responseId: string, finishReason?: string): object {
  const content = { role: 'model', parts: [{ text: `echo ${prompt}` }] }
  const candidates = [{ content, index: 0, ...(finishReason === undefined ? {} : { finishReason }) }]
  const tokens = { promptTokenCount: prompt.length, candidatesTokenCount: 7 }
  const usageMetadata = { ...tokens, totalTokenCount: prompt.length + 7 }
  return { candidates, usageMetadata, modelVersion: 'gemini-2.5-flash', responseId }
}

// A debugger as VS Code's js-debug is to Node: attaches over the inspector's WebSocket, asks for async stacks, runs on, and records.

import WebSocket from 'ws'

interface InspectorMessage {
  readonly method?: string
  readonly params?: {
    readonly args?: readonly { readonly value?: unknown }[]
    readonly reason?: string
    readonly hitBreakpoints?: readonly string[]
    readonly callFrames?: readonly { readonly location: { readonly lineNumber: number } }[]
  }
}

export class DebuggerClient {
  /** First argument of each console message of the debug console. */
  readonly consoleMessages: unknown[] = []
  /** Line (from 1) and cause of each stop after the one at the start. */
  readonly stops: { readonly line: number; readonly byBreakpoint: boolean }[] = []
  private readonly socket: WebSocket
  private nextId = 1
  private started = false

  /** `breakpoint` stops in a file that ends in `file`; lines start at 1. The client goes when the program is done. */
  constructor(url: string, breakpoint?: { readonly file: string; readonly line: number }) {
    this.socket = new WebSocket(url)
    this.socket.on('open', () => {
      this.send('Runtime.enable')
      this.send('Debugger.enable')
      this.send('Debugger.setAsyncCallStackDepth', { maxDepth: 32 })
      if (breakpoint !== undefined)
        this.send('Debugger.setBreakpointByUrl', {
          urlRegex: `.*/${breakpoint.file.replaceAll('.', '\\.')}$`,
          lineNumber: breakpoint.line - 1,
        })
      // A program told to run on before it waits would wait for ever.
      this.send('NodeRuntime.enable')
    })
    this.socket.on('message', (data) => this.take(JSON.parse(String(data)) as InspectorMessage))
  }

  close(): void {
    this.socket.close()
  }

  private send(method: string, params: object = {}): void {
    this.socket.send(JSON.stringify({ id: this.nextId++, method, params }))
  }

  private take({ method, params }: InspectorMessage): void {
    if (method === 'Runtime.consoleAPICalled') this.consoleMessages.push(params?.args?.[0]?.value)
    if (method === 'Runtime.executionContextDestroyed') this.close()
    if (method === 'NodeRuntime.waitingForDebugger') this.send('Runtime.runIfWaitingForDebugger')
    if (method !== 'Debugger.paused') return
    if (this.started)
      this.stops.push({
        line: (params?.callFrames?.[0]?.location.lineNumber ?? -1) + 1,
        byBreakpoint: (params?.hitBreakpoints ?? []).length > 0,
      })
    this.started = true
    this.send('Debugger.resume')
  }
}

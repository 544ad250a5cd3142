// Stacks across awaits, timers and callbacks, by V8's own async stack tagging through the in-process inspector.
// Only the inspector's Runtime domain is used: no port, no pauses, and breakpoints of an attached debugger stay its own.

import type { Runtime, Session } from 'node:inspector'
import { type RawFrame, userFrame } from './call-stack'

/**
 * Parts of a stack between two awaits. An agent's loop inside an SDK adds some 10 a turn before the user's own line comes. V8 answers
 * nothing at all where an answer is nested deeper than 300. A debugger that asks for more gets more, the larger one counts.
 */
const MAX_ASYNC_DEPTH = 250

/** What is run for its stack: nothing but a throw, of no error, so that nothing of the program's is asked to format one. */
const THROW = { expression: 'throw 0', silent: true }

export class AsyncStacks {
  private session: Session | undefined
  private answers = false

  get isEnabled(): boolean {
    return this.answers
  }

  /** From now on V8 remembers where async work was started: about 5 µs an `await`. Fails open where there is no inspector. */
  enable(): void {
    if (this.session !== undefined) return
    try {
      // Required late: most programs never need it.
      const { Session, url } = require('node:inspector') as typeof import('node:inspector')
      this.session = new Session()
      this.session.connect()
      this.forgetWhatIsReported(url)
      this.post('Runtime.enable')
      this.answers = this.post('Runtime.setAsyncCallStackDepth', { maxDepth: MAX_ASYNC_DEPTH }) !== undefined
    } catch {
      // No inspector in this build, or no permission: `Error.stack` has to do.
    }
  }

  /** V8 forgets, and `await` costs what it costs without us. */
  disable(): void {
    this.post('Runtime.setAsyncCallStackDepth', { maxDepth: 0 })
    this.session?.disconnect()
    this.session = undefined
    this.answers = false
  }

  /** The user's frames in the running code and in what led to it, innermost first. */
  capture(): readonly RawFrame[] {
    // One message and one answer. Silent: no debugger that is attached stops for it, whatever it stops for.
    const answer = this.post<Runtime.EvaluateReturnType>('Runtime.evaluate', THROW)
    return framesOf(answer?.exceptionDetails?.stackTrace)
  }

  /**
   * With a session there is, V8 keeps the values of the last 1,000 console messages, and of exceptions, for whoever listens.
   * Nobody does; only where a debugger may attach, the messages so far are its to see, as they would be without us.
   */
  private forgetWhatIsReported(debuggerUrl: () => string | undefined): void {
    let isDue = false
    const forget = () => {
      isDue = false
      if (debuggerUrl() === undefined) this.post('Runtime.discardConsoleEntries')
      else this.post('Runtime.releaseObjectGroup', { objectGroup: 'console' })
    }
    // V8 reports a message before it stores it, and a program may print many at once.
    const forgetSoon = () => {
      if (!isDue) queueMicrotask(forget)
      isDue = true
    }
    this.session?.on('Runtime.consoleAPICalled', forgetSoon)
    this.session?.on('Runtime.exceptionThrown', forgetSoon)
  }

  /** An inspector session on its own thread answers before `post` returns. */
  private post<Answer>(method: string, params: object = {}): Answer | undefined {
    let answer: Answer | undefined
    this.session?.post(method, params, (error: Error | null, result?: object) => {
      if (error === null) answer = result as Answer
    })
    return answer
  }
}

function framesOf(trace: Runtime.StackTrace | undefined): RawFrame[] {
  const frames: RawFrame[] = []
  for (let part = trace; part !== undefined; part = part.parent)
    for (const { url, lineNumber, columnNumber, functionName } of part.callFrames)
      frames.push(...userFrame(url, lineNumber + 1, columnNumber + 1, functionName, part !== trace))
  return frames
}

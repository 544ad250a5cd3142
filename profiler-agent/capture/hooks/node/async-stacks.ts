// Stacks across awaits, timers and callbacks, by V8's own async stack tagging through the in-process inspector.
// Only the inspector's Runtime domain is used: no port, no pauses, and breakpoints of an attached debugger stay its own.

import type { Runtime, Session } from 'node:inspector'
import { type RawFrame, userFrame, withStackSettings } from './call-stack'

/** What js-debug sets too; a debugger that asks for more gets more, the larger one counts. */
const MAX_ASYNC_DEPTH = 32

/** The typings do not know `Runtime.getExceptionDetails` yet. */
interface ExceptionDetailsAnswer {
  readonly exceptionDetails?: Runtime.ExceptionDetails
}

export class AsyncStacks {
  private session: Session | undefined
  private holderId: string | undefined
  /**
   * The inspector hands out an id of what stands in this object, so that no script is compiled per call.
   * It has no prototype, because the inspector would hand out an id of that too, each time.
   */
  private readonly holder: { error?: Error } = Object.create(null)

  get isEnabled(): boolean {
    return this.holderId !== undefined
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
      this.post('Runtime.setAsyncCallStackDepth', { maxDepth: MAX_ASYNC_DEPTH })
      this.holderId = this.idOfHolder()
    } catch {
      // No inspector in this build, or no permission: `Error.stack` has to do.
    }
  }

  /** The user's frames in the running code and in what led to it, innermost first. */
  capture(): readonly RawFrame[] {
    this.holder.error = errorHere()
    const id = this.idOfError()
    delete this.holder.error
    if (id === undefined) return []
    const details = this.post<ExceptionDetailsAnswer>('Runtime.getExceptionDetails', {
      errorObjectId: id,
    })
    this.post('Runtime.releaseObject', { objectId: id })
    // The answer holds the error once more, under another id.
    const again = details?.exceptionDetails?.exception?.objectId
    if (again !== undefined) this.post('Runtime.releaseObject', { objectId: again })
    return framesOf(details?.exceptionDetails?.stackTrace)
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

  private idOfHolder(): string | undefined {
    const key = `costflame:${Math.random()}`
    Object.defineProperty(globalThis, key, { value: this.holder, configurable: true, enumerable: false })
    try {
      const expression = `globalThis[${JSON.stringify(key)}]`
      return this.post<Runtime.EvaluateReturnType>('Runtime.evaluate', { expression })?.result.objectId
    } finally {
      Reflect.deleteProperty(globalThis, key)
    }
  }

  private idOfError(): string | undefined {
    const properties = this.post<Runtime.GetPropertiesReturnType>('Runtime.getProperties', {
      objectId: this.holderId,
      ownProperties: true,
    })
    return properties?.result[0]?.value?.objectId
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

/**
 * An error with a text of its own, so that the program's `prepareStackTrace` is never asked for one:
 * older V8 formats at once, newer V8 when the text is first read.
 */
function errorHere(): Error {
  return withStackSettings(
    1,
    () => '',
    () => Object.defineProperty(new Error(), 'stack', { value: '' }),
  )
}

function framesOf(trace: Runtime.StackTrace | undefined): RawFrame[] {
  const frames: RawFrame[] = []
  for (let part = trace; part !== undefined; part = part.parent)
    for (const { url, lineNumber, columnNumber, functionName } of part.callFrames)
      frames.push(...userFrame(url, lineNumber + 1, columnNumber + 1, functionName, part !== trace))
  return frames
}

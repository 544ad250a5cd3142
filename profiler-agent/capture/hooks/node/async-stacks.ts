// Stacks across awaits, timers and callbacks, by V8's own async stack tagging through the in-process inspector.
// Only the inspector's Runtime domain is used: no port, no pauses, and breakpoints of an attached debugger stay its own.

import type { Runtime, Session } from 'node:inspector'
import { type RawFrame, rawFrame, withStackSettings } from './call-stack'

/** What js-debug sets too; a debugger that asks for more gets more, the larger one counts. */
const MAX_ASYNC_DEPTH = 32
const MAX_FRAMES = 200

/** The typings do not know `Runtime.getExceptionDetails` yet. */
interface ExceptionDetailsAnswer {
  readonly exceptionDetails?: Runtime.ExceptionDetails
}

export class AsyncStacks {
  private session: Session | undefined
  private holderId: string | undefined
  /** V8 hands out ids of what it can reach from this object, so that no script is compiled per call. */
  private readonly holder: { error: Error | undefined } = { error: undefined }

  get isEnabled(): boolean {
    return this.holderId !== undefined
  }

  /** From now on V8 remembers where async work was started: about 5 µs an `await`. Fails open where there is no inspector. */
  enable(): void {
    if (this.session !== undefined) return
    try {
      // Required late: most programs never need it.
      const { Session } = require('node:inspector') as typeof import('node:inspector')
      this.session = new Session()
      this.session.connect()
      this.releaseWhatIsReported()
      this.post('Runtime.enable')
      this.post('Runtime.setAsyncCallStackDepth', { maxDepth: MAX_ASYNC_DEPTH })
      this.holderId = this.idOfHolder()
    } catch {
      // No inspector in this build, or no permission: `Error.stack` has to do.
    }
  }

  /** Frames of the running code and of what led to it, innermost first. */
  capture(): readonly RawFrame[] {
    this.holder.error = errorHere()
    const id = this.idOfError()
    this.holder.error = undefined
    if (id === undefined) return []
    const details = this.post<ExceptionDetailsAnswer>('Runtime.getExceptionDetails', {
      errorObjectId: id,
    })
    this.post('Runtime.releaseObject', { objectId: id })
    return framesOf(details?.exceptionDetails?.stackTrace)
  }

  /** A session is told of each console message and exception, and would keep their values alive. */
  private releaseWhatIsReported(): void {
    const release = () => this.post('Runtime.releaseObjectGroup', { objectGroup: 'console' })
    this.session?.on('Runtime.consoleAPICalled', release)
    this.session?.on('Runtime.exceptionThrown', release)
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
  for (let part = trace, isAsync = false; part !== undefined; part = part.parent, isAsync = true)
    for (const frame of part.callFrames) {
      if (frames.length >= MAX_FRAMES) return frames
      frames.push(
        rawFrame(frame.url, frame.lineNumber + 1, frame.columnNumber + 1, frame.functionName, isAsync),
      )
    }
  return frames
}

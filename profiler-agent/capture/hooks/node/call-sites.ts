// The user's own line of the call that is being made: which kind of stack to read, and when to start paying for deep ones.

import { encodeFrame, joinFrames } from '../../../model/call-site'
import { AsyncStacks } from './async-stacks'
import { type RawFrame, readStack } from './call-stack'
import { watchForSdk } from './sdk-detection'
import type { CallSiteMode } from './settings'
import { mapFrame } from './source-maps'

/** Places of which the text in the header is kept. */
const MAX_TEXTS = 2000

export class CallSites {
  private readonly asyncStacks = new AsyncStacks()
  /** Whether the program is known to use a model SDK. */
  isSdkLoaded = false
  private readonly texts = new Map<string, string | undefined>()

  constructor(private readonly mode: CallSiteMode) {
    if (mode === 'deep') this.asyncStacks.enable()
    watchForSdk(() => {
      this.isSdkLoaded = true
      if (mode === 'auto') this.asyncStacks.enable()
    })
  }

  /** Header text of the user's frames, innermost first; empty when there are none or they are not wanted. */
  current(): string {
    if (this.mode === 'off') return ''
    const frames = this.asyncStacks.isEnabled ? this.asyncStacks.capture() : this.shallow()
    return joinFrames(frames.map((frame) => this.textOf(frame)))
  }

  /** A program makes its calls from few places, again and again. */
  private textOf(frame: RawFrame): string | undefined {
    const key = `${frame.script}:${frame.line}:${frame.column}:${frame.function}`
    if (!this.texts.has(key)) {
      if (this.texts.size >= MAX_TEXTS) this.texts.clear()
      this.texts.set(key, encodeFrame(mapFrame(frame)))
    }
    return this.texts.get(key)
  }

  private shallow(): readonly RawFrame[] {
    const frames = readStack()
    // An `await` between the user's line and the call can hide a helper that is not async, so only plain frames count.
    if (this.mode === 'auto' && !frames.some((frame) => !frame.isAsync)) this.asyncStacks.enable()
    return frames
  }
}

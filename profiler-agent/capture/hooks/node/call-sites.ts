// The user's own line of the call that is being made: which kind of stack to read, and when to start paying for deep ones.

import { encodeFrame, joinFrames } from '../../../model/call-site'
import { AsyncStacks } from './async-stacks'
import { type RawFrame, readStack } from './call-stack'
import { isHolding, stackWithHeld } from './held-stack'
import { type SdkPlace, watchForSdk } from './sdk-detection'
import { holdAtEntries } from './sdk-modules'
import type { CallSiteMode } from './settings'
import { mapFrame } from './source-maps'

/** Places of which the text in the header is kept. */
const MAX_TEXTS = 2000

/** So many calls in a row without a line, and deep stacks are not what this program needs. */
const MAX_DEEP_IN_VAIN = 20

export class CallSites {
  private readonly asyncStacks = new AsyncStacks()
  private deepInVain = 0
  private isBundled = false
  /** Whether the program is known to use a model SDK. */
  isSdkLoaded = false
  private readonly texts = new Map<string, string | undefined>()

  constructor(private readonly mode: CallSiteMode) {
    if (mode === 'deep') this.asyncStacks.enable()
    watchForSdk((place) => {
      this.isSdkLoaded ||= place !== 'client'
      if (mode === 'auto') this.prepareFor(place)
    })
  }

  /**
   * Header text of the user's frames, innermost first; empty when there are none or they are not wanted. `isQuestion`: the call asks
   * a model, which no timer of an SDK does by itself.
   */
  current(isQuestion: boolean): string {
    if (this.mode === 'off') return ''
    const frames = this.frames()
    // An SDK that we do not know: from the next call on its line is found.
    if (isQuestion && frames.length === 0 && this.mode === 'auto' && this.deepInVain < MAX_DEEP_IN_VAIN)
      this.asyncStacks.enable()
    return joinFrames(frames.map((frame) => this.textOf(frame)))
  }

  private prepareFor(place: SdkPlace): void {
    this.isBundled ||= place === 'bundle'
    const isHeld = (place === 'modules' || place === 'client') && holdAtEntries()
    if (!isHeld) this.asyncStacks.enable()
  }

  private frames(): readonly RawFrame[] {
    // In a bundle nobody can tell the SDK's frames from the user's: those that are held may all be the SDK's.
    const isHeld = isHolding() && !this.isBundled
    if (this.asyncStacks.isEnabled && !isHeld) return this.deep()
    if (this.mode === 'light') return readStack(readStack).frames
    return stackWithHeld()
  }

  private deep(): readonly RawFrame[] {
    const frames = this.asyncStacks.capture()
    if (frames.length > 0) this.deepInVain = 0
    else if (++this.deepInVain >= MAX_DEEP_IN_VAIN && this.mode === 'auto') this.asyncStacks.disable()
    return frames.length > 0 ? frames : stackWithHeld()
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
}

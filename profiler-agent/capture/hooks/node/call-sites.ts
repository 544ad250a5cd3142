// The user's own line of the call that is being made: which kind of stack to read, and when to start paying for deep ones.

import { encodeCallSite } from '../../../model/call-site'
import { AsyncStacks } from './async-stacks'
import { type RawFrame, readStack } from './call-stack'
import { watchForSdk } from './sdk-detection'
import type { CallSiteMode } from './settings'
import { mapFrame } from './source-maps'

export class CallSites {
  private readonly asyncStacks = new AsyncStacks()

  constructor(private readonly mode: CallSiteMode) {
    if (mode === 'deep') this.asyncStacks.enable()
    if (mode === 'auto') watchForSdk(() => this.asyncStacks.enable())
  }

  /** Header text of the user's frames, innermost first; empty when there are none or they are not wanted. */
  current(): string {
    if (this.mode === 'off') return ''
    const frames = this.asyncStacks.isEnabled ? this.asyncStacks.capture() : this.shallow()
    return encodeCallSite(frames.map(mapFrame))
  }

  private shallow(): readonly RawFrame[] {
    const frames = readStack()
    // An `await` between the user's line and the call can hide a helper that is not async, so only plain frames count.
    if (this.mode === 'auto' && !frames.some((frame) => !frame.isAsync)) this.asyncStacks.enable()
    return frames
  }
}

// The user's frames at which the program entered a model SDK, for as long as what it called there goes on: SDKs make their requests
// later, from timers and callbacks whose own stack has forgotten who asked.

import type { AsyncLocalStorage } from 'node:async_hooks'
import { type RawFrame, readStack } from './call-stack'
import { withoutOurFrames } from './own-frames'

type Frames = readonly RawFrame[]
type Method = (...args: never) => unknown

/** More of the innermost frames than anybody reads. */
const MAX_HELD = 100

let storage: AsyncLocalStorage<Frames> | undefined

/** The user's frames that led to the running code, innermost first: those of its own stack, and those at which it entered SDKs. */
export function stackWithHeld(): Frames {
  return joined(readStack(readStack), storage?.getStore() ?? [])
}

/** True while an entry calls others: it is the one that the user called. */
let isEntering = false

/** An object's method, so that its name survives the build: by it `readStack` knows an entry. */
const { enterSdk } = {
  enterSdk(method: Method, self: unknown, args: unknown[]): unknown {
    if (isEntering) return Reflect.apply(method, self, args)
    const held = storage?.getStore()
    const frames = framesToHold(held ?? [])
    if (frames === undefined) return withoutOurFrames(() => Reflect.apply(method, self, args))
    const store = theStorage()
    isEntering = true
    // Not `run`, which would stand in the stacks that the program prints.
    store.enterWith(frames)
    try {
      return withoutOurFrames(() => Reflect.apply(method, self, args))
    } finally {
      isEntering = false
      store.enterWith(held as Frames)
    }
  },
}

const ENTRY: ProxyHandler<Method> = { apply: enterSdk }

/** The same function, for `this`, arguments, answer and name; what it starts knows from where it was called. */
export function asEntry<Entry>(method: Entry): Entry {
  return typeof method === 'function'
    ? (new Proxy(method as unknown as Method, ENTRY) as unknown as Entry)
    : method
}

/** Undefined where nothing of the user's has been entered through since the last entry. Throws nothing. */
function framesToHold(held: Frames): Frames | undefined {
  try {
    const stack = readStack(enterSdk)
    const frames = stack.frames.length === 0 ? held : joined(stack, held)
    return frames === held ? undefined : frames
  } catch {
    // Frozen intrinsics, for one: what follows is found by its own stack, if at all.
    return undefined
  }
}

/** `held` itself where the stack adds nothing to it. */
function joined({ frames, isInEntry }: ReturnType<typeof readStack>, held: Frames): Frames {
  const inside = isInEntry ? frames : frames.slice(0, startOfOutside(frames, held))
  if (inside.length === 0) return held
  return held.length === 0 ? inside : [...inside, ...held].slice(0, MAX_HELD)
}

/**
 * Where an unbroken chain of awaits leads out of the entry, the end of the stack shows the held frames again, though each at its
 * `await`, and without those that were not async. Code that runs now, and not below an entry, is a callback inside of it.
 */
function startOfOutside(frames: Frames, held: Frames): number {
  const firstAwaiting = frames.findIndex(({ isAsync }) => isAsync)
  for (let at = firstAwaiting; at >= 0 && at < frames.length; at++)
    if (isPartOf(frames.slice(at), held)) return at
  return frames.length
}

function isPartOf(frames: Frames, held: Frames): boolean {
  let next = 0
  for (const frame of held) {
    const wanted = frames[next]
    if (wanted !== undefined && wanted.script === frame.script && wanted.function === frame.function) next++
  }
  return next === frames.length
}

function theStorage(): AsyncLocalStorage<Frames> {
  if (storage === undefined) {
    const { AsyncLocalStorage } = require('node:async_hooks') as typeof import('node:async_hooks')
    storage = new AsyncLocalStorage()
  }
  return storage
}

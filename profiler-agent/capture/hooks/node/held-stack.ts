// The user's frames at which the program entered a model SDK, for as long as what it called there goes on: SDKs make their requests
// later, from timers and callbacks whose own stack has forgotten who asked.

import type { AsyncLocalStorage } from 'node:async_hooks'
import { type RawFrame, readStack } from './call-stack'
import { hideOurFrames } from './own-frames'

type Frames = readonly RawFrame[]
type Method = (...args: never) => unknown

/** More of the innermost frames than anybody reads. */
const MAX_HELD = 100

const NOTHING: Frames = []

let storage: AsyncLocalStorage<Frames> | undefined

const heldNow = (): Frames => storage?.getStore() ?? NOTHING

/** The user's frames that led to the running code, innermost first: those of its own stack, and those at which it entered SDKs. */
export function stackWithHeld(): Frames {
  return joined(readStack(readStack), heldNow())
}

/** True while an entry calls others: it is the one that the user called. */
let isEntering = false

/** By the handler of its answer: frames of a request that may have to wait for a connection, and is made when one is free. */
const waiting = new WeakMap<object, Frames>()

/** True in what an entry started. */
export function isHolding(): boolean {
  return heldNow().length > 0
}

/**
 * Methods of an object, so that their names survive the build: by them `readStack` knows an entry. Each calls by itself: what fails
 * before the first `await` shows the program one line of ours.
 */
const entries = {
  enterSdk(method: Method, self: unknown, args: unknown[]): unknown {
    const leave = hold(isEntering ? heldNow() : newFrames(entries.enterSdk))
    try {
      return Reflect.apply(method, self, args)
    } catch (error) {
      hideOurFrames(error)
      throw error
    } finally {
      leave()
    }
  },
  enterQueue(method: Method, self: unknown, args: unknown[]): unknown {
    const leave = hold(framesOfWaiting(args[1]))
    try {
      return Reflect.apply(method, self, args)
    } catch (error) {
      hideOurFrames(error)
      throw error
    } finally {
      leave()
    }
  },
}

/**
 * The same function, for `this`, arguments, answer and name; what it starts knows from where it was called. One with a queue,
 * `method(options, handler)`, is called again by the queue, from anywhere.
 */
export function asEntry<Entry>(method: Entry, hasQueue = false): Entry {
  if (typeof method !== 'function') return method
  const apply = hasQueue ? entries.enterQueue : entries.enterSdk
  return new Proxy(method as unknown as Method, { apply }) as unknown as Entry
}

/** From now on what is started has these frames, until it is left. */
function hold(frames: Frames): () => void {
  const before = heldNow()
  const wasEntering = isEntering
  isEntering = true
  // Not `run`, which would stand in the stacks that the program prints.
  if (frames !== before) theStorage().enterWith(frames)
  return () => {
    isEntering = wasEntering
    if (frames !== before) theStorage().enterWith(before)
  }
}

/** Those with which a request came for the first time. */
function framesOfWaiting(handler: unknown): Frames {
  const isKey = typeof handler === 'object' && handler !== null
  const known = isKey ? waiting.get(handler) : undefined
  const frames = known ?? (isEntering ? heldNow() : newFrames(entries.enterQueue))
  if (isKey) waiting.set(handler, frames)
  return frames
}

/** Those held already where nothing of the user's has been entered through since the last entry. Throws nothing. */
function newFrames(entry: Method): Frames {
  const held = heldNow()
  try {
    const stack = readStack(entry)
    return stack.frames.length === 0 ? held : joined(stack, held)
  } catch {
    // Frozen intrinsics, for one: what follows is found by its own stack, if at all.
    return held
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

// Notes on runs that wait until the worker has noted them, in order and within bounds. Knows no threads.

import type { DeclaredSpan } from './model/record'
import type { RunNote } from './worker-messages'

/** A program that declares spans faster than they are stored loses some, rather than all of the machine's memory. */
const MAX_NOTES = 20_000
const MAX_BYTES = 64 * 1024 * 1024
/** Declared spans in one message and one transaction: little enough that others get their turn. */
const MAX_SPANS_TOGETHER = 100

export interface WaitingNote {
  readonly id: number
  note: RunNote
  /** Number of the latest exchange before it. */
  readonly after: number
  isPosted: boolean
  /** About. */
  bytes: number
}

export class WaitingNotes {
  readonly #notes = new Map<number, WaitingNote>()
  #latest: WaitingNote | undefined
  #bytes = 0
  #nextId = 1
  #isDropping = false

  /** `onDrop` is called once when notes begin to be dropped, and again only after all were noted. */
  constructor(
    readonly onDrop: () => void,
    readonly maxNotes = MAX_NOTES,
    readonly maxBytes = MAX_BYTES,
  ) {}

  /** What is said of runs themselves is never dropped: it is little, and calls need it. */
  add(note: RunNote, after: number): void {
    const bytes = sizeOf(note)
    const isDroppable = note.type !== 'run' && note.type !== 'runEnd'
    if (isDroppable && !this.#makeRoom(bytes)) return
    const id = this.#nextId++
    this.#latest = { id, note, after, isPosted: false, bytes }
    this.#notes.set(id, this.#latest)
    this.#bytes += bytes
  }

  /** Spans that are declared one after the other, without a call between them, are one note. */
  addSpan(span: DeclaredSpan, after: number): void {
    const last = this.#latest
    const isOpen = last?.isPosted === false && last.after === after && this.#notes.has(last.id)
    if (!isOpen || last.note.type !== 'spans' || last.note.spans.length >= MAX_SPANS_TOGETHER) {
      this.add({ type: 'spans', spans: [span] }, after)
      return
    }
    const bytes = sizeOf(span)
    if (!this.#makeRoom(bytes) || !this.#notes.has(last.id)) return
    last.note = { type: 'spans', spans: [...last.note.spans, span] }
    last.bytes += bytes
    this.#bytes += bytes
  }

  /** In order; none may be deleted meanwhile. */
  values(): Iterable<WaitingNote> {
    return this.#notes.values()
  }

  delete(id: number): void {
    this.#bytes -= this.#notes.get(id)?.bytes ?? 0
    this.#notes.delete(id)
    if (this.#notes.size === 0) this.#isDropping = false
  }

  clear(): void {
    this.#notes.clear()
    this.#bytes = 0
  }

  /** Drops the oldest; what was posted already takes its room until it is noted, and if that is all, the new one is dropped. */
  #makeRoom(bytes: number): boolean {
    const isFull = () => this.#notes.size >= this.maxNotes || this.#bytes + bytes > this.maxBytes
    if (!isFull()) return true
    if (!this.#isDropping) this.onDrop()
    this.#isDropping = true
    for (const { id, note, isPosted } of this.#notes.values()) {
      if (isPosted || note.type === 'run' || note.type === 'runEnd') continue
      this.delete(id)
      if (!isFull()) return true
    }
    return false
  }
}

function sizeOf(value: RunNote | DeclaredSpan): number {
  return JSON.stringify(value).length
}

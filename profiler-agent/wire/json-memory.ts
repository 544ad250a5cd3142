// Reads JSON bodies of which most begin like an earlier one: what stands again at its place in a list is the value that it was before.

import { commonBeginning } from '../model/common-beginning'
import { decodeJson, isObject, type JsonObject, type JsonReading } from './json'
import { type Elements, endOfElement, visitLists } from './json-lists'
import { textOfUtf8, withoutByteOrderMark } from './utf8'

/** The list under a key of a body: element `i` is `text.slice(starts[i], ends[i])` and `values[i]`. */
interface List {
  readonly starts: number[]
  readonly ends: number[]
  values: unknown[]
}

/** Elements from `index` up to `to`, which stand `shift` characters further on. */
interface Known {
  readonly index: number
  readonly to: number
  readonly shift: number
}

interface Body {
  readonly text: string
  readonly lists: ReadonlyMap<string, List>
}

/** Shorter bodies are parsed in no time. */
const LEAST_CHARACTERS = 2_000
/** Of all bodies that are remembered; a longer one is not. */
const MOST_CHARACTERS = 8_000_000
/** As many conversations at a time are gone on with; each one costs a look for what is new in another. */
const MOST_BODIES = 16

/**
 * Reads bodies as `decodeJson` does, and shares what they have in common: an element of a list in the outermost object that
 * is letter by letter what stood at the same place of an earlier body is the very same value. Values must not be changed.
 */
export class JsonMemory {
  /** Latest first. */
  #bodies: readonly Body[] = []

  decode(source: Uint8Array): JsonReading {
    const text = textOfUtf8(withoutByteOrderMark(source))
    if (text.length < LEAST_CHARACTERS || text.length > MOST_CHARACTERS) return decodeJson(text)
    const comparison = new Comparison(text, this.#bodies)
    const hasLists = visitLists(text, (key, index, start) => comparison.element(key, index, start))
    const value = hasLists ? comparison.value() : undefined
    if (value === undefined) return decodeJson(text)
    this.#remember({ text, lists: comparison.lists })
    return { ok: true, value }
  }

  #remember(body: Body): void {
    const others = this.#bodies.filter((earlier) => !isBeginning(earlier.lists, body.lists))
    let room = MOST_CHARACTERS
    this.#bodies = [body, ...others].slice(0, MOST_BODIES).filter(({ text }) => {
      room -= text.length
      return room >= 0
    })
  }
}

/** Whether all elements of a body stand in a later one: nobody needs it any more. */
function isBeginning(earlier: Body['lists'], later: Body['lists']): boolean {
  return [...earlier].every(
    ([key, { values }]) => commonBeginning(values, later.get(key)?.values ?? []) === values.length,
  )
}

/** Stands for the value of an element that no earlier body has. */
const NEW = Symbol('new')

/** A body while its lists are compared with those of earlier ones. */
class Comparison {
  readonly lists = new Map<string, List>()
  #hasKnown = false
  /** The earlier body that this one goes on like. */
  #likest: Body | undefined

  constructor(
    readonly text: string,
    readonly earlier: readonly Body[],
  ) {
    this.#likest = earlier[0]
  }

  /** Takes an element, and what follows it as far as an earlier body has the same. */
  element(key: string, index: number, start: number): Elements {
    for (const body of this.#bodies()) {
      const known = body.lists.get(key)
      const from = known?.starts[index]
      if (known === undefined || from === undefined) continue
      const to = this.#sameUpTo(body.text, known, index, start - from)
      if (to === index) continue
      this.#likest = body
      return this.#addKnown(key, known, { index, to, shift: start - from })
    }
    const end = endOfElement(this.text, start)
    if (end >= 0) this.#add(key, start, end, NEW)
    return { count: 1, end }
  }

  *#bodies(): Generator<Body> {
    if (this.#likest) yield this.#likest
    for (const body of this.earlier) if (body !== this.#likest) yield body
  }

  /** Up to which element of a list this text is that of an earlier body, `shift` characters further on; `index` where none is. */
  #sameUpTo(text: string, { starts, ends }: List, index: number, shift: number): number {
    let [same, most, probe] = [index, ends.length, index + 1]
    while (same < most) {
      const from = same === index ? starts[index] : ends[same - 1]
      if (this.#isSame(text, from ?? 0, ends[probe - 1] ?? 0, shift)) same = probe
      else most = probe - 1
      // Behind an element that is the same mostly all are, or all but the last: cache marks wander.
      const isFirst = same === index + 1 && most === ends.length
      probe = isFirst ? most : same + Math.ceil((most - same) / 2)
    }
    return same
  }

  #isSame(text: string, from: number, to: number, shift: number): boolean {
    const next = this.text[to + shift]
    if (next !== ',' && next !== ']') return false
    return this.text.slice(from + shift, to + shift) === text.slice(from, to)
  }

  #addKnown(key: string, { starts, ends, values }: List, { index, to, shift }: Known): Elements {
    for (let at = index; at < to; at++)
      this.#add(key, (starts[at] ?? 0) + shift, (ends[at] ?? 0) + shift, values[at])
    return { count: to - index, end: (ends[to - 1] ?? 0) + shift }
  }

  #add(key: string, start: number, end: number, value: unknown): void {
    const list = this.lists.get(key) ?? { starts: [], ends: [], values: [] }
    this.lists.set(key, list)
    list.starts.push(start)
    list.ends.push(end)
    list.values.push(value)
    this.#hasKnown ||= value !== NEW
  }

  /** The value of the body; `undefined` for what is not JSON after all. */
  value(): JsonObject | undefined {
    try {
      const value: unknown = JSON.parse(this.#hasKnown ? this.#withoutElements() : this.text)
      if (!isObject(value)) return undefined
      for (const [key, list] of this.lists) if (!this.#join(value[key], list)) return undefined
      return value
    } catch {
      // The caller finds out what is wrong with it.
      return undefined
    }
  }

  #withoutElements(): string {
    let rest = ''
    let from = 0
    for (const { starts, ends } of this.lists.values()) {
      rest += this.text.slice(from, starts[0])
      from = ends.at(-1) ?? from
    }
    return rest + this.text.slice(from)
  }

  /** Puts elements into the list of the value that lacks them; where they were parsed with everything else, they are taken out of it. */
  #join(elements: unknown, list: List): boolean {
    if (!Array.isArray(elements)) return false
    if (this.#hasKnown)
      for (const [index, value] of list.values.entries())
        elements.push(
          value === NEW ? JSON.parse(this.text.slice(list.starts[index], list.ends[index])) : value,
        )
    list.values = elements
    return elements.length === list.starts.length
  }
}

// Texts in order, none the beginning of another: finds those with a given beginning. Changes as texts come and go.

const HEADS = 4096

export class SortedForms {
  readonly #forms: string[] = []
  /** 1 where two characters begin one of them, by `headOf`; stays when a form goes. */
  readonly #heads = new Uint8Array(HEADS)
  #longest = 0

  /** Length of the longest that ever was in it. */
  get longest(): number {
    return this.#longest
  }

  at(index: number): string {
    return this.#forms[index] ?? ''
  }

  /** Whoever finds the shorter of two that begin alike has found the longer one's beginning, which is enough. */
  add(form: string): void {
    const at = this.#placeOf(form)
    const before = this.#forms[at - 1]
    if (before !== undefined && form.startsWith(before)) return
    let longer = at
    while (this.#forms[longer]?.startsWith(form)) longer++
    this.#forms.splice(at, longer - at, form)
    this.#heads[headOf(form, 0, form.length)] = 1
    this.#heads[headOf(form, 0, 1)] = 1
    this.#longest = Math.max(this.#longest, form.length)
  }

  delete(form: string): void {
    const at = this.#placeOf(form)
    if (this.#forms[at] === form) this.#forms.splice(at, 1)
  }

  /** Place of the first with this beginning. */
  firstWith(beginning: string): number | undefined {
    const at = this.#placeOf(beginning)
    return this.#forms[at]?.startsWith(beginning) ? at : undefined
  }

  /** Whether one of them is the beginning of this text, or the text itself. */
  isWhole(text: string): boolean {
    const at = this.#placeOf(text)
    const before = this.#forms[at - 1]
    return this.#forms[at] === text || (before !== undefined && text.startsWith(before))
  }

  /** A first look: false where none begins as the text does from there up to `to`. */
  mayBegin(text: string, from: number, to: number): boolean {
    return this.#heads[headOf(text, from, to)] === 1
  }

  /** Where it stands or would stand. */
  #placeOf(form: string): number {
    let low = 0
    let high = this.#forms.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#forms[middle] ?? '') < form) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Of one character, that one and none. */
function headOf(text: string, from: number, to: number): number {
  return (text.charCodeAt(from) * 67 + (from + 1 < to ? text.charCodeAt(from + 1) : 0)) % HEADS
}

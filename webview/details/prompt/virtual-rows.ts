// A list of rows of any height of which only those on screen are in the document. It knows nothing of what they show.

import { element } from '../../element'

export interface VirtualRow {
  /** The same row keeps its key, and with it its height and its place. */
  readonly key: string
  /** CSS pixels; what it really is, is measured when it is seen. */
  readonly height: number
  readonly render: () => HTMLElement
}

/** Above and below what is seen, so that a slow wheel never shows an empty place. CSS pixels. */
const MARGIN = 300

export class VirtualRows {
  readonly element: HTMLElement
  readonly #space = element('div', { class: 'virtual-space', role: 'presentation' })
  readonly #shown = new Map<string, HTMLElement>()
  /** Measured, by key. */
  readonly #heights = new Map<string, number>()
  #rows: readonly VirtualRow[] = []
  /** `#tops[i]` is where row `i` begins, the last entry where all end. */
  #tops = new Float64Array(1)
  #kept: string | undefined
  #width = 0
  /** Where it was scrolled to: what is taken out of the document forgets it. */
  #scrolled = 0
  #isAway = true

  constructor(attributes: Readonly<Record<string, string>>) {
    this.element = element('div', { class: 'virtual-rows', ...attributes }, this.#space)
    this.element.addEventListener('scroll', () => this.#onScroll(), { passive: true })
    new ResizeObserver(() => this.#resized()).observe(this.element)
  }

  /** Rows whose key was there before stay as they are drawn, unless `redraw` names them. */
  show(rows: readonly VirtualRow[], redraw: (key: string) => boolean = () => true): void {
    this.#rows = rows
    for (const [key, shown] of this.#shown) if (redraw(key)) this.#drop(key, shown)
    this.#place()
    this.#fill()
  }

  /** The row stays in the document wherever it is scrolled to: it has the focus. */
  keep(key: string | undefined): void {
    this.#kept = key
  }

  /** Scrolls as little as needed; `start` puts the row at the top. */
  reveal(key: string, where: 'nearest' | 'start' = 'nearest'): HTMLElement | undefined {
    const index = this.#rows.findIndex((row) => row.key === key)
    if (index < 0) return undefined
    // What is drawn on the way is measured and moves the row: it settles with the second look.
    for (let look = 0; look < 3; look++) {
      this.#scrollTo(index, where)
      this.#fill()
    }
    return this.#shown.get(key)
  }

  scrollToTop(): void {
    this.#scroll(0)
    this.#fill()
  }

  rowOf(key: string): HTMLElement | undefined {
    return this.#shown.get(key)
  }

  #scrollTo(index: number, where: 'nearest' | 'start'): void {
    const { scrollTop, clientHeight } = this.element
    const [top = 0, bottom = 0] = [this.#tops[index], this.#tops[index + 1]]
    if (where === 'start' || top < scrollTop) this.#scroll(top)
    else if (bottom > scrollTop + clientHeight) this.#scroll(Math.min(top, bottom - clientHeight))
  }

  #scroll(top: number): void {
    this.element.scrollTop = top
    this.#scrolled = top
    if (this.element.isConnected) this.#isAway = false
  }

  #onScroll(): void {
    if (this.#isAway) return
    this.#scrolled = this.element.scrollTop
    this.#fill()
  }

  #resized(): void {
    const { clientWidth: width, clientHeight: height } = this.element
    if (height === 0) {
      this.#isAway = true
      return
    }
    // Lines break elsewhere in another width.
    if (width !== this.#width) this.#heights.clear()
    this.#width = width
    if (this.#isAway) this.#scroll(this.#scrolled)
    this.#measure()
    this.#fill()
  }

  #place(): void {
    const tops = new Float64Array(this.#rows.length + 1)
    for (const [index, { key, height }] of this.#rows.entries())
      tops[index + 1] = (tops[index] ?? 0) + (this.#heights.get(key) ?? height)
    this.#tops = tops
    this.#space.style.height = `${tops[this.#rows.length] ?? 0}px`
  }

  #fill(): void {
    const { scrollTop, clientHeight } = this.element
    if (clientHeight === 0) return
    const first = this.#indexAt(scrollTop - MARGIN)
    const last = this.#indexAt(scrollTop + clientHeight + MARGIN)
    const wanted = new Set<string>()
    let isNew = false
    let before: HTMLElement | undefined
    for (let index = 0; index < this.#rows.length; index++) {
      if (index < first) index = this.#skipTo(index, first)
      if (index > last) index = this.#skipTo(index, this.#rows.length)
      const row = this.#rows[index]
      if (!row) break
      wanted.add(row.key)
      const shown = this.#shown.get(row.key)
      isNew ||= shown === undefined
      const now = shown ?? this.#draw(row)
      // In the order of the rows, which is the order in which they are read and reached by Tab.
      if (before ? before.nextSibling !== now : this.#space.firstChild !== now)
        if (before) before.after(now)
        else this.#space.prepend(now)
      now.style.transform = `translateY(${this.#tops[index] ?? 0}px)`
      before = now
    }
    for (const [key, shown] of this.#shown) if (!wanted.has(key)) this.#drop(key, shown)
    if (isNew && this.#measure()) this.#fill()
  }

  /** The row that is kept, where it lies on the way, else the end of the way. */
  #skipTo(from: number, to: number): number {
    if (this.#kept === undefined) return to
    for (let index = from; index < to; index++) if (this.#rows[index]?.key === this.#kept) return index
    return to
  }

  #draw(row: VirtualRow): HTMLElement {
    const drawn = row.render()
    drawn.classList.add('virtual-row')
    this.#shown.set(row.key, drawn)
    return drawn
  }

  #drop(key: string, shown: HTMLElement): void {
    shown.remove()
    this.#shown.delete(key)
  }

  /** True where a row is not as high as it was thought to be. What is seen stays where it is. */
  #measure(): boolean {
    const anchor = this.#indexAt(this.element.scrollTop)
    const offset = this.element.scrollTop - (this.#tops[anchor] ?? 0)
    let isOther = false
    for (const [key, shown] of this.#shown) {
      const height = shown.offsetHeight
      if (height === 0 || this.#heights.get(key) === height) continue
      this.#heights.set(key, height)
      isOther = true
    }
    if (!isOther) return false
    this.#place()
    const scrollTop = (this.#tops[anchor] ?? 0) + offset
    if (this.element.scrollTop !== scrollTop) this.element.scrollTop = scrollTop
    return true
  }

  /** The row at a height; the first or last one beyond the ends. */
  #indexAt(top: number): number {
    let [from, to] = [0, Math.max(0, this.#rows.length - 1)]
    while (from < to) {
      const middle = (from + to + 1) >> 1
      if ((this.#tops[middle] ?? 0) <= top) from = middle
      else to = middle - 1
    }
    return from
  }
}

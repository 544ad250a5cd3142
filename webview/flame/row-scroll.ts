// How far the rows are scrolled up, where there are more than fit below the axis. CSS pixels.

export interface RowSizes {
  readonly rowHeight: number
  /** Of all rows together. */
  readonly contentHeight: number
  /** Of the part of them that can be seen. */
  readonly shownHeight: number
}

export class RowScroll {
  #top = 0

  constructor(private readonly sizes: () => RowSizes) {}

  get top(): number {
    return this.#top
  }

  /** Whether rows are hidden in the direction of `pixels` (down is positive). */
  can(pixels: number): boolean {
    return pixels > 0 ? this.#top < this.#limit : this.#top > 0
  }

  by(pixels: number) {
    this.#top = Math.min(this.#limit, Math.max(0, this.#top + pixels))
  }

  /** Just so far that a row can be seen. */
  toRow(row: number) {
    const { rowHeight, shownHeight } = this.sizes()
    const top = row * rowHeight
    if (top < this.#top) this.by(top - this.#top)
    else if (top + rowHeight > this.#top + shownHeight) this.by(top + rowHeight - shownHeight - this.#top)
  }

  get #limit(): number {
    const { contentHeight, shownHeight } = this.sizes()
    return Math.max(0, contentHeight - shownHeight)
  }
}

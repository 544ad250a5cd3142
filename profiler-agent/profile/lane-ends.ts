// Lanes beside each other, and which of them is free at a time. Finds the topmost free one without looking at all of them.

/** A tournament: each inner place holds the earliest end of the lanes below it, so that the way down to a free lane is short. */
export class LaneEnds {
  #count = 0
  /** A power of two; lane `i` is at `#room + i`. Places without a lane end never. */
  #room = 1
  #earliest = new Float64Array(2).fill(Number.POSITIVE_INFINITY)
  /** By lane: how far its last one may reach into the next. */
  readonly #noise: number[] = []

  clear() {
    // One place again, however many there were: this is asked for every span that has children.
    this.#room = 1
    this.#earliest[1] = Number.POSITIVE_INFINITY
    this.#count = 0
  }

  /** The first lane that has ended by `start`, or a new one; it is taken until `end`. Two in one lane may overlap by the smaller `noise` of them. */
  take(start: number, end: number, noise: number): number {
    const lane = this.#almostFree(start, noise) ?? this.#free(start) ?? this.#add()
    this.#set(lane, end)
    this.#noise[lane] = noise
    return lane
  }

  #almostFree(start: number, noise: number): number | undefined {
    const lane = this.#free(start + noise)
    if (lane === undefined) return undefined
    const overlap = (this.#earliest[this.#room + lane] ?? 0) - start
    return overlap <= (this.#noise[lane] ?? 0) ? lane : undefined
  }

  #add(): number {
    if (this.#count === this.#room) this.#grow()
    return this.#count++
  }

  #free(time: number): number | undefined {
    const earliest = this.#earliest
    if (!((earliest[1] ?? 0) <= time)) return undefined
    let place = 1
    while (place < this.#room) place = (earliest[place * 2] ?? 0) <= time ? place * 2 : place * 2 + 1
    return place - this.#room
  }

  #set(lane: number, end: number) {
    const earliest = this.#earliest
    let place = this.#room + lane
    earliest[place] = end
    for (place >>= 1; place >= 1; place >>= 1)
      earliest[place] = Math.min(earliest[place * 2] ?? 0, earliest[place * 2 + 1] ?? 0)
  }

  #grow() {
    const ends = this.#earliest.slice(this.#room, this.#room * 2)
    this.#room *= 2
    this.#earliest = new Float64Array(this.#room * 2).fill(Number.POSITIVE_INFINITY)
    for (const [lane, end] of ends.entries()) this.#set(lane, end)
  }
}

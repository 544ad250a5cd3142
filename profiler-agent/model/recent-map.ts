// A map that forgets what was set or asked for longest ago once it holds too much, so that a process that runs for weeks stays small.

interface Entry<Value> {
  readonly value: Value
  readonly weight: number
}

export class RecentMap<Key, Value> {
  readonly #entries = new Map<Key, Entry<Value>>()
  #weight = 0

  constructor(
    /** Weight beyond which the oldest goes. */
    readonly most: number,
    /** Of an entry, when it is set; without it each weighs 1. */
    readonly weigh: (value: Value, key: Key) => number = () => 1,
  ) {}

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key)
    // Putting it last costs a look-up or two, which matters only where something may be forgotten soon.
    if (entry && this.#weight > this.most / 2) {
      this.#entries.delete(key)
      this.#entries.set(key, entry)
    }
    return entry?.value
  }

  has(key: Key): boolean {
    return this.#entries.has(key)
  }

  set(key: Key, value: Value): void {
    this.delete(key)
    const weight = this.weigh(value, key)
    this.#entries.set(key, { value, weight })
    this.#weight += weight
    while (this.#weight > this.most && this.#entries.size > 1) this.#forgetOldest()
  }

  delete(key: Key): void {
    this.#weight -= this.#entries.get(key)?.weight ?? 0
    this.#entries.delete(key)
  }

  #forgetOldest(): void {
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.delete(oldest)
  }
}

// A map that forgets what was set or asked for longest ago once it holds too much, so that a process that runs for weeks stays small.

interface Entry<Key, Value> {
  readonly key: Key
  value: Value
  weight: number
  /** What was set or asked for before it and after it: a list, because to take a key out of a `Map` and put it in again makes it slow. */
  older: Entry<Key, Value> | undefined
  newer: Entry<Key, Value> | undefined
}

export class RecentMap<Key, Value> {
  readonly #entries = new Map<Key, Entry<Key, Value>>()
  #oldest: Entry<Key, Value> | undefined
  #newest: Entry<Key, Value> | undefined
  #weight = 0

  constructor(
    /** Weight beyond which the oldest goes. */
    readonly most: number,
    /** Of an entry, when it is set; without it each weighs 1. */
    readonly weigh: (value: Value, key: Key) => number = () => 1,
  ) {}

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry) this.#putLast(entry)
    return entry?.value
  }

  has(key: Key): boolean {
    return this.#entries.has(key)
  }

  set(key: Key, value: Value): void {
    const weight = this.weigh(value, key)
    const known = this.#entries.get(key)
    const entry = known ?? { key, value, weight, older: undefined, newer: undefined }
    this.#weight += weight - (known?.weight ?? 0)
    if (!known) this.#entries.set(key, entry)
    entry.value = value
    entry.weight = weight
    this.#putLast(entry)
    while (this.#weight > this.most && this.#oldest && this.#oldest !== entry) this.#forget(this.#oldest)
  }

  delete(key: Key): void {
    const entry = this.#entries.get(key)
    if (entry) this.#forget(entry)
  }

  #forget(entry: Entry<Key, Value>): void {
    this.#weight -= entry.weight
    this.#entries.delete(entry.key)
    this.#takeOut(entry)
  }

  #putLast(entry: Entry<Key, Value>): void {
    if (this.#newest === entry) return
    this.#takeOut(entry)
    entry.older = this.#newest
    if (this.#newest) this.#newest.newer = entry
    this.#newest = entry
    this.#oldest ??= entry
  }

  #takeOut(entry: Entry<Key, Value>): void {
    const { older, newer } = entry
    if (older) older.newer = newer
    if (newer) newer.older = older
    if (this.#oldest === entry) this.#oldest = newer
    if (this.#newest === entry) this.#newest = older
    entry.older = undefined
    entry.newer = undefined
  }
}

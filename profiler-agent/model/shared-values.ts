// Equal values as one object: what many calls say alike, such as their prices, is kept once.

import { RecentMap } from './recent-map'

/** So many different ones are known at a time; another one is kept as it comes. */
const REMEMBERED_VALUES = 64
/** Long ones are hardly alike, and to remember them would take what is to be saved. Characters of JSON. */
const LONGEST = 2_000

export class SharedValues<Value extends object> {
  readonly #known = new RecentMap<string, Value>(REMEMBERED_VALUES)

  /** The value, or an equal one that was here before. Of plain data, never to be changed. */
  one(value: Value): Value {
    const text = JSON.stringify(value)
    if (text.length > LONGEST) return value
    const known = this.#known.get(text)
    if (known) return known
    this.#known.set(text, value)
    return value
  }
}

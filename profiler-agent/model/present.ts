// Absent stays absent: objects without their undefined fields.

/** An object whose fields that could be undefined may be missing instead. */
type Present<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K]
}

/** The fields that are not undefined; `null` is a value and stays. */
export function present<T extends object>(fields: T): Present<T> {
  const kept: Record<string, unknown> = {}
  // Adapters call this for every block of every prompt; a loop is several times faster than entries.
  for (const name of Object.keys(fields) as (keyof T & string)[])
    if (fields[name] !== undefined) kept[name] = fields[name]
  return kept as Present<T>
}

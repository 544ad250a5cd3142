// Reads one JSON object key by key, with a complaint that names the place for whatever is not as expected.

import { isObject, type JsonObject } from './json'
import type { JsonPath } from './json-position'

/** Throws the caller's error for the value at `path`. */
export type FailAt = (path: JsonPath, detail: string) => never

export class JsonReader {
  readonly value: JsonObject

  constructor(
    value: unknown,
    private readonly path: JsonPath,
    private readonly failAt: FailAt,
  ) {
    this.value = isObject(value) ? value : failAt(path, `expected an object, found ${nameOf(value)}`)
  }

  fail(key: string, detail: string): never {
    return this.failAt([...this.path, key], detail)
  }

  allow(keys: readonly string[]): void {
    for (const key of Object.keys(this.value))
      if (!keys.includes(key)) this.fail(key, `unknown key; known are ${keys.join(', ')}`)
  }

  text(key: string): string | undefined {
    const value = this.value[key]
    if (value === undefined || typeof value === 'string') return value
    return this.fail(key, `expected a text, found ${nameOf(value)}`)
  }

  requiredText(key: string): string {
    return this.text(key) ?? this.fail(key, 'is missing')
  }

  whole(key: string, least: number): number | undefined {
    const value = this.value[key]
    if (value === undefined) return undefined
    if (typeof value === 'number' && Number.isInteger(value) && value >= least) return value
    return this.fail(key, `expected a whole number of at least ${least}, found ${JSON.stringify(value)}`)
  }

  isNull(key: string): boolean {
    return this.value[key] === null
  }

  oneOf<const T extends string>(key: string, values: readonly T[]): T | undefined {
    const value = this.value[key]
    if (value === undefined) return undefined
    const found = values.find((known) => known === value)
    return found ?? this.fail(key, `expected one of ${values.join(', ')}, found ${JSON.stringify(value)}`)
  }

  object(key: string): JsonReader | undefined {
    const value = this.value[key]
    return value === undefined ? undefined : new JsonReader(value, [...this.path, key], this.failAt)
  }

  list(key: string): JsonReader[] {
    const value = this.value[key]
    if (value === undefined) return []
    if (!Array.isArray(value)) return this.fail(key, `expected a list, found ${nameOf(value)}`)
    return value.map((item, index) => new JsonReader(item, [...this.path, key, index], this.failAt))
  }
}

function nameOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`
}

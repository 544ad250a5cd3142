// Values that must turn up nowhere: each is made for one place, and is looked for in every byte that was left behind.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import {
  readContent,
  readFindings,
  readPrompts,
  readRuns,
  readSpans,
} from '../../profiler-agent/store/reader'
import { openStore } from '../../profiler-agent/store/store'

export class Canaries {
  readonly #places = new Map<string, string>()

  /** A value for a place; shaped like a key, and no key of anybody. */
  of(place: string): string {
    const value = `cnry${randomBytes(12).toString('hex')}`
    this.#places.set(value, place)
    return value
  }

  /** Watches for another form of a value, such as its base64. */
  also(place: string, form: string): string {
    this.#places.set(form, place)
    return form
  }

  get count(): number {
    return this.#places.size
  }

  /** `place → where` for each canary that stands in one of these. */
  foundIn(sources: Readonly<Record<string, string | Uint8Array>>): string[] {
    return Object.entries(sources).flatMap(([where, content]) => {
      const bytes = Buffer.from(content)
      return [...this.#places]
        .filter(([value]) => bytes.includes(value))
        .map(([, place]) => `${place} → ${where}`)
    })
  }

  assertNowhereIn(sources: Readonly<Record<string, string | Uint8Array>>): void {
    const empty = Object.keys(sources).filter((where) => sources[where]?.length === 0)
    assert.deepEqual(empty, [], 'nothing to look through')
    assert.deepEqual(this.foundIn(sources), [])
  }
}

/** Every file below a folder by its relative path, with its raw bytes. Files that are empty are left out. */
export function bytesBelow(folder: string): Record<string, Uint8Array> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path).size > 0)
  return Object.fromEntries(files.map((path) => [relative(folder, path), readFileSync(path)]))
}

/** Everything that a store holds, read the way the program reads it: what is compressed or packed shows no text in its bytes. */
export function textsOfStore(data: string): Record<string, string> {
  const store = openStore(data, { readOnly: true })
  try {
    return Object.fromEntries(
      readRuns(store).map((run) => {
        const prompts = readPrompts(store, run.id)
        const blocks = [...prompts.values()].flatMap(({ prompt, reply }) => [...prompt, ...reply])
        const contents = [...new Set(blocks.map(({ hash }) => hash))].map((hash) => readContent(store, hash))
        const facts = [run, readSpans(store, run.id), readFindings(store, run.id), blocks]
        return [`run ${run.id}`, `${JSON.stringify(facts)}${contents.join('\n')}`]
      }),
    )
  } finally {
    store.close()
  }
}

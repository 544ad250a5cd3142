// Texts of prompts and replies in the store: each once for all runs, by its hash, compressed where that helps.

import type { Content } from '../model/record'
import { packHash, packText, unpackHash, unpackText } from './pack'
import type { Store } from './store'

const BY_HASH = 'substr(hash, 1, 8) = substr(?, 1, 8) AND hash = ?'

export class Contents {
  /** Keys by hash, while a transaction goes on. */
  readonly #keys = new Map<string, number>()

  constructor(readonly store: Store) {}

  /** Called where a transaction begins, where one is taken back, and where contents are deleted. */
  letGo(): void {
    this.#keys.clear()
  }

  add(content: Content): void {
    const characters = content.text === null ? content.characters : content.text.length
    const known = this.#find(content.hash)
    if (known) this.#hold(content.hash, known.key)
    // A text that was left out once is kept from the first run on that may keep it.
    if (known && (known.hasText || content.text === null)) return
    const text = content.text === null ? null : packText(content.text)
    if (known)
      this.store
        .prepare('UPDATE contents SET text = ?, characters = ? WHERE key = ?')
        .run(text, characters, known.key)
    else this.#insert(content.hash, text, characters)
  }

  /** The key of a content; one that nobody handed in gets a place without a text. */
  keyOf(hash: string): number {
    const held = this.#keys.get(hash)
    if (held !== undefined) return held
    const known = this.#find(hash)
    return known ? this.#hold(hash, known.key) : this.#insert(hash, null, 0)
  }

  hashOf(key: number): string {
    return unpackHash(this.store.prepare('SELECT hash FROM contents WHERE key = ?').get(key)?.hash)
  }

  textOf(hash: string): string | undefined {
    const packed = packHash(hash)
    return unpackText(
      this.store.prepare(`SELECT text FROM contents WHERE ${BY_HASH}`).get(packed, packed)?.text,
    )
  }

  /** 0 for a content that is not there. */
  charactersOf(hash: string): number {
    const packed = packHash(hash)
    return Number(
      this.store.prepare(`SELECT characters FROM contents WHERE ${BY_HASH}`).get(packed, packed)
        ?.characters ?? 0,
    )
  }

  tokensOf(hash: string): number | undefined {
    const packed = packHash(hash)
    const tokens = this.store
      .prepare(`SELECT tokens FROM contents WHERE ${BY_HASH}`)
      .get(packed, packed)?.tokens
    return typeof tokens === 'number' ? tokens : undefined
  }

  keepTokens(hash: string, tokens: number): void {
    const packed = packHash(hash)
    this.store.prepare(`UPDATE contents SET tokens = ? WHERE ${BY_HASH}`).run(tokens, packed, packed)
  }

  #find(hash: string): { readonly key: number; readonly hasText: boolean } | undefined {
    const packed = packHash(hash)
    const row = this.store
      .prepare(`SELECT key, text IS NOT NULL AS has_text FROM contents WHERE ${BY_HASH}`)
      .get(packed, packed)
    return row && { key: Number(row.key), hasText: row.has_text === 1 }
  }

  #insert(hash: string, text: string | Uint8Array | null, characters: number): number {
    const { lastInsertRowid } = this.store
      .prepare('INSERT INTO contents (hash, text, characters) VALUES (?, ?, ?)')
      .run(packHash(hash), text, characters)
    return this.#hold(hash, Number(lastInsertRowid))
  }

  #hold(hash: string, key: number): number {
    if (this.store.database.isTransaction) this.#keys.set(hash, key)
    return key
  }
}

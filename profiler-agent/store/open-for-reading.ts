// Opens the store for whoever only reads it, wherever it lies: an older file, or one that another process left unfinished, is read as a copy where it cannot be written.

import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { isDamage } from './open-for-recording'
import { STORE_VERSION, versionOf } from './schema'
import { openStore, STORE_FILE, Store, StoreError } from './store'

/**
 * Not read-only where the folder can be written, so that an older file is upgraded and token counts can be kept.
 * Throws StoreError, with what to do.
 */
export function openForReading(folder: string): Store {
  try {
    return openStore(folder)
  } catch (error) {
    if (!(error instanceof StoreError) || isDamage(error)) throw error
    return openUnwritable(folder)
  }
}

function openUnwritable(folder: string): Store {
  return (
    openCurrent(() => openStore(folder, { readOnly: true })) ??
    openCurrent(() => openAlone(folder)) ??
    openCopy(folder)
  )
}

/** `undefined` for an older file, and where it cannot be opened this way; the last way says what is wrong. */
function openCurrent(open: () => Store): Store | undefined {
  try {
    const store = open()
    if (versionOf(store.database) >= STORE_VERSION) return store
    store.close()
  } catch {
    // Said above.
  }
  return undefined
}

/** For a file that is whole by itself: SQLite then needs nothing beside it. */
function openAlone(folder: string): Store {
  const path = join(folder, STORE_FILE)
  if (existsSync(`${path}-wal`)) throw new StoreError(`${path}-wal is a part of the store`)
  const url = pathToFileURL(path)
  url.searchParams.set('immutable', '1')
  return new Store(new DatabaseSync(url, { readOnly: true }), true)
}

function openCopy(folder: string): Store {
  try {
    return openedCopy(folder)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoreError(
      `the store in ${folder} cannot be written, and not be read without a copy in ${tmpdir()}: ${reason}. Copy the folder to where there is room, and name it with --data.`,
      { cause: error },
    )
  }
}

/** The copy goes when the store is closed, at the latest when the process ends. */
function openedCopy(folder: string): Store {
  const copy = mkdtempSync(join(tmpdir(), 'costflame-read-'))
  const onClose = () => {
    process.off('exit', onClose)
    rmSync(copy, { recursive: true, force: true })
  }
  process.once('exit', onClose)
  for (const name of [STORE_FILE, `${STORE_FILE}-wal`])
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name))
  return openStore(copy, { onClose })
}

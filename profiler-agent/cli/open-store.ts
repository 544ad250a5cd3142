// Opens the store of a data folder for commands that write to it.

import { openStore, type Store, StoreError } from '../store/store'
import { UsageError } from './io'

/** Throws UsageError where the folder cannot be written, or a newer Costflame wrote the store. */
export function openForWriting(data: string): Store {
  let store: Store
  try {
    store = openStore(data)
  } catch (error) {
    throw error instanceof StoreError ? new UsageError(error.message) : error
  }
  if (!store.readOnly) return store
  store.close()
  throw new UsageError(
    `the store in ${data} was written by a newer Costflame. Update this one, or name another folder with --data.`,
  )
}

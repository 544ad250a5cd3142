// The price book as every command opens it: with the nearest `config.jsonc` and the catalogue of the data folder.

import type { PriceBook } from '../pricing/price-book'
import { WatchedBook } from '../watched-book'
import { tellConfigProblems } from './config-problems'
import type { Io } from './io'
import { configFile, rootFolder } from './places'

/** Opens the book for a data folder; what is wrong in `config.jsonc` is said, and the rest of it counts. */
export function openBook(io: Io, data: string): PriceBook {
  const book = new WatchedBook({ data, configFile: configFile(io), root: rootFolder(io) })
  tellConfigProblems(io, book.config())
  return book.current()
}

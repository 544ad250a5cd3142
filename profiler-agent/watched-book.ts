// The price book for a data folder and a `config.jsonc`, opened again when either has changed. What every command and the worker price with.

import { type ConfigFile, readConfigFile } from './config/config-file'
import { type PriceData, priceDataFile, priceDataSource, readPriceData } from './price-data'
import { openPriceBook, type PriceBook } from './pricing/price-book'
import { WatchedFile } from './watched-file'

export interface BookPlaces {
  /** Where `prices update` puts a newer catalogue. */
  readonly data: string
  /** Absolute; may not exist yet. */
  readonly configFile?: string | undefined
  /** Folder that names of files are relative to, for people. */
  readonly root?: string | undefined
}

/** `config.jsonc` as read; `path` is relative to the root where inside it. */
export interface LoadedConfig {
  readonly path: string
  readonly file: ConfigFile
}

interface Opened {
  readonly config: LoadedConfig | undefined
  readonly data: PriceData | undefined
  readonly book: PriceBook
}

export class WatchedBook {
  readonly #config: WatchedFile<LoadedConfig>
  readonly #data: WatchedFile<PriceData | undefined>
  #opened: Opened | undefined

  constructor({ data, configFile, root }: BookPlaces) {
    this.#config = new WatchedFile(configFile, root, (path, text) => ({
      path,
      file: readConfigFile(text, path),
    }))
    this.#data = new WatchedFile(priceDataFile(data), undefined, (_name, text) => readPriceData(text))
  }

  /** The book as the two files are now. */
  current(): PriceBook {
    const config = this.#config.current()
    const data = this.#data.current()
    const opened = this.#opened
    if (opened?.config === config && opened?.data === data && opened) return opened.book
    const book = openPriceBook({
      ...(data ? { catalogue: priceDataSource(data) } : {}),
      ...(config ? { config: config.file.pricing } : {}),
    })
    this.#opened = { config, data, book }
    return book
  }

  /** The configuration with what is wrong in it; `undefined` while there is no file. */
  config(): LoadedConfig | undefined {
    return this.#config.current()
  }
}

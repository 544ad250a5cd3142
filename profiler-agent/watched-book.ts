// The price book for a data folder and a `config.jsonc`, opened again when either has changed. What every command and the worker price with.

import { type PriceData, priceDataFile, priceDataSource, readPriceData } from './price-data'
import { openPriceBook, type PriceBook } from './pricing/price-book'
import { type LoadedConfig, watchedConfig } from './watched-config'
import { WatchedFile } from './watched-file'

export interface BookPlaces {
  /** Where `prices update` puts a newer catalogue. */
  readonly data: string
  /** Absolute; may not exist yet. */
  readonly configFile?: string | undefined
  /** Folder that names of files are relative to, for people. */
  readonly root?: string | undefined
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
    this.#config = watchedConfig(configFile, root)
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

  /** For all of some work both files are as they were when it asked for them first. */
  lookOnce<Result>(work: () => Result): Result {
    return this.#config.lookOnce(() => this.#data.lookOnce(work))
  }

  /** The configuration with what is wrong in it; `undefined` while there is no file. */
  config(): LoadedConfig | undefined {
    return this.#config.current()
  }
}

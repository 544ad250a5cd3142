// The book that commands and the worker price with: opened again when `config.jsonc` or the catalogue of the data folder changes.
import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findProvider } from '@pydantic/genai-prices'
import { writePriceData } from '../../profiler-agent/price-data'
import { WatchedBook } from '../../profiler-agent/watched-book'
import { type TestFolder, temporaryFolder, writeFiles } from '../support/test-folders'

describe('the watched price book', () => {
  let folder: TestFolder
  beforeEach(() => {
    folder = temporaryFolder('book')
  })
  afterEach(() => folder.remove())

  const open = () =>
    new WatchedBook({
      data: join(folder.path, 'data'),
      configFile: join(folder.path, '.costflame/config.jsonc'),
      root: folder.path,
    })

  it('is the one that ships with this version while there is nothing else', () => {
    const book = open()
    assert.match(book.current().name, /^genai-prices@0\.\d+\.\d+\+costflame-\d{4}-\d{2}-\d{2}$/)
    assert.equal(book.current(), book.current())
    assert.equal(book.config(), undefined)
  })

  it('follows the configuration as it is written, changed and deleted', () => {
    const book = open()
    const shipped = book.current().name
    const write = (text: string) => writeFiles(folder.path, { '.costflame/config.jsonc': text })
    write('{"version": 1, "deployments": {"azure": {"mail": "gpt-4.1"}}}')
    assert.equal(book.current().modelOf('azure', 'mail'), 'gpt-4.1')
    write('{"version": 1, "deployments": {"azure": {"mail": "gpt-4.1-mini"}}, "wrong": 1}')
    assert.equal(book.current().modelOf('azure', 'mail'), 'gpt-4.1-mini')
    assert.deepEqual(
      book.config()?.file.problems.map(({ line, column }) => [line, column]),
      [[1, 68]],
    )
    assert.equal(book.config()?.path, '.costflame/config.jsonc')
    rmSync(join(folder.path, '.costflame/config.jsonc'))
    assert.equal(book.current().name, shipped)
  })

  it('follows a newer catalogue, and no broken one', () => {
    const book = open()
    const openai = findProvider({ providerId: 'openai' })
    assert.ok(openai)
    writePriceData(join(folder.path, 'data'), {
      ...{ url: 'http://127.0.0.1/', fetchedAt: '2026-11-22T01:02:03.000Z', providers: [openai] },
    })
    assert.match(book.current().name, /^genai-prices@2026-11-22\.[0-9a-f]{8}\+costflame-/)
    assert.ok(book.current().find({ provider: 'openai' }, 'gpt-5', new Date()))
    const file = join(folder.path, 'data/prices.json')
    writeFiles(folder.path, { 'data/prices.json': readFileSync(file, 'utf8').slice(0, -10) })
    assert.match(book.current().name, /^genai-prices@0\./)
  })

  it('is one and the same for all of a work, and looked at anew for the next', () => {
    const book = open()
    const write = (mail: string) =>
      writeFiles(folder.path, {
        '.costflame/config.jsonc': `{"version": 1, "deployments": {"azure": {"mail": "${mail}"}}}`,
      })
    const asked = () => book.current().modelOf('azure', 'mail')
    write('gpt-4.1')
    const during = book.lookOnce(() => {
      const before = asked()
      write('gpt-4.1-mini')
      return [before, asked()]
    })
    assert.deepEqual(during, ['gpt-4.1', 'gpt-4.1'])
    assert.equal(asked(), 'gpt-4.1-mini')
    const failing = () =>
      book.lookOnce(() => {
        asked()
        throw new Error('the store is full')
      })
    assert.throws(failing, /the store is full/)
    write('gpt-4.1-nano')
    assert.equal(asked(), 'gpt-4.1-nano')
  })
})

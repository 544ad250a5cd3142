// The types of `costflame/api` as a strict program sees them, as ES module, as CommonJS and through a bundler's eyes.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { inRepository } from '../support/repository'
import { type TestFolder, temporaryFolder, writeFiles } from '../support/test-folders'

const PROGRAM = `
import { agent, headers, outcome, retrieval, step, tag, tool, within } from 'costflame/api'

class Query extends Promise<string[]> { readonly rows = 1 }
declare const query: Query
async function* words(): AsyncGenerator<string, number, boolean> { yield 'a'; return 1 }

const seven: 7 = agent('desk', () => 7 as const)
const text: Promise<string> = step('plan', async () => 'x')
const same: Query = tool('search', { toolCallId: 'call_1' }, () => query)
const stream: AsyncGenerator<string, number, boolean> = agent('writer', { version: '1', tags: { a: 1, b: true } }, words)
const found: Promise<string[]> = retrieval('docs', { documents: (list) => list.length, tokens: 12 }, async () => ['a'])
const nothing: void = outcome('resolved', { value: 1, by: 'refund', quick: true })
const place: Record<string, string> = headers()
const there: number = within(place, () => 1)
const request: number = within(new Headers(place), () => 1)
tag('plan', 'gold')

// @ts-expect-error: there is nothing to run
agent('desk')
// @ts-expect-error: a version is a text
agent('desk', { version: 1 }, () => 1)
// @ts-expect-error: a step has none
step('plan', { version: '1' }, () => 1)
// @ts-expect-error: the result is a text
const wrong: number = tool('search', () => 'text')
// @ts-expect-error: a value is a number
outcome('resolved', { value: 'much' })

export { found, nothing, request, same, seven, stream, text, there, wrong }
`

const SETTINGS = {
  nodenext: ['--module', 'nodenext', '--moduleResolution', 'nodenext'],
  bundler: ['--module', 'esnext', '--moduleResolution', 'bundler'],
} as const

describe('the types of costflame/api', function () {
  this.timeout(240_000)
  let folder: TestFolder
  before(() => {
    folder = temporaryFolder('types')
    mkdirSync(join(folder.path, 'node_modules'))
    symlinkSync(inRepository(), join(folder.path, 'node_modules', 'costflame'), 'dir')
    writeFiles(folder.path, { 'esm.mts': PROGRAM, 'common.cts': PROGRAM, 'bundled.ts': PROGRAM })
  })
  after(() => folder.remove())

  for (const [file, setting] of [
    ['esm.mts', 'nodenext'],
    ['common.cts', 'nodenext'],
    ['bundled.ts', 'bundler'],
  ] as const)
    it(`hold in ${file} (${setting})`, () => {
      const { status, stdout } = spawnSync(
        process.execPath,
        [
          inRepository('node_modules', 'typescript', 'bin', 'tsc'),
          ...['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2022'],
          ...['--lib', 'es2022,dom,dom.iterable', '--types', '', ...SETTINGS[setting], file],
        ],
        { cwd: folder.path, encoding: 'utf8' },
      )
      assert.equal(stdout, '')
      assert.equal(status, 0)
    })
})

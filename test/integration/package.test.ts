// The npm package as a user gets it: packed, unpacked elsewhere, and started the way npm's bin link starts it.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inRepository } from '../support/repository'
import { type TestFolder, temporaryFolder } from '../support/test-folders'

describe('the npm package', function () {
  this.timeout(60_000)
  let folder: TestFolder
  let unpacked: string

  before(() => {
    folder = temporaryFolder('package')
    unpacked = join(folder.path, 'package')
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder.path], { cwd: inRepository() })
    const [tarball = ''] = readdirSync(folder.path)
    execFileSync('tar', ['xf', tarball], { cwd: folder.path })
  })

  after(() => folder.remove())

  it('starts by its bin, with the version of the package', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'))
    assert.ok(isManifest(manifest))
    const bin = join(unpacked, manifest.bin.costflame)
    // npm does this when it links a bin.
    chmodSync(bin, 0o755)
    assert.equal(execFileSync(bin, ['--version'], { encoding: 'utf8' }).trim(), manifest.version)
  })

  it('counts tokens and draws from its own files', () => {
    const files = readdirSync(join(unpacked, 'dist'), { recursive: true }).map(String)
    for (const file of [
      'worker.js',
      'hooks/node.cjs',
      'tiktoken_bg.wasm',
      'o200k_base.json',
      'webview/flame.js',
    ])
      assert.ok(files.includes(file), `${file} is in the package`)
  })

  it('holds no tests, no maps and no sources', () => {
    const files = readdirSync(unpacked, { recursive: true }).map(String)
    assert.deepEqual(
      files.filter((file) => /\.(ts|map)$|(^|\/)test(\/|$)/.test(file)),
      [],
    )
  })
})

interface Manifest {
  readonly version: string
  readonly bin: { readonly costflame: string }
}

function isManifest(value: unknown): value is Manifest {
  return typeof value === 'object' && value !== null && 'version' in value && 'bin' in value
}

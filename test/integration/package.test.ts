// The npm package as a user gets it: packed, unpacked elsewhere, and started the way npm's bin link starts it.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import { inRepository } from '../support/repository'
import { type TestFolder, temporaryFolder } from '../support/test-folders'

describe('the npm package', function () {
  this.timeout(240_000)
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
      'gate-thread.js',
      'deliver.js',
      'hooks/node.cjs',
      'hooks/python/sitecustomize.py',
      'hooks/python/_costflame_hook/hosts.json',
      'costflame.py',
      'tiktoken_bg.wasm',
      'o200k_base.json',
      'webview/flame.js',
    ])
      assert.ok(files.includes(file), `${file} is in the package`)
  })

  describe('costflame/api', () => {
    const names = 'agent headers outcome retrieval step tag tool within'

    before(() => {
      mkdirSync(join(folder.path, 'node_modules'))
      symlinkSync(unpacked, join(folder.path, 'node_modules', 'costflame'), 'dir')
    })

    it('is imported and required by its name', () => {
      const program = `
        const required = require('costflame/api')
        import('costflame/api').then((imported) =>
          console.log(Object.keys(imported).filter((name) => imported[name] === required[name]).sort().join(' ')))`
      const { COSTFLAME_PROXY: _, ...env } = process.env
      const options = { cwd: folder.path, env, encoding: 'utf8' } as const
      const keys = execFileSync(process.execPath, ['-e', program], options).trim().split(' ')
      assert.deepEqual(
        names.split(' ').filter((name) => !keys.includes(name)),
        [],
      )
    })

    it('has its types beside it', () => {
      const files = readdirSync(join(unpacked, 'dist', 'api')).sort()
      assert.deepEqual(files, [
        ...['index.cjs', 'index.d.cts', 'index.d.mts', 'index.mjs', 'other-runtimes.mjs'],
      ])
    })

    it('is a few lines without Node in a page', async () => {
      const contents = `import { ${names.replaceAll(' ', ', ')} } from 'costflame/api'
        globalThis.result = [agent('x', () => 1), tool('x', {}, () => 2), headers(), within({}, () => 3), step, retrieval, outcome, tag]`
      const { outputFiles } = await build({
        stdin: { contents, resolveDir: folder.path },
        ...{ bundle: true, write: false, platform: 'browser', format: 'iife', logLevel: 'silent' },
      })
      const text = outputFiles[0]?.text ?? ''
      assert.doesNotMatch(text, /require|node:|process/)
      const page: { result?: unknown[] } = {}
      runInNewContext(text, page)
      assert.equal(JSON.stringify(page.result?.slice(0, 4)), '[1,2,{},3]')
      assert.ok(text.length < 3000, `${text.length} characters`)
    })
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

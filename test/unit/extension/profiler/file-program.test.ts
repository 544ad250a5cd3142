// Profile Current File: by what a file is run, where it can be.
import assert from 'node:assert/strict'
import { programFor, quotedPath } from '../../../../extension/profiler/file-program'

const PLACE = { nodeVersion: 'v24.1.0', hasTsx: false, python: '.venv/bin/python' }

describe('the program that runs a file', () => {
  for (const [file, place, found] of [
    ['/w/a.mjs', PLACE, { program: 'node' }],
    ['/w/a.PY', PLACE, { program: '.venv/bin/python' }],
    ['/w/a.ts', PLACE, { program: 'node' }],
    ['/w/a.ts', { ...PLACE, nodeVersion: 'v22.18.0' }, { program: 'node' }],
    ['/w/a.mts', { ...PLACE, nodeVersion: 'v22.17.1' }, { program: 'node --experimental-strip-types' }],
    ['/w/a.ts', { ...PLACE, nodeVersion: 'v23.5.0' }, { program: 'node --experimental-strip-types' }],
    ['/w/a.ts', { ...PLACE, nodeVersion: 'v20.19.4' }, { problem: 'old-node' }],
    ['/w/a.ts', { ...PLACE, nodeVersion: 'v20.19.4', hasTsx: true }, { program: 'npx --no-install tsx' }],
    ['/w/a.ts', { ...PLACE, nodeVersion: undefined }, { program: 'node' }],
    ['/w/a.tsx', PLACE, { problem: 'jsx' }],
    ['/w/a.jsx', { ...PLACE, hasTsx: true }, { program: 'npx --no-install tsx' }],
    ['/w/a.rb', PLACE, { problem: 'unknown' }],
  ] as const)
    it(`${file}, Node ${place.nodeVersion}${place.hasTsx ? ', tsx' : ''}: ${JSON.stringify(found)}`, () => {
      assert.deepEqual(programFor(file, place), found)
    })

  it('gets its path quoted where a shell would read it otherwise', () => {
    assert.equal(quotedPath('src/a.mjs', 'linux'), 'src/a.mjs')
    assert.equal(quotedPath("it's $HOME.mjs", 'linux'), `'it'\\''s $HOME.mjs'`)
    assert.equal(quotedPath('src\\a.mjs', 'win32'), 'src\\a.mjs')
    assert.equal(quotedPath("it's.mjs", 'win32'), "'it''s.mjs'")
  })
})

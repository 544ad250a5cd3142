import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { resolveCallSite } from '../../../profiler-agent/capture/call-site'

// One segment each: generated 1:1 → source 0 10:3, generated 1:11 → source 1 5:1.
const MAPPINGS = 'AASE,UCLF'

describe('the user’s line of a call', () => {
  let root: string
  const write = (file: string, content: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), content)
    return join(root, file)
  }
  const map = (sources: readonly string[], more: object = {}) =>
    JSON.stringify({ version: 3, sources, names: [], mappings: MAPPINGS, ...more })
  const places = (file: string, ...columns: number[]) =>
    resolveCallSite(
      columns.map((column) => ({ file, line: 1, column })),
      root,
    )?.stack.map((frame) => `${frame.file}:${frame.line}:${frame.column}`)

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'costflame-')))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('is the innermost frame outside of packages and Node, relative to the root', () => {
    const frames = [
      { file: 'node:internal/deps/undici', line: 1 },
      { file: `${root}/node_modules/openai/client.mjs`, line: 2, column: 3, function: 'OpenAI.post' },
      {
        file: pathToFileURL(`${root}/src/my agent.mjs`).href,
        line: 12,
        column: 5,
        function: 'async Object.plan',
      },
      { file: '/elsewhere/main.mjs', line: 4 },
    ]
    assert.deepEqual(resolveCallSite(frames, root), {
      file: 'src/my agent.mjs',
      line: 12,
      column: 5,
      function: 'plan',
      stack: [
        { file: 'src/my agent.mjs', line: 12, column: 5, function: 'plan' },
        { file: '/elsewhere/main.mjs', line: 4 },
      ],
    })
  })

  it('is unknown when no frame is the user’s', () => {
    assert.equal(resolveCallSite([], root), undefined)
    assert.equal(resolveCallSite([{ file: `${root}/node_modules/ai/index.js`, line: 1 }], root), undefined)
  })

  it('keeps absolute files without a root', () => {
    assert.equal(resolveCallSite([{ file: '/a/b.mjs', line: 1 }], undefined)?.file, '/a/b.mjs')
  })

  it('goes through the map beside the file, and drops bundled packages afterwards', () => {
    write('dist/app.js.map', map(['../node_modules/openai/client.mjs', '../src/agent.ts']))
    const bundle = write('dist/app.js', 'aaaaaaaaaabbbbb\n//# sourceMappingURL=app.js.map\n')
    assert.deepEqual(places(bundle, 1, 11), ['src/agent.ts:5:1'])
  })

  it('reads inline maps, base64 or percent-encoded', () => {
    const json = map(['agent.ts', 'other.ts'])
    const base64 = `data:application/json;charset=utf-8;base64,${Buffer.from(json).toString('base64')}`
    const one = write('one.js', `aaaaaaaaaabbbbb\n//# sourceMappingURL=${base64}`)
    const two = write(
      'two.js',
      `aaaaaaaaaabbbbb\n//# sourceMappingURL=data:application/json,${encodeURIComponent(json)}`,
    )
    assert.deepEqual(places(one, 1), ['agent.ts:10:3'])
    assert.deepEqual(places(two, 11), ['other.ts:5:1'])
  })

  it('honours sourceRoot', () => {
    write('dist/app.js.map', map(['agent.ts', 'other.ts'], { sourceRoot: '../lib/' }))
    const bundle = write('dist/app.js', 'aaaaaaaaaabbbbb\n//# sourceMappingURL=app.js.map')
    assert.deepEqual(places(bundle, 1), ['lib/agent.ts:10:3'])
  })

  it('finds webpack’s sources by their path and drops its runtime', () => {
    write('packages/app/src/agent.ts', '')
    write(
      'packages/app/dist/main.js.map',
      map(['webpack://app/webpack/bootstrap', 'webpack://app/./src/agent.ts']),
    )
    const bundle = write('packages/app/dist/main.js', 'aaaaaaaaaabbbbb\n//# sourceMappingURL=main.js.map')
    assert.deepEqual(places(bundle, 1, 11), ['packages/app/src/agent.ts:5:1'])
  })

  it('drops the names that a minifier made', () => {
    write('app.js.map', map(['agent.ts', 'other.ts'], { sourcesContent: ['function planTrip() {}', ''] }))
    const file = write('app.js', 'aaaaaaaaaabbbbb\n//# sourceMappingURL=app.js.map')
    const name = (text: string) =>
      resolveCallSite([{ file, line: 1, column: 1, function: text }], root)?.function
    assert.equal(name('planTrip'), 'planTrip')
    assert.equal(name('Xe'), undefined)
  })

  it('leaves frames of a broken or missing map as they are', () => {
    const broken = write('broken.js', 'a\n//# sourceMappingURL=data:application/json,{"version":3')
    const missing = write('missing.js', 'a\n//# sourceMappingURL=nowhere.map')
    const remote = write('remote.js', 'a\n//# sourceMappingURL=http://127.0.0.1:9/x.map')
    assert.deepEqual(places(broken, 1), ['broken.js:1:1'])
    assert.deepEqual(places(missing, 1), ['missing.js:1:1'])
    assert.deepEqual(places(remote, 1), ['remote.js:1:1'])
    assert.deepEqual(places(join(root, 'gone.js'), 1), ['gone.js:1:1'])
  })

  it('reads a map again when its file has changed', () => {
    const file = write('app.js', 'aaaaaaaaaabbbbb\n//# sourceMappingURL=app.js.map')
    write('app.js.map', map(['before.ts', 'x.ts']))
    assert.deepEqual(places(file, 1), ['before.ts:10:3'])
    write('app.js.map', map(['after.ts', 'x.ts']))
    utimesSync(file, 1, 1)
    assert.deepEqual(places(file, 1), ['after.ts:10:3'])
  })
})

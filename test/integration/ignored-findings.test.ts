// Findings that are ignored, from the comment in a real program to what the command line says of them.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../../profiler-agent/model/finding'
import { Playground } from '../support/costflame'
import { installSdks, LibraryModels, libraryFiles } from '../support/inline-library'

interface Found {
  readonly findings: readonly Finding[]
  readonly ignored: readonly Finding[]
  readonly outcomes: readonly unknown[]
}

const COMMENT = '    // costflame-ignore-next-line cache/missing-breakpoint -- the door is painted anew\n'

describe('ignored findings', function () {
  this.timeout(240_000)
  const playground = new Playground(libraryFiles('typescript'))
  const notices = readFileSync(join(playground.path, 'notices.ts'), 'utf8')
  const withComment = notices.replace('    system: instructions', `${COMMENT}    system: instructions`)
  let models: LibraryModels

  async function profile(): Promise<string> {
    const args = ['run', '--', process.execPath, 'library.ts', 'notices']
    const { code, stderr } = await playground.run(args, { ...models.addresses, ...models.newKeys() })
    assert.equal(code, 0, stderr)
    return stderr
  }

  async function output(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await playground.run(args)
    assert.equal(code, 0, stderr)
    return stdout
  }

  const found = async (): Promise<Found> => JSON.parse(await output('findings', '--json'))
  const rules = (findings: readonly Finding[]) => findings.map(({ rule }) => rule)

  before(async () => {
    installSdks(playground.path)
    models = await LibraryModels.start()
    await profile()
  })
  after(async () => {
    await models?.close()
    await playground.remove()
  })

  it('are told while nothing says otherwise', async () => {
    const { findings, ignored } = await found()
    assert.deepEqual([rules(findings), ignored], [['cache/missing-breakpoint'], []])
  })

  it('are not told any more when a comment is written above them', async () => {
    playground.write({ 'notices.ts': withComment })
    const { findings, ignored } = await found()
    assert.deepEqual([findings, rules(ignored)], [[], ['cache/missing-breakpoint']])
    assert.deepEqual(ignored[0]?.ignored, { by: 'comment', file: 'notices.ts', line: 12 })
    assert.equal(await output('findings'), 'no findings\n\nignored: 1 finding, as said at notices.ts:12\n')
  })

  it('are kept by the next run, and neither gone nor open', async () => {
    assert.doesNotMatch(await profile(), /no longer found|still open|missing-breakpoint/)
    const { findings, ignored, outcomes } = await found()
    assert.deepEqual([findings, rules(ignored), outcomes], [[], ['cache/missing-breakpoint'], []])
    assert.equal(ignored[0]?.location?.line, 13)
    const [run] = await playground.exported()
    assert.deepEqual(run?.findings, [])
  })

  it('are named by config.jsonc, with the place of the entry', async () => {
    playground.write({
      'notices.ts': notices,
      '.costflame/config.jsonc': `{
  "version": 1,
  "findings": { "ignore": [
    { "rule": "budget/costUsd" },
    { "rule": "cache", "file": "notices.ts" }
  ] }
}
`,
    })
    await profile()
    const { findings, ignored } = await found()
    assert.deepEqual(rules(ignored), ['cache/missing-breakpoint'])
    assert.deepEqual(ignored[0]?.ignored, { by: 'config', file: '.costflame/config.jsonc', line: 5 })
    // A limit is not ignored, and whoever wants that is told why.
    assert.deepEqual(
      findings.map(({ rule, location }) => [rule, location?.line]),
      [['profiler/config-file', 4]],
    )
  })
})

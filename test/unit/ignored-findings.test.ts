// Findings that somebody wants to hear no more of: by a comment in the code as it is now, and by config.jsonc.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfigFile } from '../../profiler-agent/config/config-file'
import { IgnoredFindings } from '../../profiler-agent/ignored-findings'
import type { Finding, Location } from '../../profiler-agent/model/finding'
import { type TestFolder, temporaryFolder, writeFiles } from '../support/test-folders'

const CODE = 'const reply = await call()\n'
const COMMENT = '// costflame-ignore-next-line cache/expired -- on purpose\n'

function findingAt(location: Location | undefined, rule = 'cache/expired'): Finding {
  return {
    ...{ id: 'f1', rule, severity: 'warning', message: 'm', runId: 'r1', spanIds: [] },
    ...{ relatedLocations: [], evidence: {} },
    ...(location ? { location } : {}),
  } as const
}

const folders: TestFolder[] = []

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder('ignored')
  folders.push(folder)
  writeFiles(folder.path, files)
  return folder.path
}

const config = (ignore: object[]) => ({
  path: '.costflame/config.jsonc',
  file: readConfigFile(JSON.stringify({ version: 1, findings: { ignore } })),
})

describe('ignored findings', () => {
  after(() => {
    for (const folder of folders) folder.remove()
  })

  it('are those below a comment of their rule', () => {
    const root = folderWith({ 'a.ts': COMMENT + CODE })
    const [ignored] = new IgnoredFindings().marked(
      [findingAt({ file: 'a.ts', line: 2, column: 7 })],
      root,
      undefined,
    )
    assert.deepEqual(ignored?.ignored, { by: 'comment', file: 'a.ts', line: 1 })
    const [other] = new IgnoredFindings().marked(
      [findingAt({ file: 'a.ts', line: 2, column: 7 }, 'cache/evicted')],
      root,
      undefined,
    )
    assert.equal(other?.ignored, undefined)
  })

  it('follow the file', () => {
    const root = folderWith({ 'a.ts': CODE })
    const ignoring = new IgnoredFindings()
    const at = (line: number) =>
      ignoring.marked([findingAt({ file: 'a.ts', line, column: 1 })], root, undefined)[0]?.ignored
    assert.equal(at(1), undefined)
    writeFileSync(join(root, 'a.ts'), COMMENT + CODE)
    assert.deepEqual(at(2), { by: 'comment', file: 'a.ts', line: 1 })
    assert.equal(at(1), undefined)
  })

  it('of a stored run may have been moved down by their own comment', () => {
    const root = folderWith({ 'a.ts': COMMENT + CODE })
    const ignoring = new IgnoredFindings({ isStored: true })
    const [stored] = ignoring.marked([findingAt({ file: 'a.ts', line: 1, column: 7 })], root, undefined)
    assert.deepEqual(stored?.ignored, { by: 'comment', file: 'a.ts', line: 1 })
  })

  it('are named by rule, family, file and folder in config.jsonc', () => {
    const marked = (ignore: object[], location?: Location) =>
      new IgnoredFindings().marked([findingAt(location)], undefined, config(ignore))[0]?.ignored !== undefined
    const place = { file: 'prompts/system.md', line: 4, column: 1 }
    assert.equal(marked([{ rule: 'cache/expired' }]), true)
    assert.equal(marked([{ rule: 'cache' }], place), true)
    assert.equal(marked([{ rule: 'cache', file: 'prompts/system.md' }], place), true)
    assert.equal(marked([{ rule: 'cache', file: 'prompts/' }], place), true)
    assert.equal(marked([{ rule: 'cache', file: 'prompts' }], place), false)
    assert.equal(marked([{ rule: 'cache', file: 'prompts/' }]), false)
    assert.equal(marked([{ rule: 'waste' }], place), false)
  })

  it('are never limits', () => {
    const root = folderWith({ 'a.ts': '// costflame-ignore-next-line budget budget/costUsd\ncall()\n' })
    const finding = findingAt({ file: 'a.ts', line: 2, column: 1 }, 'budget/costUsd')
    const [marked] = new IgnoredFindings().marked([finding], root, config([{ rule: 'budget' }]))
    assert.equal(marked?.ignored, undefined)
  })

  it('are told as they are where the folder is gone', () => {
    const finding = findingAt({ file: 'a.ts', line: 1, column: 1 })
    assert.deepEqual(new IgnoredFindings().marked([finding], '/nowhere/at/all', undefined), [finding])
  })
})

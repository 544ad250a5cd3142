import assert from 'node:assert/strict'
import { appendFileSync, existsSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isChanged, isDemo, PROGRAMS, writeDemo } from '../../../../extension/demo/demo-project'
import { inRepository } from '../../../support/repository'
import { type TestFolder, temporaryFolder } from '../../../support/test-folders'

const assets = inRepository('extension', 'demo', 'project')

describe('the project of the demo', () => {
  let parent: TestFolder
  before(() => {
    parent = temporaryFolder('demo-project')
  })
  after(() => parent.remove())

  it('is written whole into a new folder, with one for its runs that nobody else reads', async () => {
    const folder = await writeDemo(assets, parent.path)
    assert.equal(basename(folder), 'costflame-demo')
    assert.equal(isDemo(folder), true)
    for (const program of Object.values(PROGRAMS)) assert.equal(isChanged(assets, folder, program), false)
    assert.equal(statSync(join(folder, '.costflame', 'data')).isDirectory(), true)
  })

  it('writes over nothing', async () => {
    const first = join(parent.path, 'costflame-demo')
    appendFileSync(join(first, PROGRAMS.javascript), '// mine\n')
    assert.equal(basename(await writeDemo(assets, parent.path)), 'costflame-demo-2')
    assert.equal(isChanged(assets, first, PROGRAMS.javascript), true)
    assert.equal(isChanged(assets, first, PROGRAMS.python), false)
  })

  it('goes to a folder of its own among the temporary ones when none is named', async () => {
    const folder = await writeDemo(assets, undefined)
    assert.notEqual(folder, await writeDemo(assets, undefined))
    assert.equal(isDemo(folder) && existsSync(folder), true)
  })

  it('is not taken for one where only the names are the same', () => {
    writeFileSync(join(parent.path, 'README.md'), '# Something else\n')
    writeFileSync(join(parent.path, 'replies.json'), '{}')
    assert.equal(isDemo(parent.path), false)
  })
})

// The commit and version that a run gets which nobody announced, from a real repository.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunRecord } from '../../profiler-agent/model/record'
import { RunVersions } from '../../profiler-agent/run-versions'
import { workTreeVersion } from '../../profiler-agent/work-tree-version'
import { skip } from '../support/skip'
import { temporaryFolder } from '../support/test-folders'

describe('run versions', () => {
  const folder = temporaryFolder('versions')
  const env = { PATH: process.env.PATH ?? '' }
  let commit = ''
  before(function () {
    const git = (...args: readonly string[]) =>
      spawnSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], {
        cwd: folder.path,
        encoding: 'utf8',
      })
    if (git('init', '-q').status !== 0) skip(this, 'git is not installed')
    writeFileSync(join(folder.path, 'agent.mjs'), 'export {}')
    git('add', 'agent.mjs')
    git('commit', '-q', '-m', 'first')
    commit = git('rev-parse', 'HEAD').stdout.trim()
  })
  after(() => folder.remove())

  const run = (said: Partial<RunRecord> = {}): RunRecord => ({
    ...{ id: 'r', name: 'r', root: folder.path, startedAt: 0, tags: {}, defaults: { tenant: 'acme' } },
    ...said,
  })

  it('are those of the commit, told once git has said them', async () => {
    const told = Promise.withResolvers<RunRecord>()
    const versions = new RunVersions(told.resolve)
    assert.equal(versions.committed(run()).gitCommit, commit)
    const later = await told.promise
    assert.deepEqual(later.defaults, { tenant: 'acme', agentVersion: commit.slice(0, 8) })
    versions.close()
  })

  it('leave alone what has its own, or no repository', () => {
    const versions = new RunVersions(() => assert.fail('nobody asked'))
    const { root: _, ...rootless } = run()
    for (const each of [run({ gitCommit: 'abc' }), rootless, run({ root: join(folder.path, 'nowhere') })])
      assert.equal(versions.committed(each), each)
    assert.equal(versions.committed(run({ defaults: { agentVersion: '7' } })).defaults.agentVersion, '7')
    versions.close()
  })

  it('say where git cannot tell', async () => {
    const nowhere = { env: { PATH: join(folder.path, 'no-such-folder') } }
    assert.equal(await workTreeVersion(folder.path, commit, nowhere), `${commit.slice(0, 8)}-unchecked`)
    const outside = join(folder.path, '..', 'no-such-repository')
    assert.equal(await workTreeVersion(outside, commit, { env }), `${commit.slice(0, 8)}-unchecked`)
    const stopped = { env, signal: AbortSignal.abort() }
    assert.equal(await workTreeVersion(folder.path, commit, stopped), `${commit.slice(0, 8)}-unchecked`)
  })
})

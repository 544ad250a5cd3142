// What is said of lines that made calls and show nothing: once for a workspace, with the way out. VS Code alone is a fake.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { LineCost } from '../../../profiler-agent/model/line-cost'
import { FakeVscode, installFakeVscode } from '../../support/fake-vscode'
import { temporaryFolder, writeFiles } from '../../support/test-folders'
import { until } from '../../support/until'

const MINIFIED = `const table=[${'1,'.repeat(6_000)}];fetch(url)\n`

describe('lines that show nothing', () => {
  const folder = temporaryFolder('unmarked')
  const vscode = new FakeVscode()
  const root = join(folder.path, 'desk')
  const memory = new Map<string, unknown>()
  const memento = {
    get: (key: string, usual: unknown) => memory.get(key) ?? usual,
    update: async (key: string, value: unknown) => void memory.set(key, value),
  }
  const listeners: (() => void)[] = []
  const session = {
    lines: [] as readonly LineCost[],
    currentRun: { id: 'a-run', active: false },
    onDidChange: (listener: () => void) => {
      listeners.push(listener)
      return { dispose: () => undefined }
    },
  }

  before(async () => {
    writeFiles(folder.path, {
      'desk/agent.mjs': 'await fetch(url)\n',
      'desk/bundle.js': MINIFIED,
      'shared/library.mjs': 'await fetch(url)\n',
    })
    installFakeVscode(vscode)
    vscode.setFolders(root)
    const { registerUnmarkedLines } = await import('../../../extension/editor/unmarked-lines')
    registerUnmarkedLines(session as never, memento as never)
  })
  after(() => folder.remove())

  /** A run with calls on line 1 of these files has ended. */
  function ended(...files: readonly string[]): void {
    session.lines = files.map(
      (file) => ({ root, callSite: { file, line: 1 }, runId: 'a-run', spanId: 'a-span' }) as LineCost,
    )
    for (const listener of listeners) listener()
  }

  it('are said nothing of where all is well, and while the run goes on', async () => {
    ended('agent.mjs', 'gone.mjs')
    session.currentRun = { id: 'a-run', active: true }
    ended('bundle.js')
    session.currentRun = { id: 'a-run', active: false }
    await new Promise(setImmediate)
    assert.deepEqual(vscode.messages, [])
  })

  it('are explained once, those of files outside and those that are minified', async () => {
    const outside = join(folder.path, 'shared', 'library.mjs')
    ended('agent.mjs', outside, 'bundle.js')
    await until('both messages', () => vscode.messages.length === 2)
    assert.deepEqual(vscode.messages, [
      `Costflame: ${outside} called a model. It is in no folder of this window, so its line shows no cost.`,
      `Costflame: ${join(root, 'bundle.js')} called a model. It is minified, so its line shows no cost; with a source map beside it, the lines of its sources do.`,
    ])
    ended(outside, 'bundle.js')
    await new Promise(setImmediate)
    assert.equal(vscode.messages.length, 2)
  })
})

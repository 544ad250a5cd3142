import assert from 'node:assert/strict'
import { linkTarget, linkToLine, linkToRun } from '../../../../extension/links/link-target'

const of = (link: string) => {
  const [path = '', query = ''] = link.split('?')
  return linkTarget({ path: decodeURIComponent(path), query })
}

describe('links of vscode://costflame.costflame', () => {
  it('show a run, the newest run, and a span of a run', () => {
    assert.deepEqual(of('/run/run-20260314-07'), { reveal: 'run', runId: 'run-20260314-07' })
    assert.deepEqual(of('/run/latest'), { reveal: 'run', runId: 'latest' })
    assert.deepEqual(of('/run/r.1/span/7f:ab-2'), { reveal: 'run', runId: 'r.1', spanId: '7f:ab-2' })
  })

  it('show a line of a file in an open folder', () => {
    assert.deepEqual(of('/file/src/agent.ts?line=31&column=7'), {
      reveal: 'line',
      path: 'src/agent.ts',
      line: 31,
      column: 7,
    })
    assert.deepEqual(of('/file/a%20b/c.py'), { reveal: 'line', path: 'a b/c.py', line: 1 })
  })

  for (const link of [
    '',
    '/',
    '/run',
    '/run/',
    '/run/a b',
    `/run/${'x'.repeat(65)}`,
    '/run/a/span',
    '/run/a/span/',
    '/run/a/span/b/c',
    '/run/a/delete',
    '/file',
    '/file/',
    '/file//etc/passwd',
    '/file/../secret.txt',
    '/file/src/%2e%2e/%2e%2e/secret.txt',
    '/file/src/./a.ts',
    '/file/c:/windows/win.ini',
    '/file/src\\..\\a.ts',
    '/file/a.ts?line=0',
    '/file/a.ts?line=-1',
    '/file/a.ts?line=1e3',
    '/file/a.ts?line=99999999',
    '/file/a.ts?line=2&column=x',
    '/command/costflame.clearRuns',
    '/startProfiler',
  ])
    it(`do nothing else: ${JSON.stringify(link.slice(0, 40))}`, () => assert.equal(of(link), undefined))

  it('are given out as they are read', () => {
    assert.equal(linkToRun('vscode', 'run-7'), 'vscode://costflame.costflame/run/run-7')
    const link = linkToLine('code-oss', 'a b/über.ts', 12)
    assert.equal(link, 'code-oss://costflame.costflame/file/a%20b/%C3%BCber.ts?line=12')
    assert.deepEqual(of(link.slice('code-oss://costflame.costflame'.length)), {
      reveal: 'line',
      path: 'a b/über.ts',
      line: 12,
    })
  })
})

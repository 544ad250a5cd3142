// Unified diffs: what `git apply` takes, by hand and for any two texts.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { unifiedDiff } from '../../../profiler-agent/formats/unified-diff'
import { temporaryFolder, writeFiles } from '../../support/test-folders'

const lines = (...numbers: readonly (number | string)[]) =>
  numbers.map((number) => `line ${number}\n`).join('')

describe('a unified diff', () => {
  it('shows a line that moves to the end', () => {
    const before = lines(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
    assert.equal(
      unifiedDiff('a.ts', before, lines(1, 3, 4, 5, 6, 7, 8, 9, 10, 2)),
      `--- a/a.ts
+++ b/a.ts
@@ -1,5 +1,4 @@
 line 1
-line 2
 line 3
 line 4
 line 5
@@ -8,3 +7,4 @@
 line 8
 line 9
 line 10
+line 2`,
    )
  })

  it('says where a file ends without a line end', () => {
    assert.equal(
      unifiedDiff('a.ts', 'a', 'b\n'),
      '--- a/a.ts\n+++ b/a.ts\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+b',
    )
  })

  it('is empty for equal texts', () => {
    assert.equal(unifiedDiff('a.ts', 'a\n', 'a\n'), '')
  })

  it('is what git applies', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 30 })
      .map((all) => all.join('\n'))
    const folder = temporaryFolder('diff')
    try {
      fc.assert(
        fc.property(text, text, (before, after) => {
          fc.pre(before !== after && before !== '' && after !== '')
          writeFiles(folder.path, { 'a.txt': before, 'a.diff': `${unifiedDiff('a.txt', before, after)}\n` })
          execFileSync('git', ['apply', '--whitespace=nowarn', 'a.diff'], { cwd: folder.path, stdio: 'pipe' })
          assert.equal(readFileSync(join(folder.path, 'a.txt'), 'utf8'), after)
        }),
        { numRuns: 40 },
      )
    } finally {
      folder.remove()
    }
  })
})

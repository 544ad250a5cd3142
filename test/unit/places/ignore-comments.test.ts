// Comments that ignore a finding: which line they are about, and where one can be put.

import assert from 'node:assert/strict'
import {
  ignoreCommentFor,
  ignoreComments,
  ignoringComment,
} from '../../../profiler-agent/places/ignore-comments'

const rule = 'cache/volatile-prefix'

/** The source with the comment for a finding on a line; `undefined` where none can stand. */
function ignored(file: string, source: string, line: number): string | undefined {
  const edit = ignoreCommentFor(file, source, { rule, line })
  if (edit === undefined) return undefined
  const lines = source.split('\n')
  lines.splice(edit.line - 1, 0, edit.newText.slice(0, -1))
  return lines.join('\n')
}

describe('comments that ignore a finding', () => {
  it('are about the next line with code, whatever stands between', () => {
    const source = `start()
  // costflame-ignore-next-line cache/expired, waste -- known since March

  // eslint-disable-next-line
  await call()`
    assert.deepEqual(ignoreComments('a.ts', source), [
      { line: 2, next: 5, rules: ['cache/expired', 'waste'] },
    ])
  })

  it('may stand in a block, behind code, or in Python', () => {
    assert.deepEqual(ignoreComments('a.js', '/* costflame-ignore-next-line cache */\ncall()'), [
      { line: 1, next: 2, rules: ['cache'] },
    ])
    assert.deepEqual(ignoreComments('a.js', 'a() // costflame-ignore-next-line cache\nb()'), [
      { line: 1, next: 2, rules: ['cache'] },
    ])
    assert.deepEqual(ignoreComments('a.py', 'a()\n# costflame-ignore-next-line cache\nb()'), [
      { line: 2, next: 3, rules: ['cache'] },
    ])
  })

  it('are none inside of a text, in a prompt file, or at the end of a file', () => {
    const comment = '# costflame-ignore-next-line cache\n'
    assert.deepEqual(ignoreComments('a.py', `P = """\n${comment}more"""\ncall()`), [])
    assert.deepEqual(ignoreComments('a.md', `${comment}more`), [])
    assert.deepEqual(ignoreComments('a.py', `call()\n${comment}`), [])
  })

  it('speak of a rule or its family, and never of a limit', () => {
    const source = '// costflame-ignore-next-line cache budget/costUsd\ncall()'
    const said = (of: string) => ignoringComment('a.ts', source, { rule: of, line: 2 })?.line
    assert.equal(said('cache/expired'), 1)
    assert.equal(said('waste/unused-tool'), undefined)
    assert.equal(said('budget/costUsd'), undefined)
    assert.equal(ignoringComment('a.ts', source, { rule, line: 1 }), undefined)
  })

  it('speak of all lines of a text', () => {
    const source = `// costflame-ignore-next-line ${rule}\nconst P = \`first\n\${now()}\nlast\``
    assert.equal(ignoringComment('a.ts', source, { rule, line: 3 })?.line, 1)
    assert.equal(ignoringComment('a.ts', `${source}\ncall()`, { rule, line: 5 }), undefined)
  })
})

describe('a comment that is to ignore a finding', () => {
  it('is put above the line, with its indent', () => {
    assert.equal(
      ignored('a.ts', 'f({\n  a,\n  system: S,\n})', 3),
      `f({\n  a,\n  // costflame-ignore-next-line ${rule}\n  system: S,\n})`,
    )
    assert.equal(
      ignored('a.py', 'def f():\n\tcall(\n\t\tx)\n', 2),
      `def f():\n\t# costflame-ignore-next-line ${rule}\n\tcall(\n\t\tx)\n`,
    )
  })

  it('is put above the text that the line is in', () => {
    assert.equal(
      ignored('a.ts', `a()\nconst P = \`one\n\${now()}\`\n`, 3),
      `a()\n// costflame-ignore-next-line ${rule}\nconst P = \`one\n\${now()}\`\n`,
    )
    assert.equal(
      ignored('a.py', 'P = f"""one\n{now()}\n"""\n', 2),
      `# costflame-ignore-next-line ${rule}\nP = f"""one\n{now()}\n"""\n`,
    )
  })

  it('is put nowhere in files that are sent as they are, or that cannot be read', () => {
    for (const [file, source] of [
      ['prompt.md', 'Now: {{ now }}\n'],
      ['tools.json', '[\n{ "name": "a" }]\n'],
      ['a.ts', 'const broken = (\ncall()\n'],
      ['a.go', 'f()\ncall()\n'],
    ] as const)
      assert.equal(ignored(file, source, 1), undefined)
  })

  it('is put nowhere where it would break a line', () => {
    assert.equal(ignored('a.py', 'a = b + \\\n    call()\n', 2), undefined)
  })

  it('is put nowhere on a line that is not there, or has no code', () => {
    assert.equal(ignored('a.ts', 'call()\n', 9), undefined)
    assert.equal(ignored('a.ts', 'call()\n\n', 2), undefined)
  })
})

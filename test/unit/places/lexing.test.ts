// Cutting source into lexemes: what it must get right for edits to be safe, and that nothing a file holds can stop it.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the sources are texts here

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { lexFile } from '../../../profiler-agent/places/file-kind'
import { lexJavaScript } from '../../../profiler-agent/places/javascript'
import type { Lexed } from '../../../profiler-agent/places/lexeme'
import { templateHoles } from '../../../profiler-agent/places/prompt-templates'
import { lexPython } from '../../../profiler-agent/places/python'

const textsOf = ({ source, lexemes }: Lexed) => lexemes.map(({ start, end }) => source.slice(start, end))

describe('lexemes of JavaScript and TypeScript', () => {
  const cut = (source: string) => {
    const lexed = lexJavaScript(source)
    assert.ok(lexed.isClean, source)
    return textsOf(lexed)
  }

  it('pass over comments', () => {
    assert.deepEqual(cut("#!/usr/bin/env node\na // don't\n/* 'b` */ c"), ['a', 'c'])
  })

  it('tell a regular expression from a division', () => {
    assert.deepEqual(cut('x = /\'[/`]\\/"/g'), ['x', '=', '/\'[/`]\\/"/g'])
    assert.deepEqual(cut("return /'/"), ['return', "/'/"])
    assert.deepEqual(cut("a / b / 'c'"), ['a', '/', 'b', '/', "'c'"])
    assert.deepEqual(cut("f(1) / 2 + '/'"), ['f', '(', '1', ')', '/', '2', '+', "'/'"])
  })

  it('keep a template whole, whatever is in its holes', () => {
    const template = '`a ${b({ c: `}${"`"}` })} \\` ${/* } */ d}`'
    assert.deepEqual(cut(`x = ${template};`), ['x', '=', template, ';'])
    const [, , text] = lexJavaScript(`x = ${template};`).lexemes
    assert.deepEqual(
      text?.kind === 'text' && text.pieces.map((piece) => (piece.kind === 'constant' ? piece.text : '${}')),
      ['a ', '${}', ' ` ', '${}', ''],
    )
  })

  it('resolve escapes', () => {
    const [text] = lexJavaScript("'a\\n\\x41\\u0042\\u{43}\\'\\\nd'").lexemes
    assert.deepEqual(
      text?.kind === 'text' && text.pieces.map((piece) => piece.kind === 'constant' && piece.text),
      ["a\nABC'd"],
    )
  })

  it('know when they have lost their way', () => {
    for (const source of ["'a", '`a', '`${a', '(]', '{', "<p>don't</p>", '`${`'.repeat(1000)])
      assert.equal(lexJavaScript(source).isClean, false, source.slice(0, 20))
  })
})

describe('lexemes of Python', () => {
  const cut = (source: string) => {
    const lexed = lexPython(source)
    assert.ok(lexed.isClean, source)
    return textsOf(lexed)
  }

  it('pass over comments and line ends', () => {
    assert.deepEqual(cut("a = 1  # don't\nb = \\\n  2"), ['a', '=', '1', 'b', '=', '2'])
  })

  it('keep texts whole in all their quotes', () => {
    const texts = [
      '"a\'"',
      "'''a\n'b'''",
      '"""a "b" \\""""',
      "rb'a\\\\'",
      'f"{a[\'b\']!r:>{w}} {{c}}"',
      'f"{f"{a}"}"',
    ]
    for (const text of texts) assert.deepEqual(cut(`x = ${text}`), ['x', '=', text], text)
  })

  it('give the text between holes as it will be', () => {
    const [text] = lexPython('f"{{a}}\\n{b:%H:%M} {c}"').lexemes
    assert.deepEqual(
      text?.kind === 'text' && text.pieces.map((piece) => (piece.kind === 'constant' ? piece.text : '${}')),
      ['{a}\n', '${}', ' ', '${}', ''],
    )
  })

  it('know when they have lost their way', () => {
    for (const source of ["'a\n'", 'f"{a', '"""a', '(', 'f"{'.repeat(1000)])
      assert.equal(lexPython(source).isClean, false, source.slice(0, 20))
  })
})

describe('any file', () => {
  const pieces = fc.constantFrom(
    ...[
      '`',
      '${',
      '}',
      '{',
      "'",
      '"',
      '"""',
      '\\',
      '/',
      '/*',
      '*/',
      '//',
      '\n',
      '+',
      ',',
      '[',
      ']',
      '(',
      ')',
    ],
    ...['{{', '}}', '{%', '%}', '<%', '%s', '#', 'f"', "r'", 'name', ':', '.', ' ', 'é', '\ud800'],
  )
  const source = fc.array(pieces, { maxLength: 60 }).map((all) => all.join(''))
  const file = fc.constantFrom('a.ts', 'a.py', 'a.json', 'a.md')

  it('is cut into lexemes that lie behind each other in it', () => {
    fc.assert(
      fc.property(file, source, (name, text) => {
        let last = 0
        for (const { start, end } of lexFile(name, text)?.lexemes ?? []) {
          assert.ok(start >= last && end > start && end <= text.length)
          last = end
        }
      }),
      { numRuns: 500 },
    )
  })

  it('gives holes that lie in it', () => {
    fc.assert(
      fc.property(file, source, (name, text) => {
        for (const { start, end, inner } of templateHoles(name, text))
          assert.ok(start <= inner.start && inner.start < inner.end && inner.end <= end && end <= text.length)
      }),
      { numRuns: 500 },
    )
  })

  it('is gone through, however large and strange', () => {
    const pieces = [
      '`${',
      'f"{',
      '/*',
      "'",
      '"""',
      '{a}',
      '{{',
      '[',
      "'a', ",
      '`${a} b`,',
      '<%',
      '%',
      '("',
    ] as const
    for (const name of ['a.ts', 'a.py', 'a.json', 'a.md'])
      for (const piece of pieces) templateHoles(name, piece.repeat(Math.floor(150_000 / piece.length)))
  }).timeout(120_000)
})

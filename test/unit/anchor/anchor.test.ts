// Anchors of statements: what a formatter does changes nothing of them, and what somebody edits is found where it is now, or not at all.

import assert from 'node:assert/strict'
import { anchorAt, codeAt, findAgain, findMoved } from '../../../profiler-agent/anchor/anchor'
import { CodeText } from '../../../profiler-agent/anchor/code-text'
import type { CodeAnchor } from '../../../profiler-agent/model/code-anchor'

const TYPESCRIPT = `import OpenAI from 'openai'

const client = new OpenAI()

export async function answer(question: string) {
  const reply = await client.chat.completions.create({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: \`Answer: \${question.split(' ').map((word) => \`<\${word}>\`)}\` }],
  })
  return reply.choices[0]?.message.content
}
`
const CREATE = { line: 6, column: 48 }

const PYTHON = `import openai
client = openai.OpenAI()  # it isn't "closed" (

def plan(question):
    if question:
        return client.chat.completions.create(model="gpt-5-mini", messages=[{"role": "user", "content": f"Plan {question!r}"}])

def answer(question):
    return client.chat.completions.create(model="gpt-5-mini", messages=[question])
`

function taken(text: string, file: string, line: number, column?: number): CodeAnchor {
  const anchor = anchorAt(new CodeText(text, file), line, column)
  assert.ok(anchor)
  return anchor
}

/** Where the first line of the place is now, \`*\` behind it where it changed. */
function lineIn(text: string, file: string, anchor: CodeAnchor): string | undefined {
  const [found] = findAgain(new CodeText(text, file), [{ line: 1, anchor }])
  return found && `${found.region.line}${found.isChanged ? '*' : ''}`
}

describe('anchor/anchor', () => {
  const create = taken(TYPESCRIPT, 'desk.ts', CREATE.line, CREATE.column)

  it('is of a call with all its arguments', () => {
    assert.deepEqual(create.region, { line: 6, column: 23, endLine: 9, endColumn: 5 })
    assert.equal(create.function, 'answer')
    const onLine = taken(TYPESCRIPT, 'desk.ts', CREATE.line)
    assert.equal(onLine.code, create.code)
  })

  it('is of the call at a column, with what leads to it', () => {
    const text = 'const a = await first(1).then((x) => second(x)).finally(done)\n'
    const regionAt = (column: number) => taken(text, 'a.ts', 1, column).region
    assert.deepEqual(regionAt(17), { line: 1, column: 17, endLine: 1, endColumn: 25 })
    assert.deepEqual(regionAt(11), { line: 1, column: 17, endLine: 1, endColumn: 25 })
    assert.deepEqual(regionAt(26), { line: 1, column: 17, endLine: 1, endColumn: 48 })
    assert.deepEqual(regionAt(38), { line: 1, column: 38, endLine: 1, endColumn: 47 })
  })

  it('is of the line where nothing is called', () => {
    const text = 'for await (const part of stream) {\n  show(part)\n}\n'
    assert.deepEqual(taken(text, 'a.ts', 1).region, { line: 1, column: 1, endLine: 1, endColumn: 32 })
  })

  it('is of a region that is named', () => {
    const code = new CodeText(TYPESCRIPT, 'desk.ts')
    const anchor = anchorAt(code, 7, 5, { endLine: 7, endColumn: 24 })
    assert.deepEqual(anchor?.region, { line: 7, column: 5, endLine: 7, endColumn: 24 })
    const below = `${TYPESCRIPT.replace('const client', '// ours\nconst client')}`
    assert.equal(anchor && lineIn(below, 'desk.ts', anchor), '8')
  })

  it('is not where there is no code', () => {
    const code = new CodeText('const a = 1\n\n// nothing\n', 'a.ts')
    assert.equal(anchorAt(code, 2), undefined)
    assert.equal(anchorAt(code, 3), undefined)
    assert.equal(anchorAt(code, 99), undefined)
  })

  it('stays the same under a formatter', () => {
    const formatted = `import OpenAI from "openai";
const client = new OpenAI();

export async function answer(question: string) {
\tconst reply = (
\t\tawait client.chat.completions
\t\t\t.create({
\t\t\t\t"model": "gpt-5-mini", // small
\t\t\t\tmessages: [
\t\t\t\t\t{
\t\t\t\t\t\trole: "user",
\t\t\t\t\t\tcontent: \`Answer: \${question.split(" ").map(word => \`<\${word}>\`)}\`,
\t\t\t\t\t},
\t\t\t\t],
\t\t\t})
\t);
\treturn reply.choices[0]?.message.content;
}
`
    assert.equal(lineIn(formatted, 'desk.ts', create), '6')
    assert.equal(lineIn(formatted.replaceAll('\n', '\r\n'), 'desk.ts', create), '6')
  })

  it('stays the same under black', () => {
    const formatted = PYTHON.replace(
      `        return client.chat.completions.create(model="gpt-5-mini", messages=[{"role": "user", "content": f"Plan {question!r}"}])`,
      `        return client.chat.completions.create(
            model='gpt-5-mini',
            messages=[
                {
                    "role": "user",
                    "content": f"Plan {question!r}",
                },
            ],
        )`,
    )
    assert.equal(lineIn(formatted, 'desk.py', taken(PYTHON, 'desk.py', 6)), '6')
    assert.equal(lineIn(formatted, 'desk.py', taken(PYTHON, 'desk.py', 9)), '17')
  })

  it('is another one when a word of it is', () => {
    const code = new CodeText(TYPESCRIPT.replace('gpt-5-mini', 'gpt-5-nano'), 'desk.ts')
    assert.ok(create.region)
    assert.notEqual(codeAt(code, create.region), create.code)
    assert.equal(codeAt(new CodeText(TYPESCRIPT, 'desk.ts'), create.region), create.code)
    assert.equal(lineIn(code.text, 'desk.ts', create), '6*')
  })

  it('is found where lines were added, and in another function', () => {
    assert.equal(lineIn(TYPESCRIPT.replace('export', '\n/** Answers. */\nexport'), 'desk.ts', create), '8')
    assert.equal(lineIn(TYPESCRIPT.replace('answer(', 'reply('), 'desk.ts', create), '6')
  })

  it('is not found when it is gone', () => {
    const gone = TYPESCRIPT.replace(/ {2}const reply[\s\S]*?\n {2}\}\)\n/, '')
    assert.equal(lineIn(gone, 'desk.ts', create), undefined)
    assert.equal(lineIn('', 'desk.ts', create), undefined)
  })

  it('is not found when one of two that say the same is gone', () => {
    const twice = 'async function main() {\n  await run()\n  await run()\n}\n'
    const anchors = [2, 3].map((line) => taken(twice, 'a.ts', line, 9))
    assert.deepEqual(
      anchors.map((anchor) => lineIn(`// two\n${twice}`, 'a.ts', anchor)),
      ['3', '4'],
    )
    const once = 'async function main() {\n  const x = 1\n  await run()\n  stop(x)\n}\n'
    assert.deepEqual(
      anchors.map((anchor) => lineIn(once, 'a.ts', anchor)),
      [undefined, undefined],
    )
  })

  it('tells copies apart by the function around them', () => {
    const text = ['plan', 'answer', 'check'].map((name) => `def ${name}(q):\n    return ask(q)\n`).join('\n')
    const anchor = taken(text, 'a.py', 5)
    const more = `def check(q):\n    return ask(q)\n\n${text.replace('check', 'sum')}`
    assert.equal(anchor.function, 'answer')
    assert.equal(lineIn(more, 'a.py', anchor), '8')
  })

  it('reads comments and strings of each language', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['a.go', 'func main() {\n\t// it isn\'t "so" (\n\tr := `raw " ( text`\n\task(r, "x")\n}\n'],
      ['a.rb', 'def main\n  # it isn\'t "so" (\n  r = "("\n  ask(r, "x")\nend\n'],
      ['a.tsx', "const a = () => (\n  <p>It isn't (so</p>\n)\nask(a, 'x')\n"],
      ['a.js', 'const r = /["`(]/g\n/* ( " */\n\nask(r, "x")\n'],
      ['a.py', 'r = """\nit isn\'t "so" (\n"""\nask(r, "x")\n'],
      ['a.md', '# It isn\'t so (\n\nSay `x`.\nask (r, "x")\n'],
    ]
    for (const [file, text] of cases) {
      const anchor = taken(text, file, 4)
      assert.equal(anchor.region?.line, 4, file)
      assert.equal(lineIn(`\n\n${text}`, file, anchor), '6', file)
    }
  })

  it('looks for nothing in lines that a tool wrote', () => {
    const minified = `${'f(1);'.repeat(3000)}\nask(1)\n`
    assert.equal(anchorAt(new CodeText(minified, 'a.js'), 1, 6), undefined)
    assert.equal(lineIn(`\n${minified}`, 'a.js', taken(minified, 'a.js', 2)), '3')
  })

  it('gives the statement on the line where there is no anchor', () => {
    const [found, none] = findAgain(new CodeText(TYPESCRIPT, 'desk.ts'), [{ line: 6 }, { line: 99 }])
    assert.deepEqual(found, { region: create.region, isChanged: true })
    assert.equal(none, undefined)
  })

  it('reads an anchor of another version as one that is nowhere', () => {
    assert.equal(lineIn(TYPESCRIPT, 'desk.ts', { code: 'v9', before: [], after: [] }), undefined)
  })

  it('knows a file that was moved', () => {
    const anchors = [create, taken(TYPESCRIPT, 'desk.ts', 3)]
    const isMoved = (text: string) => findMoved(new CodeText(text, 'other.ts'), anchors)
    assert.equal(isMoved(TYPESCRIPT), true)
    assert.equal(isMoved(`// moved\n${TYPESCRIPT.replace('answer', 'reply')}`), true)
    assert.equal(isMoved(PYTHON), false)
    assert.equal(
      isMoved(`async function other() {\n${TYPESCRIPT.split('\n').slice(5, 9).join('\n')}\n}\n`),
      false,
    )
    assert.equal(findMoved(new CodeText(TYPESCRIPT, 'desk.ts'), []), false)
  })
})

// The options of the call on a line: which call is meant, and what is written in it.

import assert from 'node:assert/strict'
import { type CodePosition, callOptionsAt } from '../../../profiler-agent/places/call-options'
import { lexFile } from '../../../profiler-agent/places/file-kind'

/** Callee and options, `name=value`, of the call at a position. */
function at(file: string, source: string, position: CodePosition): string | undefined {
  const lexed = lexFile(file, source)
  const call = lexed && callOptionsAt(lexed, position)
  if (!call) return undefined
  const options = call.options.map(({ name, value }) => `${name}=${source.slice(value.start, value.end)}`)
  return `${call.callee}: ${options.join(' ')}`
}

describe('options of a call', () => {
  it('are those of the call at the column', () => {
    const source =
      'a(await x.create({ model: 1 }), await y.create({ model: 2, "max-tokens": f(1, 2), tools, ...more }))'
    assert.equal(
      at('a.ts', source, { line: 1, column: source.indexOf('y.create') + 3 }),
      'y.create: model=2 max-tokens=f(1, 2) tools=tools',
    )
  })

  it('are those of the innermost request around a line without a column', () => {
    const source =
      'def f():\n    return wrap(\n        client.messages.create(\n            model="m",\n            system=[{"a": 1}],\n        ),\n        messages=1,\n    )'
    for (const line of [3, 4, 5])
      assert.equal(at('a.py', source, { line }), 'client.messages.create: model="m" system=[{"a": 1}]')
    assert.equal(at('a.py', source, { line: 7 }), 'wrap: messages=1')
  })

  it('are found in a constant of the file', () => {
    const source = 'const request = { model, messages: [] }\nawait client.create(request, { timeout: 1 })'
    assert.equal(at('a.ts', source, { line: 2, column: 14 }), 'client.create: model=model messages=[]')
  })

  it('are none where a constant has two values, or nothing is written out', () => {
    const twice = 'let request = { model }\nrequest = { model: 2 }\nawait client.create(request)'
    assert.equal(at('a.ts', twice, { line: 3, column: 14 }), undefined)
    assert.equal(at('a.ts', 'await client.create(build())', { line: 1, column: 14 }), undefined)
    assert.equal(at('a.py', 'client.create(**request)', { line: 1 }), undefined)
    assert.equal(at('a.ts', 'f({ model })', { line: 9, column: 1 }), undefined)
  })

  it('are not those of a call that is no request', () => {
    assert.equal(at('a.ts', 'log({ level: 1 })', { line: 1, column: 1 }), undefined)
  })
})

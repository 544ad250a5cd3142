// Where a tool is declared, in the ways in which SDKs and people declare tools.

import assert from 'node:assert/strict'
import { toolDeclarations } from '../../../profiler-agent/places/tool-declaration'

const TOOL = { name: 'find_order', description: 'Finds an order by its number and says where it is.' }

/** Lines of the declarations; `*` where the description stands beside the name. */
function lines(file: string, source: string): string[] {
  return toolDeclarations(file, source, TOOL).map(
    ({ start, isDescribed }) => `${source.slice(0, start).split('\n').length}${isDescribed ? '*' : ''}`,
  )
}

describe('the declaration of a tool', () => {
  const DESCRIBED = "'Finds an order by its number and says where it is.'"
  const sources: readonly (readonly [title: string, file: string, source: string])[] = [
    ['an object', 'a.ts', `x\nconst t = { name: 'find_order', description: ${DESCRIBED} }`],
    ['JSON', 'a.json', `{\n"name": "find_order", "description": ${DESCRIBED.replaceAll("'", '"')} }`],
    ['a key', 'a.ts', `x = {\nfind_order: tool({ description: ${DESCRIBED} }) }`],
    ['a call', 'a.ts', `x\nserver.tool('find_order', ${DESCRIBED}, schema)`],
    ['keyword arguments', 'a.py', `x\nTool(name="find_order", description=${DESCRIBED})`],
    [
      'a function with a docstring',
      'a.py',
      `@tool\ndef find_order(number):\n  """Finds an order by its number\n  and says where it is."""`,
    ],
    [
      'a dictionary',
      'a.py',
      `x\nt = {"name": "find_order", "description": (\n"Finds an order by its number "\n"and says where it is.")}`,
    ],
  ]
  for (const [title, file, source] of sources)
    it(`is found in ${title}`, () => {
      assert.deepEqual(lines(file, source), ['2*'])
    })

  it('is where it is described, and not where only its name stands', () => {
    const source = `const a = { name: 'find_order' }\nconst b = { name: 'find_order', d: ${DESCRIBED} }`
    const far = `const a = { name: 'find_order' }\n${'x()\n'.repeat(300)}const b = { name: 'find_order', d: ${DESCRIBED} }`
    assert.deepEqual(lines('a.ts', source), ['1*', '2*'])
    assert.deepEqual(lines('a.ts', far), ['302*'])
  })

  it('is not where the name is used', () => {
    assert.deepEqual(lines('a.ts', "if (call === 'find_order') find_order(1)\nlog('find_order')"), [])
  })
})

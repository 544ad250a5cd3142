// Edits of the budget file: the one place changes, comments and layout stay.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { applyEdits, type ParseError, parse } from 'jsonc-parser'
import { raiseLimit, setOnExceed, withNewLimit } from '../../../../profiler-agent/budgets/file/edits'
import { setComment, setValue } from '../../../../profiler-agent/budgets/file/set-value'

const agent = { kind: 'agent', agent: 'a' } as const
const raised = (text: string, value = 9) => applyEdits(text, raiseLimit(text, agent, 'totalTokens', value))

describe('budgets/file/edits', () => {
  it('changes a number and nothing else', () => {
    const text =
      '{ // first\n\t"agents": {"a": {"limits": {"totalTokens"/* hm */: 5 /* was 4 */, "toolCalls":3,},}, }\n}'
    assert.equal(raised(text), text.replace(': 5', ': 9'))
    assert.deepEqual(raiseLimit(text, agent, 'totalTokens', 5), [])
  })

  it('adds a limit on the line of the others', () => {
    assert.equal(
      raised('{ "agents": { "a": { "limits": { "costUsd": 1 } } } }'),
      '{ "agents": { "a": { "limits": { "costUsd": 1, "totalTokens": 9 } } } }',
    )
    assert.equal(
      raised('{ "agents": { "a": { "limits": {} } } }'),
      '{ "agents": { "a": { "limits": { "totalTokens": 9 } } } }',
    )
  })

  it('adds a line after the last one and its comment', () => {
    const before = `{
  "agents": {
    "a": {
      "limits": {
        "costUsd": 1 // a dollar, is plenty
        // and no more
      }
    }
  }
}`
    assert.equal(
      raised(before),
      before
        .replace('"costUsd": 1', '"costUsd": 1,')
        .replace('// and no more', '// and no more\n        "totalTokens": 9'),
    )
    const trailing = before.replace('"costUsd": 1', '"costUsd": 1,')
    assert.equal(
      raised(trailing),
      trailing.replace('// and no more', '// and no more\n        "totalTokens": 9'),
    )
  })

  it('makes the objects that are missing, with the indent and the line ends of the file', () => {
    assert.equal(
      raised('{\r\n\t"version": 1\r\n}\r\n'),
      '{\r\n\t"version": 1,\r\n\t"agents": { "a": { "limits": { "totalTokens": 9 } } }\r\n}\r\n',
    )
    const step = { kind: 'step', agent: 'a', intent: 'i', step: 'plan' } as const
    assert.deepEqual(parse(applyEdits('{}', raiseLimit('{}', step, 'modelCalls', 2))), {
      agents: { a: { intents: { i: { steps: { plan: { limits: { modelCalls: 2 } } } } } } },
    })
  })

  it('breaks a line that would become too long', () => {
    const long = 'x'.repeat(90)
    assert.equal(
      applyEdits(
        `{\n  "agents": { "a": { "onExceed": "warn" } }\n}`,
        setValue(`{\n  "agents": { "a": { "onExceed": "warn" } }\n}`, ['agents', 'a', 'escalation'], long) ??
          [],
      ),
      `{\n  "agents": { "a": {\n    "onExceed": "warn",\n    "escalation": "${long}"\n  } }\n}`,
    )
  })

  it('sets the reaction of the workspace, of a workflow, of an intent', () => {
    const text = '{ "workspace": { "onExceed": "warn" } }'
    assert.equal(applyEdits(text, setOnExceed(text, { kind: 'day' }, 'block')), text.replace('warn', 'block'))
    const flow = { kind: 'workflow', workflow: 'w', rootAgent: 'a' } as const
    assert.deepEqual(parse(applyEdits(text, setOnExceed(text, flow, 'escalate'))).workflows, {
      w: { onExceed: 'escalate' },
    })
  })

  it('leaves alone what it cannot edit', () => {
    for (const text of [
      '',
      '{',
      '[]',
      '{ "agents": "all" }',
      '{ "agents": { "a": 1 } }',
      '['.repeat(200_000),
    ])
      assert.deepEqual(raiseLimit(text, agent, 'totalTokens', 1), [], text.slice(0, 30))
  })

  it('puts a first limit with what it rests on, and a second one beside it without', () => {
    const scope = { kind: 'step', agent: 'a', step: 'plan' } as const
    const first = withNewLimit('{\n  "version": 1\n}\n', scope, 'costUsd', 0.05, 'p99 $0.041, +20 %')
    assert.equal(
      first,
      `{
  "version": 1,
  "agents": { "a": { "steps": { "plan": {
    // p99 $0.041, +20 %
    "limits": { "costUsd": 0.05 }
  } } } }
}
`,
    )
    assert.equal(
      withNewLimit(first ?? '', scope, 'inputTokens', 900, 'p99 750, +20 %'),
      first?.replace('0.05', '0.05, "inputTokens": 900'),
    )
  })

  it('puts no limit into what cannot be read', () => {
    assert.equal(withNewLimit('{ "version": ', agent, 'costUsd', 1, ''), undefined)
  })

  it('puts a comment above a member, in the place of the one it put there before', () => {
    const isOurs = (comment: string) => comment.startsWith('// measured')
    const commented = (text: string, comment: string) =>
      applyEdits(text, setComment(text, ['a', 'limits'], comment, isOurs) ?? [])
    const own = '{\n  "a": {\n    // mine\n    "limits": {}\n  }\n}'
    const first = commented(own, '// measured once')
    assert.equal(first, own.replace('// mine', '// mine\n    // measured once'))
    assert.equal(commented(first, '// measured twice'), first.replace('once', 'twice'))
    assert.equal(
      commented('{\n  "a": { "limits": {}, "onExceed": "warn" }\n}', '// measured'),
      '{\n  "a": {\n    // measured\n    "limits": {},\n    "onExceed": "warn"\n  }\n}',
    )
    assert.equal(
      commented('{\n  "a": { "onExceed": "warn", "limits": {\n  } }\n}', '// measured'),
      '{\n  "a": { "onExceed": "warn",\n    // measured\n    "limits": {\n  } }\n}',
    )
    assert.equal(setComment('{}', ['a', 'limits'], '// measured', isOurs), undefined)
  })

  it('gives a text that means the same but for the one value, with all comments around it', () => {
    const name = fc.constantFrom('a', 'b', 'c d', '"')
    const space = fc.constantFrom('', ' ', '\n', '\n  ', ' /* c */ ', '\n// d\n', '\r\n\t')
    const { object } = fc.letrec<{ json: string; object: string }>((tie) => ({
      json: fc.oneof({ maxDepth: 3 }, fc.constantFrom('1', '"x"', 'true', '[1, 2]', '[]'), tie('object')),
      object: fc
        .tuple(
          fc.uniqueArray(fc.tuple(name, space, tie('json'), space), {
            maxLength: 3,
            selector: ([key]) => key,
          }),
          space,
          fc.constantFrom('', ','),
        )
        .map(([members, end, comma]) => {
          const texts = members.map(([key, a, value, b]) => `${a}${JSON.stringify(key)}:${b}${value}`)
          return `{${texts.join(',')}${texts.length > 0 ? comma : ''}${end}}`
        }),
    }))
    fc.assert(
      fc.property(object, fc.array(name, { minLength: 1, maxLength: 3 }), (text, path) => {
        const before = parse(text, [], { allowTrailingComma: true })
        const edits = setValue(text, path, { n: 7 })
        assert.equal(edits !== undefined, isReachable(before, path), text)
        if (!edits) return
        const result = applyEdits(text, edits)
        const errors: ParseError[] = []
        const after = parse(result, errors, { allowTrailingComma: true })
        assert.deepEqual(errors, [], result)
        assert.deepEqual(after, withValue(before, path), result)
        if (valueAt(before, path) === undefined) assert.equal(comments(result), comments(text), result)
        assert.deepEqual(setValue(result, path, { n: 7 }), [], result)
      }),
      { numRuns: 500 },
    )
  })
})

type Parsed = Record<string, unknown>
const isObject = (value: unknown): value is Parsed =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function isReachable(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true
  return isObject(value) && (!(key in value) || isReachable(value[key], rest))
}

function withValue(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return { n: 7 }
  const object = isObject(value) ? value : {}
  return { ...object, [key]: withValue(object[key], rest) }
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value)
}

function comments(text: string): number {
  return text.match(/\/\/|\/\*/g)?.length ?? 0
}

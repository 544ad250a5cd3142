// Where changing text of a prompt comes from: sources in all the ways in which people write prompts, against the prompt they make.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the sources are texts here

import assert from 'node:assert/strict'
import { templateHoles } from '../../../profiler-agent/places/prompt-templates'
import { matchOf, needleOf } from '../../../profiler-agent/places/volatile-origin'

/** Expressions of the holes that fit, the best first. `«…»` in the prompt is what changes. */
function originsOf(file: string, source: string, prompt: string): string[] {
  const [before = '', value = '', after = ''] = prompt.split(/[«»]/)
  const needle = needleOf({ before: before.slice(-200), value, after: after.slice(0, 200) })
  return templateHoles(file, source)
    .flatMap((hole) => matchOf(hole, needle) ?? [])
    .sort((left, right) => right.letters - left.letters || left.slack - right.slack)
    .map(({ hole }) => source.slice(hole.inner.start, hole.inner.end))
}

const PROMPT = `You help at a bike shop.
Current time: «2026-03-01T10:00:07Z».
Be "brief" and answer in Norwegian.`

describe('origin of changing text', () => {
  const sources: readonly (readonly [title: string, file: string, source: string, expected: string])[] = [
    [
      'a template literal over several lines',
      'agent.ts',
      'const system = `You help at a bike shop.\nCurrent time: ${new Date().toISOString()}.\nBe "brief" and answer in Norwegian.`',
      'new Date().toISOString()',
    ],
    [
      'a template literal with escapes',
      'agent.mjs',
      'const system = `You help at a bike shop.\\nCurrent time: ${now({ a: `}` })}.\\nBe \\"brief\\" and answer in Norwegian.`',
      'now({ a: `}` })',
    ],
    [
      'strings joined by plus',
      'agent.js',
      `const system = 'You help at a bike shop.\\n' +
        'Current time: ' + clock.now() + '.\\n' +
        'Be "brief" and answer in Norwegian.'`,
      'clock.now()',
    ],
    [
      'lines of a list',
      'agent.js',
      "const system = ['You help at a bike shop.', `Current time: ${now}.`, 'Be \"brief\" and answer in Norwegian.'].join('\\n')",
      'now',
    ],
    [
      'a list in which other lines are not of this prompt',
      'agent.js',
      "const system = [isShop && 'You help.', 'Something else.', `Current time: ${now}.`, 'Be \"brief\" and answer in Norwegian.'].filter(Boolean).join('\\n')",
      'now',
    ],
    [
      'an f-string in triple quotes with an indent',
      'agent.py',
      'system = dedent(f"""\n    You help at a bike shop.\n    Current time: {datetime.now():%Y-%m-%dT%H:%M}.\n    Be "brief" and answer in Norwegian.\n""")',
      'datetime.now():%Y-%m-%dT%H:%M',
    ],
    [
      'neighbouring strings',
      'agent.py',
      "system = (\n  'You help at a bike shop.\\n'\n  f'Current time: {now(\"utc\")}.\\n'  # the clock\n  'Be \"brief\" and answer in Norwegian.'\n)",
      'now("utc")',
    ],
    [
      'str.format',
      'agent.py',
      'system = \'You help at a bike shop.\\nCurrent time: {now}.\\nBe "brief" and answer in Norwegian.\'.format(now=now())',
      '{now}',
    ],
    [
      'percent formatting',
      'agent.py',
      'system = \'You help at a bike shop.\\nCurrent time: %s.\\nBe "brief" and answer in Norwegian.\' % now()',
      '%s',
    ],
    [
      'lines of a Python list',
      'agent.py',
      'parts = ["You help at a bike shop.", f"Current time: {now}.", "Be \\"brief\\" and answer in Norwegian."]',
      'now',
    ],
    [
      'a Mustache file',
      'prompts/shop.md',
      'You help at a bike shop.\n\nCurrent time: {{ now }}.\nBe "brief" and answer in Norwegian.\n',
      '{{ now }}',
    ],
    [
      'a block of a YAML file',
      'prompts/shop.yaml',
      'name: shop\nsystem: |\n  You help at a bike shop.\n  Current time: {{now}}.\n  Be "brief" and answer in Norwegian.\nmodel: any\n',
      '{{now}}',
    ],
    [
      'a JSON file',
      'prompts/shop.json',
      '{ "name": "x", "system": "You help at a bike shop.\\nCurrent time: {now}.\\nBe \\"brief\\" and answer in Norwegian." }',
      '{now}',
    ],
    [
      'a language that is not cut into lexemes',
      'agent.rb',
      'system = <<~TEXT\n  You help at a bike shop.\n  Current time: #{now}.\n  Be "brief" and answer in Norwegian.\nTEXT\n',
      '#{now}',
    ],
  ]
  for (const [title, file, source, expected] of sources)
    it(`is found in ${title}`, () => {
      assert.deepEqual(originsOf(file, source, PROMPT).slice(0, 1), [expected])
    })

  it('is the hole whose value changes, not its neighbours', () => {
    const source = '`Shop ${name}, time ${now}, ticket ${id}. Answer briefly.`'
    const prompt = (value: string) => `Shop Velo, ${value}. Answer briefly.`
    assert.deepEqual(originsOf('a.ts', source, prompt('time «10:07», ticket 5')), ['now'])
    assert.deepEqual(originsOf('a.ts', source, prompt('time 10:07, ticket «5»')), ['id'])
  })

  it('is the first of two holes that both change', () => {
    const source = '`Time: ${now}\nTicket: ${ticket.id} from ${ticket.email}\n\n${handbook}`'
    const prompt = 'Time: «10:07\nTicket: T-2 from a@example.com»\n\nThe handbook. Chapter one.'
    assert.deepEqual(originsOf('a.ts', source, prompt)[0], 'now')
  })

  it('is found where the value begins and ends alike', () => {
    const source = 'const text = `It is ${new Date()} in Oslo.`'
    const prompt = 'It is Sun Mar 01 2026 10:00:«07» GMT+0000 in Oslo.'
    assert.deepEqual(originsOf('a.ts', source, prompt), ['new Date()'])
  })

  it('is not a template with other text around its hole', () => {
    const source = 'const a = `Current time is: ${now}.`; const b = `Current time: ${now}, and be brief`'
    assert.deepEqual(originsOf('a.ts', source, PROMPT), [])
  })

  it('is not found in broken files, which are read to their end', () => {
    for (const source of [
      '`Current time: ${',
      'f"""Current time: {',
      "'Current time:",
      '{{',
      '"\\',
      '`${`${`',
    ])
      for (const file of ['a.ts', 'a.py', 'a.md', 'a.json'])
        assert.deepEqual(originsOf(file, source, PROMPT), [], `${file} ${source}`)
  })
})

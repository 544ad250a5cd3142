// Places and edits of findings in small repositories on disk: what a finding points at after the search, and what it says where nothing is found.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the sources are texts here

import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../../../profiler-agent/model/finding'
import { editedText } from '../../../profiler-agent/places/edits/edited-text'
import { placeFinding as place, placeFindings, useRepositories } from '../../support/placed-findings'

const repository = useRepositories()

const VOLATILE = {
  volatile: {
    path: 'system',
    before: '2026-03-01T10:00:07Z',
    after: '2026-03-01T10:00:12Z',
    textBefore: 'You help at a bike shop.\nCurrent time: ',
    textAfter: '\nAnswer in Norwegian, and never promise a date.',
  },
}
const AGENT = `import OpenAI from 'openai'
const client = new OpenAI()
const system = () => \`You help at a bike shop.
Current time: \${new Date().toISOString()}
Answer in Norwegian, and never promise a date.\`
await client.chat.completions.create({ model: 'm', messages: [{ role: 'system', content: system() }] })
`

function summary({ location, relatedLocations, evidence }: Finding) {
  return {
    at:
      location &&
      `${location.file}:${location.line}:${location.column}-${location.endLine}:${location.endColumn}`,
    related: relatedLocations.map(({ file, line, message }) => `${file}:${line} ${message}`),
    origin: evidence.origin,
  }
}

describe('places of findings', () => {
  it('points at the expression in the template, and at the call beside it', () => {
    const root = repository({ 'agent.ts': AGENT, 'other.ts': 'export const a = `Current time: ${now}`' })
    assert.deepEqual(summary(place(root, { evidence: VOLATILE, frames: ['agent.ts:6:31'] })), {
      at: 'agent.ts:4:17-4:41',
      related: ['agent.ts:6 The call that sends it'],
      origin: { found: true, what: 'text', code: 'new Date().toISOString()' },
    })
  })

  it('finds it in another file than the call', () => {
    const root = repository({ 'src/prompts/shop.ts': AGENT, 'agent.ts': 'x()', 'node_modules/a/b.ts': AGENT })
    assert.equal(summary(place(root, { evidence: VOLATILE })).at, 'src/prompts/shop.ts:4:17-4:41')
  })

  it('does not choose between two that fit equally well', () => {
    const root = repository({ 'a.ts': AGENT, 'b.ts': AGENT, 'agent.ts': 'x()' })
    assert.deepEqual(summary(place(root, { evidence: VOLATILE })), {
      at: 'agent.ts:1:1-undefined:undefined',
      related: [],
      origin: { found: false, why: 'no text of the repository stands around it, or several do' },
    })
  })

  it('takes the one of two that led to the call', () => {
    const root = repository({ 'a.ts': AGENT, 'b.ts': AGENT, 'agent.ts': 'x()' })
    const frames = ['agent.ts:1:1', 'b.ts:6:1']
    assert.equal(summary(place(root, { evidence: VOLATILE, frames })).at, 'b.ts:4:17-4:41')
  })

  it('says that it is not found where the text comes from elsewhere', () => {
    const root = repository({ 'agent.ts': 'x()' })
    assert.deepEqual(summary(place(root, { evidence: VOLATILE })).origin, {
      found: false,
      why: 'no text of the repository stands around it, or several do',
    })
  })

  it('takes short text for telling only in a file that led to the call', () => {
    const evidence = { volatile: { ...VOLATILE.volatile, textBefore: 'Now: ', textAfter: '' } }
    const source = 'const a = `Now: ${new Date()}`'
    const elsewhere = repository({ 'agent.ts': 'x()', 'b.ts': source })
    assert.equal(summary(place(elsewhere, { evidence })).at, 'agent.ts:1:1-undefined:undefined')
    const near = repository({ 'agent.ts': source })
    assert.equal(summary(place(near, { evidence })).at, 'agent.ts:1:19-1:29')
  })

  it('reads no file outside of the root, however it is named', () => {
    const outside = repository({ 'secret.ts': AGENT })
    const root = repository({ 'agent.ts': 'x()' })
    symlinkSync(join(outside, 'secret.ts'), join(root, 'link.ts'))
    symlinkSync(outside, join(root, 'folder'))
    for (const file of [
      join(outside, 'secret.ts'),
      'link.ts',
      'folder/secret.ts',
      `../${outside.split('/').at(-1)}/secret.ts`,
    ]) {
      const found = place(root, { evidence: VOLATILE, frames: [`${file}:1:1`] })
      assert.equal(found.location?.file, file, 'it stays at its call')
      assert.equal(found.location?.endLine, undefined)
    }
  })

  it('passes over files that are too large, minified, binary or of tools', () => {
    const root = repository({
      'agent.ts': 'x()',
      'large.ts': AGENT + ' '.repeat(500_000),
      'a.min.js': AGENT,
      'b.ts': `\0${AGENT}`,
      'dist/c.ts': AGENT,
      '.hidden/d.ts': AGENT,
      'made/e.ts': AGENT,
      '.gitignore': 'made/\n*.log\n',
    })
    assert.equal(summary(place(root, { evidence: VOLATILE })).at, 'agent.ts:1:1-undefined:undefined')
  })

  it('takes what led to the call where there is no time for more', () => {
    const root = repository({ 'agent.ts': AGENT, 'b.ts': 'x()' })
    assert.equal(summary(place(root, { evidence: VOLATILE, mostMs: 0 })).at, 'agent.ts:4:17-4:41')
    const elsewhere = repository({ 'agent.ts': 'x()', 'b.ts': AGENT })
    assert.equal(
      summary(place(elsewhere, { evidence: VOLATILE, mostMs: 0 })).at,
      'agent.ts:1:1-undefined:undefined',
    )
  })

  it('points at the declaration of a tool by its name and description', () => {
    const root = repository({
      'agent.ts': 'x()',
      'tools.ts': `export const tools = [
  { name: 'find_order', description: 'Finds an order by its number.', input_schema: {} },
  { name: 'find_bike', description: 'Finds a bike.', input_schema: {} },
]`,
      'other.ts': "const action = { name: 'find_order', does: 1 }",
    })
    const text = () => JSON.stringify({ name: 'find_order', description: 'Finds an order by its number.' })
    const placed = place(root, {
      rule: 'cache/tools-changed',
      evidence: { changed: ['find_order'], added: [], removed: [] },
      prompt: [{ path: 'tools[0]', name: 'find_order', text }],
    })
    assert.equal(summary(placed).at, 'tools.ts:2:11-2:23')
  })

  it('points at the tool whose text changes where the text itself is not found', () => {
    const root = repository({ 'agent.ts': "x({ name: 'find_order', description: describe() })" })
    const volatile = {
      ...VOLATILE.volatile,
      path: 'tools[0].description',
      textBefore: '{"name":"find_order","description":"',
    }
    const placed = place(root, { evidence: { part: 'tools:find_order', volatile } })
    assert.deepEqual(summary(placed).origin, { found: true, what: 'tool', code: "'find_order'" })
  })

  it('looks again for a finding that changed its mind', () => {
    const root = repository({
      'agent.ts': `${AGENT}\nconst other = \`Stock of the day: \${stock}, please check it.\``,
    })
    const other = { ...VOLATILE.volatile, textBefore: 'Stock of the day: ', textAfter: ', please check it.' }
    const [first, second] = placeFindings(root, [{ evidence: VOLATILE }, { evidence: { volatile: other } }])
    assert.ok(first && second)
    assert.equal(summary(first).at, 'agent.ts:4:17-4:41')
    assert.equal(summary(second).at, 'agent.ts:8:36-8:41')
  })

  it('moves what another finding of the run shows to change, too', () => {
    const stable = 'You help at a bike shop that is open from nine to five on every day of the week.'
    const source = `const system = \`Now: \${now()}\nFor ticket number \${id}\n${stable}\``
    const root = repository({ 'agent.ts': source })
    const text = (textBefore: string, textAfter: string) => ({
      path: 'system',
      before: '1',
      after: '2',
      textBefore,
      textAfter,
    })
    const time = {
      model: 'gpt-5.4',
      fix: 'move-volatile',
      volatile: text('Now: ', `\nFor ticket number 17\n${stable}`),
    }
    const ticket = text('Now: 2\nFor ticket number ', `\n${stable}`)
    const both = { ...time, volatile: text('Now: ', '\nFor ticket number '), alsoVolatile: [ticket] }
    const moved = `const system = \`${stable}\nNow: \${now()}\nFor ticket number \${id}\``
    const [first, second, again] = placeFindings(root, [
      { evidence: time },
      { evidence: both },
      { evidence: time, isKnown: true },
    ])
    const fixed = (finding: Finding | undefined) => editedText(source, finding?.fix?.edits ?? [])
    assert.equal(fixed(first), `const system = \`For ticket number \${id}\n${stable}\nNow: \${now()}\``)
    assert.equal(fixed(second), moved)
    assert.equal(fixed(again), moved)
    assert.deepEqual(
      second?.relatedLocations.map(({ line, column, message }) => [line, column, message]),
      [
        [2, 21, 'This changes, too'],
        [1, 1, 'The call that sends it'],
      ],
    )
  })

  it('looks again when a finding has more calls', () => {
    const stable = 'You help at a bike shop that is open from nine to five on every day of the week.'
    const source = `const system = \`Now: \${now()}\nTicket \${id}\n${stable}\``
    const root = repository({ 'agent.ts': source })
    const prompts = ['1 7', '2 7', '3 8'].map((values) => {
      const [now, id] = values.split(' ')
      return `Now: ${now}\nTicket ${id}\n${stable}`
    })
    const volatile = {
      path: 'system',
      before: '1',
      after: '2',
      textBefore: 'Now: ',
      textAfter: `\nTicket 7\n${stable}`,
    }
    const evidence = { model: 'gpt-5.4', fix: 'move-volatile', path: 'system', volatile }
    const [two, three] = placeFindings(root, [
      { evidence, prompts: prompts.slice(0, 2) },
      { evidence, prompts, isKnown: true },
    ])
    const fixed = (finding: Finding | undefined) => editedText(source, finding?.fix?.edits ?? [])
    assert.equal(fixed(two), `const system = \`Ticket \${id}\n${stable}\nNow: \${now()}\``)
    assert.equal(fixed(three), `const system = \`${stable}\nNow: \${now()}\nTicket \${id}\``)
  })

  it('moves nothing where a text that changes besides comes from elsewhere', () => {
    const stable = 'You help at a bike shop that is open from nine to five on every day of the week.'
    const root = repository({ 'agent.ts': `const system = \`Now: \${now()}\n${stable}\`` })
    const volatile = {
      path: 'system',
      before: '1',
      after: '2',
      textBefore: 'Now: ',
      textAfter: `\n${stable}`,
    }
    const other = { ...volatile, textBefore: 'The customer lives in ', textAfter: ' and rides a bike.' }
    const evidence = { model: 'gpt-5.4', fix: 'move-volatile', volatile }
    assert.ok(place(root, { evidence }).fix?.edits)
    assert.equal(place(root, { evidence: { ...evidence, alsoVolatile: [other] } }).fix?.edits, undefined)
  })

  it('points at the option of the call that a breakpoint belongs to', () => {
    const source = `await client.messages.create({
  model: 'm',
  system: PROMPT,
  messages,
})`
    const placed = place(repository({ 'agent.ts': source }), {
      rule: 'cache/missing-breakpoint',
      evidence: { path: 'system' },
      frames: ['agent.ts:1:23'],
    })
    assert.deepEqual(summary(placed), {
      at: 'agent.ts:3:3-3:17',
      related: ['agent.ts:1 The call'],
      origin: { found: true, what: 'option', code: 'system' },
    })
  })

  it('shows no code in which a credential stands', () => {
    const source = AGENT.replace('new Date().toISOString()', "clock('sk-canary-0123').now()")
    const placed = place(repository({ 'agent.ts': source }), {
      evidence: { fix: 'move-volatile', model: 'gpt-5.4', ...VOLATILE },
    })
    assert.equal(placed.location?.line, 4)
    assert.deepEqual(placed.evidence.origin, { found: true, what: 'text', code: '…' })
    assert.equal(placed.fix?.edits, undefined)
  })

  it('leaves findings of other rules as they are', () => {
    const root = repository({ 'agent.ts': AGENT })
    const placed = place(root, { rule: 'budget/costUsdPerRun', evidence: VOLATILE })
    assert.deepEqual(placed.evidence, VOLATILE)
    assert.equal(placed.location?.endLine, undefined)
  })
})

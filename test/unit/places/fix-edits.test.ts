// Edits that fix findings: the file before and after, and the files that are better left alone.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the sources are texts here

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../../../profiler-agent/model/finding'
import { editedText } from '../../../profiler-agent/places/edits/edited-text'
import { placeFinding, type SoughtFinding, useRepositories } from '../../support/placed-findings'

const repository = useRepositories()

interface Fixed {
  readonly text: string | undefined
  readonly safety: string | undefined
}

/** The file after the fix of a finding about it; no text where there is no edit. */
function fixed(file: string, source: string, sought: SoughtFinding): Fixed {
  const root = repository({ [file]: source })
  const { fix }: Finding = placeFinding(root, { frames: [`${file}:1:1`], ...sought })
  const edits = fix?.edits
  const now = readFileSync(join(root, file), 'utf8')
  assert.equal(now, source, 'nothing is written')
  return { text: edits && editedText(now, edits), safety: fix?.safety }
}

/** Frame at the first place of a text. */
function at(source: string, text: string, file: string): string[] {
  const before = source.slice(0, source.indexOf(text)).split('\n')
  return [`${file}:${before.length}:${(before.at(-1) ?? '').length + 1}`]
}

describe('edits that mark what can be cached', () => {
  const missing = (...breakpointPlaces: string[]): SoughtFinding => ({
    rule: 'cache/missing-breakpoint',
    evidence: { fix: 'add-breakpoint', breakpointPlaces },
    provider: 'anthropic',
    prompt: [{ path: 'system', text: () => 'You help.' }],
  })

  it('make the system text a block with a breakpoint', () => {
    const source = `await client.messages.create({ model: 'm', system: SYSTEM + '.', messages })`
    assert.deepEqual(fixed('a.ts', source, { ...missing('system'), frames: at(source, 'create', 'a.ts') }), {
      text: `await client.messages.create({ model: 'm', system: [{ type: 'text', text: SYSTEM + '.', cache_control: { type: 'ephemeral' } }], messages })`,
      safety: 'safe',
    })
  })

  it('do so for an option that is named like its constant', () => {
    const source = 'const reply = await client.messages\n  .create({ model, system, messages })'
    assert.equal(
      fixed('a.mjs', source, { ...missing('system'), frames: at(source, 'create', 'a.mjs') }).text,
      "const reply = await client.messages\n  .create({ model, system: [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }], messages })",
    )
  })

  it('do so in Python', () => {
    const source =
      'reply = client.messages.create(\n    model="m",\n    system=SYSTEM,\n    messages=messages,\n)'
    assert.equal(
      fixed('a.py', source, { ...missing('system'), frames: ['a.py:1'] }).text,
      'reply = client.messages.create(\n    model="m",\n    system=[{"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}],\n    messages=messages,\n)',
    )
  })

  it('mark the whole request where a conversation grows', () => {
    const source = 'await client.messages.create({\n  model,\n  messages,\n})'
    assert.deepEqual(fixed('a.ts', source, { ...missing('last'), frames: at(source, 'create', 'a.ts') }), {
      text: "await client.messages.create({\n  model,\n  messages,\n  cache_control: { type: 'ephemeral' },\n})",
      safety: 'safe',
    })
  })

  it('mark the last block or tool of a list', () => {
    const blocks = { ...missing('system'), prompt: [{ path: 'system[0]', text: () => 'You help.' }] }
    const source =
      'const system = [\n  { text: A },\n  { text: B, },\n]\nclient.messages.create({ model, system, messages })'
    assert.equal(
      fixed('a.ts', source, { ...blocks, frames: at(source, 'create', 'a.ts') }).text,
      source.replace('text: B,', "text: B, cache_control: { type: 'ephemeral' }"),
    )
    const tools = 'client.messages.create(model="m", tools=[{"name": "a"}, {"name": "b"}], messages=m)'
    assert.equal(
      fixed('a.py', tools, { ...missing('tools'), frames: ['a.py:1'] }).text,
      tools.replace('"b"', '"b", "cache_control": {"type": "ephemeral"}'),
    )
    const shared = `${source}\nlog(system)`
    assert.equal(fixed('a.ts', shared, { ...blocks, frames: at(shared, 'create', 'a.ts') }).text, undefined)
  })

  it('leave alone what is sent by another library, as blocks, or is marked already', () => {
    const wrapped = `await generateText({ model, system: SYSTEM, messages })`
    const marked = `await client.messages.create({ model, messages, cache_control: { type: 'ephemeral' } })`
    const create = `await client.messages.create({ model, system: SYSTEM, messages })`
    const frames = (source: string) => at(source, /generateText|create/.exec(source)?.[0] ?? '', 'a.ts')
    assert.equal(fixed('a.ts', wrapped, { ...missing('system'), frames: frames(wrapped) }).text, undefined)
    assert.equal(fixed('a.ts', marked, { ...missing('last'), frames: frames(marked) }).text, undefined)
    const asBlocks = { ...missing('system'), prompt: [{ path: 'system[0]', text: () => 'You help.' }] }
    assert.equal(fixed('a.ts', create, { ...asBlocks, frames: frames(create) }).text, undefined)
  })

  it('leave a file alone whose quotes or brackets do not fit', () => {
    const source = `const view = <p>don't</p>\nawait client.messages.create({ model, system: SYSTEM, messages })`
    assert.equal(
      fixed('a.tsx', source, { ...missing('system'), frames: at(source, 'create', 'a.tsx') }).text,
      undefined,
    )
  })

  it('mark both the system text and the whole request', () => {
    const source = 'client.messages.create({ model, system: SYSTEM, messages })'
    assert.equal(
      fixed('a.ts', source, { ...missing('system', 'last'), frames: at(source, 'create', 'a.ts') }).text,
      "client.messages.create({ model, system: [{ type: 'text', text: SYSTEM, cache_control: { type: 'ephemeral' } }], messages, cache_control: { type: 'ephemeral' } })",
    )
  })

  it('take a mark away that nobody reads', () => {
    const drop: SoughtFinding = {
      rule: 'cache/write-never-read',
      evidence: { fix: 'drop-breakpoint' },
      provider: 'anthropic',
    }
    const request = `client.messages.create({ model, cache_control: { type: 'ephemeral' }, messages })`
    assert.equal(
      fixed('a.ts', request, { ...drop, frames: at(request, 'create', 'a.ts') }).text,
      'client.messages.create({ model, messages })',
    )
    const block =
      'client.messages.create(model="m", system=[{"cache_control": {"type": "ephemeral"}, "type": "text", "text": t}])'
    assert.equal(
      fixed('a.py', block, { ...drop, frames: ['a.py:1'] }).text,
      'client.messages.create(model="m", system=[{ "type": "text", "text": t}])',
    )
    const two = `client.messages.create({ cache_control: { type: 'ephemeral' }, system: [{ text, cache_control: { type: 'ephemeral' } }], messages })`
    assert.equal(fixed('a.ts', two, { ...drop, frames: at(two, 'create', 'a.ts') }).text, undefined)
  })

  it('let marks live longer', () => {
    const expired: SoughtFinding = {
      rule: 'cache/expired',
      evidence: { fix: 'longer-ttl', breakpointPlaces: ['1h'] },
      provider: 'anthropic',
    }
    const source = `await client.messages.create({ model, messages, system: [{ type: 'text', text, cache_control: { type: 'ephemeral' } }] })`
    assert.equal(
      fixed('a.ts', source, { ...expired, frames: at(source, 'create', 'a.ts') }).text,
      `await client.messages.create({ model, messages, system: [{ type: 'text', text, cache_control: { type: 'ephemeral', ttl: '1h' } }] })`,
    )
    const python =
      'client.messages.create(model="m", messages=m, system=[{"type": "text", "text": t, "cache_control": {"type": "ephemeral", "ttl": "5m"}}])'
    assert.equal(
      fixed('a.py', python, { ...expired, frames: ['a.py:1'] }).text,
      python.replace('"5m"', '"1h"'),
    )
  })

  it('give calls one key', () => {
    const affinity: SoughtFinding = {
      rule: 'cache/routing-affinity',
      evidence: { fix: 'cache-key' },
      agent: 'Bike shop',
    }
    const source = 'openai.responses.create({ model, input })'
    assert.equal(
      fixed('a.ts', source, { ...affinity, frames: at(source, 'create', 'a.ts') }).text,
      "openai.responses.create({ model, input, prompt_cache_key: 'Bike-shop' })",
    )
    const python = 'client.chat.completions.create(\n    model="m",\n    messages=messages,\n)\n'
    assert.equal(
      fixed('shop.py', python, {
        rule: 'cache/routing-affinity',
        evidence: { fix: 'cache-key' },
        frames: ['shop.py:1'],
      }).text,
      'client.chat.completions.create(\n    model="m",\n    messages=messages,\n    prompt_cache_key="shop",\n)\n',
    )
  })
})

describe('edits that keep an order', () => {
  const reordered: SoughtFinding = {
    rule: 'cache/tools-reordered',
    evidence: { fix: 'sort-tools' },
    provider: 'anthropic',
  }

  it('sort tools by name', () => {
    const source = 'client.messages.create({ model, messages, tools: registry.all() })'
    assert.deepEqual(fixed('a.ts', source, { ...reordered, frames: at(source, 'create', 'a.ts') }), {
      text: 'client.messages.create({ model, messages, tools: [...registry.all()].sort((a, b) => a.name.localeCompare(b.name)) })',
      safety: 'review',
    })
  })

  it('are sure of a list that is written in the file', () => {
    const source = 'const tools = [B, A]\nclient.messages.create({ model, messages, tools })'
    assert.deepEqual(fixed('a.ts', source, { ...reordered, frames: at(source, 'create', 'a.ts') }), {
      text: 'const tools = [B, A]\nclient.messages.create({ model, messages, tools: [...tools].sort((a, b) => a.name.localeCompare(b.name)) })',
      safety: 'safe',
    })
  })

  it('sort tools in Python', () => {
    const source = 'client.messages.create(model="m", messages=m, tools=load_tools())'
    assert.equal(
      fixed('a.py', source, { ...reordered, frames: ['a.py:1'] }).text,
      'client.messages.create(model="m", messages=m, tools=sorted(load_tools(), key=str))',
    )
  })

  it('leave tools alone that may be absent', () => {
    const source = 'client.messages.create({ model, messages, tools: useTools ? tools : undefined })'
    assert.equal(
      fixed('a.ts', source, { ...reordered, frames: at(source, 'create', 'a.ts') }).text,
      undefined,
    )
  })

  const written = (text: string): SoughtFinding => ({
    rule: 'cache/unstable-serialisation',
    evidence: {
      fix: 'sort-keys',
      writing: { path: 'system', at: text.indexOf('{') + 3, difference: 'key order' },
    },
    prompt: [{ path: 'system', text: () => text }],
  })

  it('sort the keys of JSON in Python', () => {
    const text = 'You help at a bike shop.\nThe stock is: {"b": 1, "a": 2}\nAnswer briefly.'
    const source =
      'system = f"You help at a bike shop.\\nThe stock is: {json.dumps(stock, indent=None)}\\nAnswer briefly."'
    assert.deepEqual(fixed('a.py', source, written(text)), {
      text: source.replace('indent=None', 'indent=None, sort_keys=True'),
      safety: 'safe',
    })
  })

  it('do so where the text is made on another line, which a person has to look at', () => {
    const text = 'You help at a bike shop.\nThe stock is: {"b": 1, "a": 2}\nAnswer briefly.'
    const source =
      'stock = json.dumps(\n    load(),\n)\nsystem = "You help at a bike shop.\\nThe stock is: " + stock + "\\nAnswer briefly."'
    assert.deepEqual(fixed('a.py', source, written(text)), {
      text: source.replace('load(),', 'load(), sort_keys=True'),
      safety: 'review',
    })
  })
})

describe('edits that move what changes', () => {
  const volatile = (
    textBefore: string,
    textAfter: string,
    more: Partial<SoughtFinding> = {},
  ): SoughtFinding => ({
    evidence: {
      model: 'gpt-5.4',
      fix: 'move-volatile',
      volatile: { path: 'system', before: '10:00', after: '11:30', textBefore, textAfter },
    },
    ...more,
  })
  const STABLE = 'You help at a bike shop that is open from nine to five on every day of the week.'

  it('take a line to the end of its template', () => {
    const source = `const system = \`Now: \${now()}\n\${HANDBOOK}\n\n${STABLE}\``
    assert.deepEqual(fixed('a.ts', source, volatile('Now: ', `\nThe handbook of the shop`)), {
      text: `const system = \`\${HANDBOOK}\n\n${STABLE}\nNow: \${now()}\``,
      safety: 'safe',
    })
  })

  it('take the empty line behind the first lines along', () => {
    const source = `const system = \`Now: \${now()}\n\n${STABLE}\n\``
    assert.equal(
      fixed('a.ts', source, volatile('Now: ', `\n\n${STABLE}`)).text,
      `const system = \`${STABLE}\n\nNow: \${now()}\n\``,
    )
  })

  it('take all lines that change', () => {
    const source = `const system = \`Now: \${now()}\nFor ticket number \${id}\n\n${STABLE}\``
    const also = {
      path: 'system',
      before: '1',
      after: '2',
      textBefore: 'Now: 11:30\nFor ticket number ',
      textAfter: `\n\n${STABLE}`,
    }
    const evidence = {
      model: 'gpt-5.4',
      fix: 'move-volatile',
      volatile: {
        path: 'system',
        before: '10:00',
        after: '11:30',
        textBefore: 'Now: ',
        textAfter: '\nFor ticket number ',
      },
      alsoVolatile: [also],
    }
    assert.equal(
      fixed('a.ts', source, { evidence }).text,
      `const system = \`${STABLE}\n\nNow: \${now()}\nFor ticket number \${id}\``,
    )
  })

  it('take a line that ends with an escape', () => {
    const source = `system = f"Now: {now():%H:%M}\\n${STABLE}"`
    assert.equal(
      fixed('a.py', source, volatile('Now: ', `\n${STABLE}`)).text,
      `system = f"${STABLE}\\nNow: {now():%H:%M}"`,
    )
  })

  it('take a sentence', () => {
    const source = `const system = \`${STABLE} It is \${time} now. ${STABLE}\``
    assert.equal(
      fixed('a.ts', source, volatile(`${STABLE} It is `, ` now. ${STABLE}`)).text,
      `const system = \`${STABLE} ${STABLE} It is \${time} now.\``,
    )
  })

  it('keep the indent of a text in triple quotes', () => {
    const source = `system = dedent(f"""\n    Now: {now}\n    ${STABLE}\n    """)`
    assert.equal(
      fixed('a.py', source, volatile('Now: ', `\n${STABLE}`)).text,
      `system = dedent(f"""\n    ${STABLE}\n    Now: {now}\n    """)`,
    )
  })

  it('move a line of a prompt file', () => {
    const source = `Now: {{ now }}\n${STABLE}\n`
    const root = repository({ 'agent.ts': 'x()', 'prompts/shop.md': source })
    const { fix } = placeFinding(root, volatile('Now: ', `\n${STABLE}`))
    assert.equal(editedText(source, fix?.edits ?? []), `${STABLE}\nNow: {{ now }}\n`)
  })

  it('make two blocks for a cache with breakpoints', () => {
    const source = `const system = \`Now: \${now()}\n${STABLE}\`\nclient.messages.create({ model, system, messages })`
    const sought = volatile('Now: ', `\n${STABLE}`, {
      provider: 'anthropic',
      frames: at(source, 'create', 'a.ts'),
    })
    assert.equal(
      fixed('a.ts', source, sought).text,
      `const system = [{ type: 'text', text: \`${STABLE}\`, cache_control: { type: 'ephemeral' } }, { type: 'text', text: \`Now: \${now()}\` }]\nclient.messages.create({ model, system, messages })`,
    )
  })

  it('do so in Python', () => {
    const source = `client.messages.create(\n    model="m",\n    system=f"Now: {now()}\\n${STABLE}",\n    messages=messages,\n)`
    const sought = volatile('Now: ', `\n${STABLE}`, { provider: 'anthropic', frames: ['a.py:1'] })
    assert.equal(
      fixed('a.py', source, sought).text,
      `client.messages.create(\n    model="m",\n    system=[{"type": "text", "text": f"${STABLE}", "cache_control": {"type": "ephemeral"}}, {"type": "text", "text": f"Now: {now()}"}],\n    messages=messages,\n)`,
    )
  })

  it('leave a text alone that is used elsewhere, too, where a cache has breakpoints', () => {
    const source = `const system = \`Now: \${now()}\n${STABLE}\`\nlog(system)\nclient.messages.create({ model, system, messages })`
    const sought = volatile('Now: ', `\n${STABLE}`, {
      provider: 'anthropic',
      frames: at(source, 'create', 'a.ts'),
    })
    assert.equal(fixed('a.ts', source, sought).text, undefined)
  })

  it('make a block behind the one that is marked', () => {
    const source = `const system = [
  { type: 'text', text: RULES },
  { type: 'text', text: \`Now: \${now()}\n${STABLE}\`, cache_control: { type: 'ephemeral' } },
]
client.messages.create({ model, system, messages })`
    const sought = volatile('Now: ', `\n${STABLE}`, {
      provider: 'anthropic',
      frames: at(source, 'create', 'a.ts'),
    })
    assert.equal(
      fixed('a.ts', source, sought).text,
      source
        .replace('Now: ${now()}\n', '')
        .replace("'ephemeral' } }", "'ephemeral' } }, { type: 'text', text: `Now: ${now()}` }"),
    )
  })

  it('leave a text alone where only what stands before a mark is cached, and no block can be made', () => {
    const source = `const system = \`Now: \${now()}\n${STABLE}\``
    const newer = volatile('Now: ', `\n${STABLE}`)
    assert.equal(
      fixed('a.ts', source, { ...newer, evidence: { ...newer.evidence, model: 'gpt-5.6' } }).text,
      undefined,
    )
    const exported = `export const system = \`Now: \${now()}\n${STABLE}\`\nclient.messages.create({ model, system, messages })`
    const sought = volatile('Now: ', `\n${STABLE}`, {
      provider: 'anthropic',
      frames: at(exported, 'create', 'a.ts'),
    })
    assert.equal(fixed('a.ts', exported, sought).text, undefined)
  })

  it('leave a text alone that is much shorter than what is sent again and again', () => {
    const source = `const system = \`Now: \${now()}\n${STABLE}\``
    const sought = volatile('Now: ', `\n${STABLE}`)
    const textAt = (tokensPerCall: number) =>
      fixed('a.ts', source, { ...sought, evidence: { ...sought.evidence, tokensPerCall } }).text
    assert.equal(textAt(20), `const system = \`${STABLE}\nNow: \${now()}\``)
    assert.equal(textAt(2_000), undefined)
  })

  it('leave a text alone that has nothing behind what changes', () => {
    const source = `const system = \`${STABLE}\nNow: \${now()}\``
    assert.equal(fixed('a.ts', source, volatile(`${STABLE}\nNow: `, '')).text, undefined)
    const alone = 'const header = `The time in the shop is now: ${now()}`'
    assert.equal(
      fixed('a.ts', alone, volatile('The time in the shop is now: ', `\n${STABLE}`)).text,
      undefined,
    )
  })
})

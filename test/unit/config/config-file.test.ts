// `.costflame/config.jsonc`: what counts, what is a mistake with its place, and that the published schema is the shape that is read.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { withIgnoredRule } from '../../../profiler-agent/config/config-edits'
import { readConfigFile } from '../../../profiler-agent/config/config-file'
import { configJsonSchema } from '../../../profiler-agent/config/config-schema'
import { inRepository } from '../../support/repository'

function problemsOf(text: string): string[] {
  return readConfigFile(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

describe('config/config-file', () => {
  it('reads negotiated prices with the place of each', () => {
    const { pricing, problems } = readConfigFile(`{
  "version": 1,
  // agreed in spring
  "prices": [
    { "provider": "azure", "models": ["gpt-4.1", "gpt-4.1-mini"], "from": "2026-04-01", "to": "2027-04-01",
      "perMillionTokens": { "input": 1.5, "cacheRead": 0, "cacheWrite": { "5m": 2 }, "output": 6 },
      "perThousand": { "webSearch": 8 } },
    { "provider": "anthropic", "models": "*", "discount": 0.15, "tier": "batch" },
  ]
}`)
    assert.deepEqual(problems, [])
    assert.deepEqual(pricing.overrides, [
      {
        provider: 'azure',
        models: ['gpt-4.1', 'gpt-4.1-mini'],
        from: '2026-04-01',
        to: '2027-04-01',
        rates: { input: 1.5, cacheRead: 0, cacheWrite: { '5m': 2 }, output: 6 },
        pieces: { webSearch: 8 },
        place: 'config.jsonc:5',
      },
      { provider: 'anthropic', models: ['*'], discount: 0.15, tier: 'batch', place: 'config.jsonc:8' },
    ])
  })

  it('takes one price of cache writes for every time to live', () => {
    const { pricing } = readConfigFile(
      '{"version": 1, "prices": [{"provider": "vertex", "models": "m", "perMillionTokens": {"cacheWrite": 3}}]}',
    )
    assert.deepEqual(pricing.overrides[0]?.rates?.cacheWrite, {
      '5m': 3,
      '30m': 3,
      '1h': 3,
      '12h': 3,
      unknown: 3,
    })
  })

  it('says where a key is unknown, a type wrong or a number negative, and lets the rest count', () => {
    const text = `{
  "version": 1,
  "price": [],
  "prices": [
    { "provider": "openai", "models": "gpt-5", "perMillionTokens": { "input": -1 } },
    { "provider": "openai", "models": "gpt-4.1", "perMillionTokens": { "input": 1, "output": 4 } },
    { "provider": "openai", "models": 7, "discount": 2 }
  ],
  "deployments": { "azure": { "chat": "gpt-4.1", "mail": 3 } }
}`
    assert.deepEqual(problemsOf(text), [
      '3:3 unknown key "price"; known here: $schema, version, prices, rules, deployments, upstreams, content, findings, retrievalTools',
      '5:79 prices[0].perMillionTokens.input must not be negative',
      '7:39 prices[2].models must be a model or a list of models',
      '7:54 prices[2].discount must be from 0 to 1',
      '9:58 deployments.azure.mail must be a string',
    ])
    const { pricing } = readConfigFile(text)
    assert.deepEqual(
      pricing.overrides.map(({ models }) => models),
      [['gpt-4.1']],
    )
    assert.deepEqual(pricing.deployments, { azure: { chat: 'gpt-4.1' } })
  })

  it('refuses a row that says nothing, or two things', () => {
    assert.deepEqual(
      problemsOf(`{ "version": 1, "prices": [
{ "provider": "openai", "models": "a" },
{ "provider": "openai", "models": "a", "discount": 0.1, "perMillionTokens": {} },
{ "models": "a", "discount": 0.1 } ] }`),
      [
        '4:1 prices[2] needs "provider"',
        '2:1 a row needs perMillionTokens, perThousand or a discount',
        '3:1 a row has either perMillionTokens or a discount, not both',
      ],
    )
  })

  it('sends nobody’s key elsewhere', () => {
    const text = `{ "version": 1, "upstreams": {
  "openai": "http://127.0.0.1:8080/", "anthropic": "https://example.com", "mistral": "http://127.0.0.1.example.com" } }`
    assert.deepEqual(readConfigFile(text).upstreams, { openai: 'http://127.0.0.1:8080' })
    assert.deepEqual(
      problemsOf(text).map((problem) => problem.replace(/ must.*/, '')),
      ['2:52 upstreams.anthropic', '2:86 upstreams.mistral'],
    )
    assert.deepEqual(problemsOf('{"version": 1, "upstreams": {"opnai": "http://127.0.0.1:1"}}'), [
      '1:39 upstreams.opnai: there is no such provider',
    ])
  })

  it('reads the file that the documentation shows', () => {
    const page = readFileSync(inRepository('docs', 'config.md'), 'utf8')
    const { pricing, problems, upstreams, retrievalTools } = readConfigFile(
      /```jsonc\n(.*?)```/s.exec(page)?.[1] ?? '',
    )
    assert.deepEqual(problems, [])
    assert.equal(pricing.overrides.length, 3)
    assert.deepEqual(Object.keys(pricing.deployments), ['azure', 'bedrock'])
    assert.deepEqual([upstreams, retrievalTools], [{ openai: 'http://127.0.0.1:8080' }, ['search_docs']])
  })

  it('never throws, whatever the text is', () => {
    for (const text of [
      '',
      '[]',
      '{',
      '{"version": 2}',
      'null',
      '{"prices": [1, [], {}], "deployments": []}',
    ])
      assert.ok(problemsOf(text).length > 0, text)
  })

  it('never throws, whatever stands where a value should, and takes no negative price', () => {
    const places = ['prices', 'deployments', 'upstreams', 'version', 'retrievalTools']
    const rows = fc.array(
      fc.record({ provider: fc.anything(), models: fc.anything(), perMillionTokens: fc.anything() }),
    )
    const value = fc.oneof(fc.jsonValue(), rows)
    fc.assert(
      fc.property(fc.constantFrom(...places), value, fc.nat(200), (key, content, cut) => {
        const text = JSON.stringify({ version: 1, [key]: content }) ?? ''
        for (const each of [text, text.slice(0, cut)])
          for (const { rates = {} } of readConfigFile(each).pricing.overrides)
            assert.ok(Object.values(rates).every((rate) => typeof rate === 'object' || Number(rate) >= 0))
      }),
    )
  })

  it('names the book by what it says, and by nothing where it says nothing of prices', () => {
    const fingerprint = (text: string) => readConfigFile(text).pricing.fingerprint
    assert.equal(fingerprint('{"version": 1, "retrievalTools": ["find"]}'), '')
    const one = '{"version": 1, "deployments": {"azure": {"a": "gpt-5"}}}'
    assert.match(fingerprint(one), /^[0-9a-f]{8}$/)
    assert.notEqual(fingerprint(one), fingerprint(one.replace('gpt-5', 'gpt-4')))
  })

  it('reads what is not worth a finding, and keeps the usual where it says nothing', () => {
    const floor = (text: string) => readConfigFile(`{"version": 1, "findings": ${text}}`).findings
    assert.deepEqual(floor('{}'), { minUsd: 0.01, minShare: 0.02 })
    assert.deepEqual(floor('{"minUsd": 0.5}'), { minUsd: 0.5, minShare: 0.02 })
    assert.deepEqual(floor('{"minUsd": -1, "minShare": 2}'), { minUsd: 0.01, minShare: 0.02 })
  })

  it('reads which findings are ignored, limits never among them', () => {
    const text = `{
  "version": 1,
  "findings": {
    "ignore": [
      { "rule": "cache/expired", "file": "prompts/system.md" },
      { "rule": "waste", "note": "later" },
      { "rule": "budget/costUsd" },
      { "file": "a.md" }, 3, { "rule": "cache", "file": 4 }
    ]
  }
}`
    const { ignored, findings, problems } = readConfigFile(text)
    assert.deepEqual(ignored, [
      { rule: 'cache/expired', file: 'prompts/system.md', line: 5 },
      { rule: 'waste', line: 6 },
    ])
    assert.deepEqual(findings, { minUsd: 0.01, minShare: 0.02 })
    assert.deepEqual(
      problems.map(({ line, message }) => [line, message.split(':')[0]]),
      [
        [8, 'findings.ignore[3] needs "rule"'],
        [8, 'findings.ignore[4] must be an object'],
        [8, 'findings.ignore[5].file must be a string'],
        [7, 'a limit is not ignored'],
      ],
    )
  })

  it('takes one more finding that is ignored, comments and layout kept', () => {
    assert.equal(
      withIgnoredRule(undefined, { rule: 'cache/expired', file: 'a.md' }),
      `{
  "version": 1,
  "findings": {
    "ignore": [
      {
        "rule": "cache/expired",
        "file": "a.md"
      }
    ]
  }
}
`,
    )
    const before =
      '{\n  "version": 1, // first\n  "findings": { "ignore": [{ "rule": "waste" } /* so */] }\n}\n'
    const after = withIgnoredRule(before, { rule: 'cache' }) ?? ''
    assert.deepEqual(
      readConfigFile(after).ignored.map(({ rule }) => rule),
      ['waste', 'cache'],
    )
    assert.match(after, /\/\/ first[\s\S]*\/\* so \*\//)
    assert.equal(withIgnoredRule('{ "version": ', { rule: 'cache' }), undefined)
    assert.equal(withIgnoredRule('{ "findings": 3 }', { rule: 'cache' }), undefined)
  })

  it('is described by the published JSON Schema', () => {
    const published = inRepository('docs', 'costflame.config-1.schema.json')
    if (process.env.COSTFLAME_WRITE_SCHEMA)
      writeFileSync(published, `${JSON.stringify(configJsonSchema(), null, 2)}\n`)
    assert.deepEqual(
      JSON.parse(readFileSync(published, 'utf8')),
      JSON.parse(JSON.stringify(configJsonSchema())),
      'docs/costflame.config-1.schema.json is not the shape in profiler-agent/config/config-shape.ts. If the change is meant: ' +
        'COSTFLAME_WRITE_SCHEMA=1 npm test -- unit --grep "published JSON Schema"',
    )
  })
})

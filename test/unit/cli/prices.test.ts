// `costflame prices`, `prices update` and `reprice`, from the command line to the data folder.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { runCommandLine } from '../../../profiler-agent/cli/program'
import type { Finding } from '../../../profiler-agent/model/finding'
import type { SpanRecord } from '../../../profiler-agent/model/record'
import type { Cost } from '../../../profiler-agent/model/span'
import { usageOf } from '../../../profiler-agent/model/usage'
import { textsMissing } from '../../../profiler-agent/store/hashes-only'
import { readFindings, readSpans } from '../../../profiler-agent/store/reader'
import { openStore } from '../../../profiler-agent/store/store'
import { type TestFolder, temporaryFolder, writeFiles } from '../../support/test-folders'

let folder: TestFolder
beforeEach(() => {
  folder = temporaryFolder('prices')
  writeFiles(folder.path, { '.costflame/.gitignore': 'data/\n' })
})
afterEach(() => folder.remove())

const dataFolder = () => join(folder.path, '.costflame/data')

async function costflame(...args: string[]) {
  const stdout = new PassThrough({ encoding: 'utf8' })
  const stderr = new PassThrough({ encoding: 'utf8' })
  const io = {
    ...{ env: {}, cwd: folder.path, stdout, stderr, stdin: new PassThrough() },
    ...{ assets: '', version: '0', onSignal: () => () => undefined },
  }
  const code = await runCommandLine(io, args)
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}

async function json(...args: string[]) {
  const { code, out, err } = await costflame(...args, '--json')
  assert.equal(code, 0, err)
  return JSON.parse(out)
}

describe('costflame prices', () => {
  it('shows prices by length and where they come from', async () => {
    const { code, out } = await costflame('prices', 'gpt-5.4', '--provider', 'openai', '--at', '2026-11-21')
    assert.equal(code, 0)
    assert.match(out, /^openai gpt-5\.4\n.*over 272,000\n {2}input +\$2\.5 +\$5\n/)
    assert.match(out, /tokens: genai-prices@/)
  })

  it('shows cache writes by the lives that the model’s cache can have', async () => {
    const lives = async (model: string, provider: string) =>
      [
        ...(await costflame('prices', model, '--provider', provider)).out.matchAll(
          /cache write (\w+) +(\S+)/g,
        ),
      ].map(([, life, price]) => [life, price])
    assert.deepEqual(await lives('claude-opus-5-5', 'anthropic'), [
      ['5m', '$5'],
      ['1h', '$8'],
    ])
    assert.deepEqual(await lives('gpt-6.1-terra', 'openai'), [
      ['30m', '$1.25'],
      ['12h', '$2.5'],
    ])
    assert.deepEqual(await lives('gpt-4.1', 'openai'), [])
  })

  it('shows every seller where none is named', async () => {
    const { prices } = await json('prices', 'gpt-5.4')
    assert.deepEqual(
      prices.map(({ provider }: { provider: string }) => provider),
      ['openai', 'azure'],
    )
  })

  it('shows what a tier does and on what page that stands', async () => {
    const [list] = (await json('prices', 'gpt-4o', '--provider', 'openai', '--tier', 'priority')).prices
    assert.equal(list.lengths[0].prices.uncachedInput, 4_250_000)
    assert.match(
      list.sources[0],
      /^tier priority ×1\.7: openai\.com\/api-priority-processing, read 2026-11-22$/,
    )
  })

  it('shows dated changes ahead, and those of the hour', async () => {
    const [google] = (await json('prices', 'gemini-4-argon', '--provider', 'google', '--at', '2026-11-21'))
      .prices
    assert.deepEqual(
      google.changes.map(({ from, prices }: { from: string; prices: { output: number } }) => [
        from,
        prices.output,
      ]),
      [['2026-12-01T00:00:00.000Z', 20_000_000]],
    )
    const [deepseek] = (
      await json('prices', 'deepseek-v4-pro', '--provider', 'deepseek', '--at', '2026-11-20T05:00:00Z')
    ).prices
    assert.deepEqual(
      deepseek.changes.map(({ from }: { from: string }) => from),
      ['2026-11-20T06:00:00.000Z', '2026-11-20T10:00:00.000Z'],
    )
  })

  it('shows an own price with its line', async () => {
    writeFiles(folder.path, {
      '.costflame/config.jsonc':
        '{ "version": 1,\n"prices": [\n{ "provider": "openai", "models": "gpt-5.4", "discount": 0.5 }] }',
    })
    const [list] = (await json('prices', 'gpt-5.4', '--provider', 'openai')).prices
    assert.deepEqual(
      [list.source, list.origin, list.lengths[0].prices.uncachedInput],
      ['override', '.costflame/config.jsonc:3', 1_250_000],
    )
  })

  it('says mistakes of the configuration with their place', async () => {
    writeFiles(folder.path, { '.costflame/config.jsonc': '{ "version": 1, "prize": [] }' })
    const { code, err } = await costflame('prices', 'gpt-5.4')
    assert.equal(code, 0)
    assert.match(err, /^costflame: \.costflame\/config\.jsonc:1:17: unknown key "prize"/)
  })

  it('knows no similar model, and names what is near', async () => {
    const { code, out, err } = await costflame('prices', 'claude-sonnet-5-7', '--provider', 'anthropic')
    assert.deepEqual([code, out], [2, ''])
    assert.match(
      err,
      /no price for "claude-sonnet-5-7" at anthropic .* none of which is used for it: anthropic claude-sonnet-5-5/,
    )
  })
})

const CATALOGUE = JSON.stringify(
  ['openai', 'anthropic', 'google'].map((id) => ({
    id,
    name: id,
    api_pattern: `https://api\\.${id}\\.com`,
    extractors: [{ root: 'usage' }],
    models: [
      {
        id: `${id}-new`,
        match: { or: [{ equals: `${id}-new` }, { starts_with: `${id}-newer` }] },
        prices: [
          { prices: { input_mtok: 3, output_mtok: { base: 4, tiers: [{ start: 1000, price: 8 }] } } },
          { constraint: { start_date: '2026-10-01' }, prices: { input_mtok: 2, output_mtok: 4 } },
        ],
      },
    ],
  })),
)

describe('costflame prices update', () => {
  let server: Server
  let reply = { status: 200, text: CATALOGUE }
  let url = ''
  beforeEach((done) => {
    reply = { status: 200, text: CATALOGUE }
    server = createServer((_req, res) => res.writeHead(reply.status).end(reply.text))
    server.listen(0, '127.0.0.1', () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data.json`
      done()
    })
  })
  afterEach((done) => void server.close(done))

  const dataFile = () => join(dataFolder(), 'prices.json')

  it('puts a checked catalogue into the data folder, and the book uses it and says so', async () => {
    const update = await json('prices', 'update', '--from', url)
    assert.match(update.book, /^genai-prices@\d{4}-\d{2}-\d{2}\.[0-9a-f]{8}\+costflame-/)
    assert.deepEqual([update.models, update.url], [3, url])
    const { book, prices } = await json('prices', 'openai-new', '--at', '2026-10-02')
    assert.equal(book, update.book)
    assert.equal(prices[0].lengths[0].prices.uncachedInput, 2_000_000)
    const before = await json('prices', 'openai-new', '--at', '2026-09-01')
    assert.deepEqual(
      before.prices[0].lengths.map(
        ({ over, prices: { output } }: { over: number; prices: { output: number } }) => [over, output],
      ),
      [
        [0, 4_000_000],
        [1000, 8_000_000],
      ],
    )
    if (process.platform !== 'win32') assert.equal(statSync(dataFile()).mode & 0o777, 0o600)
  })

  it('loses nothing where the catalogue cannot be had or is none', async () => {
    await json('prices', 'update', '--from', url)
    const kept = readFileSync(dataFile(), 'utf8')
    const replies: [number, string, RegExp][] = [
      [500, CATALOGUE, /could not be fetched from .*: HTTP 500\. The prices stay/],
      [200, 'no json', /is no price catalogue: it is not JSON/],
      [200, '[]', /it has no models of openai/],
      [
        200,
        CATALOGUE.replace('"input_mtok":3', '"input_mtok":-3'),
        /is no price catalogue: 0\.models\.0\.prices/,
      ],
      [200, CATALOGUE.replaceAll('"equals"', '"is"'), /is no price catalogue: 0\.models\.0\.match/],
    ]
    for (const [status, text, message] of replies) {
      reply = { status, text }
      const { code, err } = await costflame('prices', 'update', '--from', url)
      assert.equal(code, 2)
      assert.match(err, message)
      assert.equal(readFileSync(dataFile(), 'utf8'), kept)
    }
  })

  it('says clearly that it is offline', async () => {
    const { code, err } = await costflame('prices', 'update', '--from', 'http://127.0.0.1:9/data.json')
    assert.equal(code, 2)
    assert.match(
      err,
      /could not be fetched from http:\/\/127\.0\.0\.1:9\/data\.json: .*The prices stay as they were/,
    )
    assert.equal(existsSync(dataFile()), false)
  })

  it('does not use a file that somebody changed', async () => {
    await json('prices', 'update', '--from', url)
    writeFiles(folder.path, {
      '.costflame/data/prices.json': readFileSync(dataFile(), 'utf8').replaceAll(
        '"input_mtok":2',
        '"input_mtok":1',
      ),
    })
    assert.match((await json('prices', 'gpt-5.4')).book, /^genai-prices@0\./)
  })
})

const AT = Date.parse('2026-11-21T12:00:00Z')

function cost(picoUsd: number, more: Partial<Cost> = {}): Cost {
  return {
    picoUsd,
    usd: picoUsd / 1e12,
    source: 'catalog',
    byBucket: { uncachedInput: picoUsd, cacheRead: 0, cacheWrite: 0, output: 0, units: 0 },
    prices: {
      uncachedInput: picoUsd / 1000,
      cacheRead: 0,
      cacheWrite: { '5m': 0, '30m': 0, '1h': 0, '12h': 0, unknown: 0 },
      output: 0,
      units: {},
    },
    book: 'an older book',
    pricedAt: new Date(AT).toISOString(),
    pricedAtBasis: 'call',
    ...more,
  }
}

interface StoredCall {
  readonly id: string
  readonly provider?: string
  readonly model: string
  readonly cost: Cost | null
  readonly attributes?: SpanRecord['attributes']
}

/** Calls of 1,000 input tokens and no output. */
function record(calls: readonly StoredCall[]): void {
  const store = openStore(dataFolder())
  const run = { id: 'r1', name: 'r1', startedAt: AT, tags: {}, defaults: {} }
  store.addRun(run)
  const spans = calls.map(
    ({ id, provider = 'openai', model, cost: stored, attributes = {} }, index): SpanRecord => ({
      ...{ id, runId: run.id, parentBasis: 'none', kind: 'chat', name: `chat ${model}`, status: 'ok' },
      ...{ startedAt: AT + index, endedAt: AT + index + 1, attributes },
      call: {
        modelCall: {
          ...{ provider, wireFormat: 'openai-chat', endpoint: '/v1/chat/completions', requestModel: model },
          ...{ stream: false, billed: true, httpStatus: 200, attempt: { logicalId: id, number: 1 } },
          usage: usageOf(
            { uncachedInputTokens: 1000, cacheReadTokens: 0, outputTokens: 0 },
            'reported',
            null,
          ),
          cost: stored,
          ...(stored === null ? { unpricedReason: 'no price then' } : {}),
        },
        prompt: [],
        reply: [],
      },
    }),
  )
  store.write(run.id, { spans, contents: [] }, AT)
  store.endRun(run.id, AT + 10)
  store.close()
}

function storedCosts(): (number | null)[] {
  const store = openStore(dataFolder(), { readOnly: true })
  try {
    return readSpans(store, 'r1').map((span) => span.modelCall?.cost?.picoUsd ?? null)
  } finally {
    store.close()
  }
}

describe('costflame reprice', () => {
  // Trap 27: stored numbers never change by themselves.
  it('only says what would change, when asked so', async () => {
    record([
      { id: 'a', model: 'gpt-5.4', cost: cost(3_000_000_000) },
      { id: 'b', model: 'gpt-5.4', cost: null },
      { id: 'c', model: 'gpt-4.1', cost: cost(2_000_000_000) },
    ])
    const { runs, changes, dryRun } = await json('reprice', '--dry-run')
    assert.equal(dryRun, true)
    assert.deepEqual(changes, [
      {
        ...{ provider: 'openai', model: 'gpt-5.4', reason: 'has a price now', calls: 1 },
        before: { picoUsd: 0, unpriced: 1 },
        after: { picoUsd: 2_500_000_000, unpriced: 0 },
      },
      {
        ...{ provider: 'openai', model: 'gpt-5.4', calls: 1 },
        reason: 'input $3 → $2.5, cache read $0 → $0.25, output $0 → $15',
        before: { picoUsd: 3_000_000_000, unpriced: 0 },
        after: { picoUsd: 2_500_000_000, unpriced: 0 },
      },
    ])
    assert.deepEqual(runs, [
      {
        ...{ id: 'r1', name: 'r1', changedCalls: 2 },
        before: { picoUsd: 5_000_000_000, unpriced: 1 },
        after: { picoUsd: 7_000_000_000, unpriced: 0 },
      },
    ])
    assert.deepEqual(storedCosts(), [3_000_000_000, null, 2_000_000_000])
  })

  it('writes what it says, once', async () => {
    record([
      { id: 'a', model: 'gpt-5.4', cost: cost(3_000_000_000) },
      { id: 'b', model: 'gpt-5.4', cost: null },
    ])
    const { code, out } = await costflame('reprice')
    assert.equal(code, 0)
    assert.match(out, /changed 2 calls in 1 run of 1/)
    assert.deepEqual(storedCosts(), [2_500_000_000, 2_500_000_000])
    assert.match((await costflame('reprice')).out, /^nothing changed: 1 run, genai-prices@/)
  })

  it('keeps the findings that say how a run was recorded', async () => {
    record([{ id: 'a', model: 'gpt-5.4', cost: null }])
    const mistake: Finding = { ...textsMissing('r1'), id: 'f1', rule: 'profiler/config-file' }
    const outdated: Finding = { ...textsMissing('r1'), id: 'f2', rule: 'budget/costUsdPerRun' }
    const store = openStore(dataFolder())
    store.writeFindings('r1', [textsMissing('r1'), mistake, outdated])
    store.close()
    await costflame('reprice')
    const after = openStore(dataFolder())
    assert.deepEqual(
      readFindings(after, 'r1').map(({ rule }) => rule),
      ['profiler/config-file', 'profiler/content-hashes'],
    )
    after.close()
  })

  it('leaves the provider’s own figures alone', async () => {
    record([
      { id: 'a', provider: 'openrouter', model: 'openai/gpt-5.4', cost: cost(77, { source: 'provider' }) },
    ])
    assert.match((await costflame('reprice')).out, /^nothing changed/)
    assert.deepEqual(storedCosts(), [77])
  })

  it('prices with the configuration of today', async () => {
    record([
      { id: 'a', provider: 'openrouter', model: 'openai/gpt-5.4', cost: cost(77, { source: 'provider' }) },
      { id: 'b', provider: 'custom:localhost:8000', model: 'own-7b', cost: null },
    ])
    writeFiles(folder.path, {
      '.costflame/config.jsonc': JSON.stringify({
        version: 1,
        prices: [
          { provider: 'openrouter', models: '*', perMillionTokens: { input: 1, output: 1 } },
          { provider: 'custom:localhost:8000', models: '*', perMillionTokens: { input: 0, output: 0 } },
        ],
      }),
    })
    const { changes } = await json('reprice')
    assert.deepEqual(
      changes.map(({ reason }: { reason: string }) => reason),
      ["the provider's own figure → config.jsonc", 'has a price now'],
    )
    assert.deepEqual(storedCosts(), [1_000_000_000, 0])
  })

  it('takes back the provider’s figure when an override is gone', async () => {
    record([
      {
        ...{ id: 'a', provider: 'openrouter', model: 'openai/gpt-5.4' },
        cost: cost(1_000_000_000, { source: 'override' }),
        attributes: { 'costflame.provider.pico_usd': 77 },
      },
    ])
    await costflame('reprice')
    assert.deepEqual(storedCosts(), [77])
  })

  it('prices with what the span says of speed, region and kinds of tokens', async () => {
    record([
      {
        ...{ id: 'a', provider: 'anthropic', model: 'claude-opus-5-5', cost: null },
        attributes: { 'costflame.speed': 'fast', 'costflame.geo': 'us' },
      },
      { id: 'b', model: 'gpt-audio', cost: null, attributes: { 'costflame.tokens.audioInput': 400 } },
    ])
    await costflame('reprice')
    // 1,000 × 4 × 2 × 1.1 and 600 × 2.50 + 400 × 32, per million
    assert.deepEqual(storedCosts(), [8_800_000_000, 14_300_000_000])
  })

  it('prices at another moment when asked', async () => {
    record([{ id: 'a', provider: 'google', model: 'gemini-4-argon', cost: cost(2_000_000_000) }])
    await costflame('reprice', '--at', '2026-12-24')
    assert.deepEqual(storedCosts(), [4_000_000_000])
  })

  it('changes no file', async () => {
    const { code, err } = await costflame('reprice', '--run', 'x.costflame.json')
    assert.equal(code, 2)
    assert.match(err, /--dry-run/)
  })
})

// The larger agents of `npm run demo`, each as a whole under the real command: what was billed, the tree, the lines and the findings.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { ModelCall, Run, Span } from '../../profiler-agent/model/span'
import { hasModelCall } from '../../profiler-agent/model/totals'
import { decodeScript } from '../../profiler-agent/simulator/script-decoder'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { type Bill, BilledUpstream } from '../support/billed-upstream'
import { Playground } from '../support/costflame'
import { inRepository } from '../support/repository'

/** Pico-dollars a token. */
interface Prices {
  readonly input: number
  readonly read: number
  readonly written: number
  readonly output: number
}
const SONNET: Prices = { input: 2_000_000, read: 200_000, written: 2_500_000, output: 10_000_000 }
const GPT: Prices = { input: 2_500_000, read: 250_000, written: 0, output: 15_000_000 }
const GPT_MINI: Prices = { input: 750_000, read: 75_000, written: 0, output: 4_500_000 }

/** One agent in a repository of its own, profiled once; what came of it. */
class Demo {
  readonly #files: Readonly<Record<string, string>>
  readonly #playground: Playground
  #simulator: Simulator | undefined
  #upstream: BilledUpstream | undefined

  constructor(
    folder: string,
    private readonly program: string,
  ) {
    const path = inRepository('test', 'agents', folder)
    const names = readdirSync(path).filter((name) => name !== 'node_modules')
    this.#files = Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name), 'utf8')]))
    this.#playground = new Playground(this.#files)
    const modules = join(this.#playground.path, 'node_modules')
    mkdirSync(modules)
    symlinkSync(inRepository(), join(modules, 'costflame'), 'dir')
    for (const name of ['openai', '@anthropic-ai'])
      symlinkSync(inRepository('test', 'agents', 'node_modules', name), join(modules, name), 'dir')
  }

  /** Runs it under the profiler, before a model server that plays its script. */
  async profile(flags: readonly string[]): Promise<Run> {
    const { count } = await loadTokenizer(inRepository('dist'))
    const script = decodeScript(this.#files[`${this.program}.script.json`] ?? '', this.program)
    this.#simulator = await startSimulator({ port: 0, countTokens: count, script })
    this.#upstream = await BilledUpstream.start(this.#simulator.url)
    const { url } = this.#upstream
    const { code, stderr } = await this.#playground.run(
      ['run', ...flags, '--', process.execPath, `${this.program}.mjs`],
      {
        ...{ OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: 'sk-demo-0123456789' },
        ...{ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'sk-ant-demo-0123456789' },
      },
    )
    assert.equal(code, 0, stderr)
    const [run] = await this.#playground.exported()
    assert.ok(run)
    return run
  }

  get upstream(): BilledUpstream {
    assert.ok(this.#upstream)
    return this.#upstream
  }

  /** `file:line` of the one line that holds this text. */
  placeOf(file: string, text: string): string {
    const lines = (this.#files[file] ?? '').split('\n')
    const found = lines.flatMap((line, index) => (line.includes(text) ? [index + 1] : []))
    assert.equal(found.length, 1, `${text} in ${file}`)
    return `${file}:${found[0]}`
  }

  async close(): Promise<void> {
    await this.#upstream?.close()
    await this.#simulator?.close()
    await this.#playground.remove()
  }
}

const billed = (run: Run): ModelCall[] =>
  run.spans.flatMap(({ modelCall }) => (modelCall?.billed ? [modelCall] : []))
const childrenOf = (run: Run, { id }: Span): Span[] => run.spans.filter(({ parentId }) => parentId === id)
const named = (run: Run, kind: Span['kind'], name?: string): Span[] =>
  run.spans.filter((span) => span.kind === kind && (name === undefined || span.name === name))
const times = ({ startTime, endTime }: Span) => ({ start: Date.parse(startTime), end: Date.parse(endTime) })

/** Calls by the place that made them. */
function callPlaces(run: Run): Record<string, number> {
  const places: Record<string, number> = {}
  for (const { callSite } of run.spans.filter(hasModelCall)) {
    const place = `${callSite?.file}:${callSite?.line}`
    places[place] = (places[place] ?? 0) + 1
  }
  return places
}

function picoUsdOf(bill: Bill | undefined, { input, read, written, output }: Prices): number {
  assert.ok(bill)
  return bill.uncached * input + bill.read * read + bill.written * written + bill.output * output
}

function assertTotals(run: Run, bills: ReadonlyMap<string, Bill>, picoUsd: number): void {
  const sum = (of: (bill: Bill) => number) => [...bills.values()].reduce((total, bill) => total + of(bill), 0)
  const { usage, cost, unpricedCalls } = run.totals
  assert.deepEqual(
    [usage.inputTokens, usage.cacheReadTokens, usage.outputTokens, cost?.picoUsd, unpricedCalls],
    [
      sum(({ uncached, read, written }) => uncached + read + written),
      sum(({ read }) => read),
      sum(({ output }) => output),
      picoUsd,
      0,
    ],
  )
}

describe('the coding agent demo', function () {
  this.timeout(240_000)
  const demo = new Demo('coding-agent', 'coding-agent')
  let run: Run
  before(async () => {
    run = await demo.profile(['--agent', 'coding-agent'])
  })
  after(() => demo.close())

  it('costs what the model server billed', () => {
    const { bills } = demo.upstream
    assert.deepEqual([...bills.keys()], ['claude-sonnet-5'])
    assertTotals(run, bills, picoUsdOf(bills.get('claude-sonnet-5'), SONNET))
  })

  it('is one agent of 33 steps, one of which asked twice', () => {
    assert.deepEqual(
      named(run, 'agent').map(({ name }) => name),
      ['coding-agent'],
    )
    const calls = named(run, 'step').map((each) => childrenOf(run, each).filter(hasModelCall).length)
    assert.equal(calls.length, 33)
    assert.deepEqual(
      calls.filter((count) => count > 1),
      [2],
    )
    assert.equal(demo.upstream.statuses.filter((status) => status === 529).length, 1)
    assert.equal(run.totals.errors, 1)
  })

  it('shows the time of tools between the calls', () => {
    // All tests take the agent 620 ms.
    assert.ok(Math.max(...named(run, 'tool', 'run_tests').map(({ durationMs }) => durationMs)) > 500)
    assert.ok(named(run, 'tool', 'read_file').length > 30)
    assert.deepEqual(named(run, 'tool', 'fetch_documentation'), [])
  })

  it('makes every call at one line, with a prompt of more than 150,000 tokens in the end', () => {
    const place = demo.placeOf('coding-agent.mjs', 'client.messages.stream({')
    assert.deepEqual(callPlaces(run), { [place]: 34 })
    assert.ok(Math.max(...billed(run).map(({ usage }) => usage.inputTokens ?? 0)) > 150_000)
  })

  it('loses its cache with six changes of the working tree, which is found', () => {
    const written = billed(run).map(({ usage }) => usage.cacheWriteTokens['5m'] ?? 0)
    assert.equal(written.filter((tokens) => tokens > 100_000).length, 6)
    assert.deepEqual(
      run.findings.map(({ rule, location }) => `${rule} ${location?.file}:${location?.line}`),
      [`cache/volatile-prefix ${demo.placeOf('coding-agent.mjs', 'Working tree:')}`],
    )
  })
})

describe('the demo of a support desk with specialists', function () {
  this.timeout(240_000)
  const demo = new Demo('support-desk', 'support-desk')
  let run: Run
  before(async () => {
    run = await demo.profile([])
  })
  after(() => demo.close())

  it('costs what the model server billed', () => {
    const { bills } = demo.upstream
    assert.deepEqual([...bills.keys()].sort(), ['gpt-5.4', 'gpt-5.4-mini'])
    const picoUsd = picoUsdOf(bills.get('gpt-5.4'), GPT) + picoUsdOf(bills.get('gpt-5.4-mini'), GPT_MINI)
    assertTotals(run, bills, picoUsd)
  })

  it('has an orchestrator for each of nine tickets, with its tenant, intent and outcome', () => {
    const tickets = named(run, 'agent', 'orchestrator').map(({ session, tenant, intent, outcome }) =>
      [session, tenant, intent, outcome?.status].join(' '),
    )
    assert.deepEqual(tickets, [
      'T-7301 Fjellhuset order-status resolved',
      'T-7302 Tindvev double-charge resolved',
      'T-7303 Skjerkokk damaged-delivery resolved',
      'T-7304 Fjellhuset change-order resolved',
      'T-7305 Tindvev invoice-dispute escalated',
      'T-7306 Skjerkokk missing-parcel waiting',
      'T-7307 Fjellhuset return resolved',
      'T-7308 Skjerkokk unclear waiting',
      'T-7309 Tindvev customs escalated',
    ])
  })

  it('asks both specialists at the same time where a ticket needs both', () => {
    const pairs = named(run, 'agent', 'orchestrator')
      .map((orchestrator) => childrenOf(run, orchestrator).filter(({ kind }) => kind === 'agent'))
      .filter(({ length }) => length === 2)
    assert.equal(pairs.length, 3)
    for (const pair of pairs) {
      assert.deepEqual(pair.map(({ name }) => name).sort(), ['billing', 'shipping'])
      const [one, other] = pair.map(times)
      assert.ok(one && other && one.start < other.end && other.start < one.end)
    }
  })

  it('puts steps, tools and what was retrieved under the specialists', () => {
    const [billing] = named(run, 'agent', 'billing')
    assert.ok(billing)
    assert.deepEqual(
      childrenOf(run, billing)
        .map(({ kind, name }) => `${kind} ${name}`)
        .sort(),
      [
        ...['retrieval search_help_centre', 'step act', 'step act', 'step look-up'],
        ...['tool find_payments', 'tool issue_refund'],
      ],
    )
    const searches = named(run, 'retrieval')
    assert.equal(searches.length, 11)
    for (const { attributes } of searches) {
      assert.equal(attributes['costflame.retrieval'], 'declared')
      assert.equal(attributes['costflame.retrieval.documents'], 6)
      assert.ok(Number(attributes['costflame.tool.result_tokens']) > 500)
    }
    assert.equal(named(run, 'tool', 'track_parcel').filter(({ status }) => status === 'error').length, 2)
  })

  it('makes its calls at four lines', () => {
    assert.deepEqual(callPlaces(run), {
      [demo.placeOf('support-desk.mjs', 'client.responses.create(')]: 9,
      [demo.placeOf('support-desk.mjs', 'client.chat.completions.create(')]: 9,
      [demo.placeOf('specialists.mjs', 'client.chat.completions.stream(')]: 15,
      [demo.placeOf('specialists.mjs', '.stream({ model, instructions')]: 14,
    })
  })

  it('spoils the cache of one specialist with the time of the day, which is found', () => {
    const readBy = (name: string) =>
      run.spans
        .filter(({ agent }) => agent === name)
        .reduce((sum, { modelCall }) => sum + (modelCall?.usage.cacheReadTokens ?? 0), 0)
    assert.equal(readBy('shipping'), 0)
    assert.ok(readBy('billing') > 10_000)
    assert.deepEqual(
      run.findings.map(({ rule, location }) => `${rule} ${location?.file}:${location?.line}`),
      [`cache/volatile-prefix ${demo.placeOf('specialists.mjs', 'new Date()')}`],
    )
  })
})

describe('npm run demo', () => {
  const command = inRepository('test', 'agents', 'demo', 'run.mjs')

  it('says which demos there are when it is asked, and when there is none of that name', () => {
    const help = execFileSync(process.execPath, [command, '--help'], { encoding: 'utf8' })
    assert.match(help, /^ {2}coding .*\n {2}support /m)
    const { status, stderr } = spawnSync(process.execPath, [command, 'coffee'], { encoding: 'utf8' })
    assert.equal(status, 1)
    assert.ok(stderr.includes('There is no demo coffee.') && stderr.includes(help.trim()))
  })
})

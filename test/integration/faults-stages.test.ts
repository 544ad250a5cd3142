// A stage of ours that throws, and a worker that dies, in the real process: one function of the built bundle is broken. Every
// call passes, and what is not recorded is said.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { functionNamed } from '../support/broken-build'
import { inTrial } from '../support/fault-trial'
import { type FaultUpstream, startFaultUpstream } from '../support/fault-upstream'
import { temporaryFolder } from '../support/test-folders'

/** Of the rule, where it takes a call. */
const RULE_ADD = /CacheMisses(?: = class)? \{[\s\S]{0,800}?\n *add\(\w+\) \{(?=\n)/g
const THROW = 'throw new Error("a fault of the test")'
/** The worker's stages are handed the exchange; its request says whether they are to fail. */
const POISON = 'poisoned: '
const POISONED = `new TextDecoder().decode(exchange.requestBody).includes("${POISON}")`
/** Of a worker that is killed again and again. */
const LEAST_DEATHS = 3

describe('faults: a stage that throws', () => {
  let upstream: FaultUpstream
  before(async () => {
    upstream = await startFaultUpstream()
  })
  after(() => upstream.close())

  it('the adapter of a wire format: the call is in the store without usage, and says why', () =>
    inTrial(
      { upstream: upstream.url, inBuild: { at: functionNamed('readOpenAiChat'), run: THROW } },
      async (trial) => {
        await trial.calls(12)
        await trial.announced()
        const [run] = await trial.playground.exported('r')
        const calls = run?.spans.flatMap(({ modelCall }) => modelCall ?? []) ?? []
        assert.deepEqual(new Set(calls.map(({ usage }) => usage.origin)), new Set(['unknown']))
        assert.match(calls[0]?.error?.message ?? '', /could not read this exchange: .*a fault of the test/)
        await trial.stop()
        trial.judge({ fault: 'an adapter throws on every reply', isCounted: true })
      },
    ))

  const stages = {
    'the reading of exchanges': 'readExchange',
    pricing: 'priceInference',
    'the mapping of call sites': 'resolveCallSite',
  }
  for (const [stage, name] of Object.entries(stages))
    it(`${stage}: the other calls are recorded, and the broken ones too or said to be lost`, () =>
      inTrial(
        {
          upstream: upstream.url,
          inBuild: {
            at: functionNamed(name),
            run: name === 'resolveCallSite' ? THROW : `if (${POISONED}) ${THROW}`,
          },
        },
        async (trial) => {
          await trial.calls(6, { runId: 'sound' })
          await trial.calls(6, { runId: 'poisoned', prompt: POISON })
          await trial.calls(6, { runId: 'sound' })
          await trial.stop()
          trial.judge({ fault: `${stage} throws`, isCounted: true })
        },
      ))

  it('a rule: one finding says so, every call is recorded', () =>
    inTrial({ upstream: upstream.url, inBuild: { at: RULE_ADD, run: THROW } }, async (trial) => {
      await trial.calls(12)
      await trial.stop()
      const [run] = await trial.playground.exported('r')
      assert.deepEqual(
        run?.findings.map(({ rule }) => rule),
        ['profiler/rule-failed'],
      )
      trial.judge({ fault: 'a rule throws' })
    }))

  it('an exporter: who asked is told, calls go on', () =>
    inTrial(
      { upstream: upstream.url, inBuild: { at: functionNamed('htmlExport'), run: THROW } },
      async (trial) => {
        await trial.calls(6)
        await trial.announced()
        const asked = await trial.playground.run(['export', '--run', 'r', '--format', 'html'])
        assert.notEqual(asked.code, 0)
        assert.match(asked.stderr, /a fault of the test/)
        await trial.calls(6)
        await trial.stop()
        trial.judge({ fault: 'an exporter throws' })
      },
    ))

  it('the capture of an exchange: the call passes, its loss is said', () =>
    inTrial(
      { upstream: upstream.url, inBuild: { at: functionNamed('exchangeOf'), run: THROW } },
      async (trial) => {
        await trial.calls(12)
        await trial.stop()
        trial.judge({ fault: 'the capture of an exchange throws' })
      },
    ))
})

describe('faults: a worker that dies', () => {
  let upstream: FaultUpstream
  before(async () => {
    upstream = await startFaultUpstream()
  })
  after(() => upstream.close())

  /** Fails for exchanges whose prompt says so, the first time or always. */
  const deaths = {
    'in the middle of an exchange': {
      run: `if (${POISONED}) process.exit(1)`,
      fault: 'the worker dies of one exchange, each time that it is tried',
    },
    'of memory': {
      run: `if (${POISONED}) for (const all = []; ;) all.push(new Array(100000).fill(all.length))`,
      fault: 'the worker runs out of memory with one exchange',
      environment: { NODE_OPTIONS: '--max-old-space-size=96' },
    },
  }
  for (const [how, { run, fault, ...options }] of Object.entries(deaths))
    it(`${how}: the calls around it are recorded`, () =>
      inTrial(
        { upstream: upstream.url, inBuild: { at: functionNamed('readExchange'), run }, ...options },
        async (trial) => {
          await trial.calls(20)
          await trial.announced()
          await trial.calls(1, { runId: 'poisoned', prompt: POISON })
          await trial.calls(20)
          await trial.stop()
          trial.judge({ fault })
        },
      ))

  it('again and again: nothing is lost', async function () {
    this.timeout(300_000)
    const folder = temporaryFolder('deaths')
    const TEST_DEATHS = join(folder.path, 'deaths')
    // At a moment that has nothing to do with what it is doing, by its own time: where others keep it from running it does nothing
    // that a death could interrupt, and one that never gets as far as its first call is another fault.
    const run = `globalThis.death ??= (() => {
      const spent = () => { const { user, system } = process.threadCpuUsage(); return (user + system) / 1000 }
      const last = spent() + 60 + Math.random() * 120
      return setInterval(() => {
        if (spent() < last) return
        require('node:fs').appendFileSync(process.env.TEST_DEATHS, 'x')
        process.exit(1)
      }, 2).unref()
    })()`
    const deaths = () => (existsSync(TEST_DEATHS) ? readFileSync(TEST_DEATHS, 'utf8').length : 0)
    const inBuild = { at: functionNamed('countOpenCall'), run }
    await inTrial({ upstream: upstream.url, inBuild, environment: { TEST_DEATHS } }, async (trial) => {
      for (let n = 0; n < 10 || deaths() < LEAST_DEATHS; n++) await trial.calls(30, { delayMs: 20 })
      await trial.stop()
      // What could not be stored in the time that a profiler has to end is found by whoever comes next.
      await trial.playground.run(['report'])
      trial.judge({ fault: 'the worker is killed at a random moment', times: deaths() })
      assert.equal(trial.absent, 0, trial.stderr)
    })
    folder.remove()
  })
})

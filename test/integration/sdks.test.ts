// Every SDK people use, unmodified under `costflame run`: each call captured once, in the right run, on the right line, exact; and
// docs/sdks.md, which says so.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { ModelCall, Run, Span } from '../../profiler-agent/model/span'
import { hasModelCall } from '../../profiler-agent/model/totals'
import { assertGeneratedPage } from '../support/generated-page'
import { sdkPage, sdkRow } from '../support/sdk-page'
import { agentFile, byTime, SdkBench, type Tokens, treeOf } from '../support/sdk-runs'
import { SDK_CASES, type SdkCase } from '../support/sdk-table'

describe('SDKs', function () {
  // A slow machine starts three programs and two profilers for each.
  this.timeout(240_000)
  const passed: SdkCase[] = []

  after(() => {
    if (passed.length > 0) console.table(passed.map(sdkRow))
  })

  for (const sdk of SDK_CASES)
    describe(sdk.name, () => {
      let benches: SdkBench[]
      beforeEach(async () => {
        benches = await Promise.all([SdkBench.start(), SdkBench.start(), SdkBench.start()])
      })
      afterEach(() => Promise.all(benches.map((bench) => bench.stop())))

      it('is captured whole, on its lines, exact, and notices nothing', async () => {
        const [first, second, third] = benches
        assert.ok(first && second && third)
        const [alone, profiled, unhooked] = await Promise.all([
          first.alone(sdk),
          second.profiled(sdk),
          third.profiled(sdk, { hook: false }),
        ])
        assert.deepEqual([alone.code, alone.stderr], [0, ''])
        for (const { code, stdout, stderr } of [profiled, unhooked])
          assert.deepEqual([code, stdout, withoutOurs(stderr)], [0, alone.stdout, ''])
        const run = await onlyRun(second)
        const calls = callsOf(run)
        assert.equal(treeOf(run, markOf(sdk)), withoutEmptyLines(sdk.tree))
        assert.deepEqual(calls.map(tokensOf), second.said())
        for (const { modelCall, status, attributes } of calls) {
          assert.equal(attributes['costflame.callsite.inherited'], undefined)
          assert.deepEqual([modelCall.provider, modelCall.billed, status], [sdk.provider, true, 'ok'])
          assert.equal(modelCall.usage.origin, 'reported')
          assert.notEqual(modelCall.cost, null, `no price for ${modelCall.requestModel}`)
        }
        assert.equal(third.playground.storedCalls(), sdk.means === 'variable' ? calls.length : 0)
        assert.ok(
          second.bedrock.calls.every(({ isSignatureRight }) => isSignatureRight === (sdk.means === 'copy')),
        )
        passed.push(sdk)
      })
    })

  it('keep the line over a long loop inside the SDK', async () => {
    const bench = await SdkBench.start()
    try {
      const counts = { ...sdkNamed('ai with openai'), agent: 'long-loop.mjs', args: [] }
      const { code, stdout } = await bench.profiled(counts)
      assert.deepEqual([code, stdout], [0, 'Sixty. 61\n'])
      const calls = callsOf(await onlyRun(bench))
      assert.deepEqual(calls.map(markOf(counts)), Array(61).fill('<- count'))
    } finally {
      await bench.stop()
    }
  })

  it('keep to their runs when two programs run at once', async () => {
    const bench = await SdkBench.start()
    try {
      const both = [sdkNamed('ai with google'), sdkNamed('ai with mistral')]
      const ended = await Promise.all(both.map((sdk) => bench.profiled(sdk)))
      assert.deepEqual(
        ended.map(({ code }) => code),
        [0, 0],
      )
      const runs = await bench.playground.exported('all')
      assert.deepEqual(
        new Set(
          runs.map(
            ({ name, spans }) =>
              `${name.split(' ').at(-1)}: ${spans.filter(hasModelCall).map(({ modelCall }) => modelCall.provider)}`,
          ),
        ),
        new Set(both.map(({ provider }) => `${provider}: ${Array(3).fill(provider)}`)),
      )
    } finally {
      await bench.stop()
    }
  })

  it('are what docs/sdks.md shows', () => {
    assertGeneratedPage('sdks.md', sdkPage(SDK_CASES), 'COSTFLAME_WRITE_SDKS')
  })
})

function sdkNamed(name: string): SdkCase {
  const found = SDK_CASES.find((sdk) => sdk.name === name)
  assert.ok(found, name)
  return found
}

async function onlyRun({ playground }: SdkBench): Promise<Run> {
  const runs = await playground.exported('all')
  assert.equal(runs.length, 1)
  return runs[0] as Run
}

type Call = Span & { readonly modelCall: ModelCall }

function callsOf({ spans }: Run): Call[] {
  return spans.filter(hasModelCall).sort(byTime)
}

function tokensOf({ modelCall: { usage } }: Call): Tokens {
  const written = Object.values(usage.cacheWriteTokens).filter((tokens) => tokens !== null)
  return {
    uncached: usage.uncachedInputTokens,
    read: usage.cacheReadTokens,
    written: written.length === 0 ? null : written.reduce((sum, tokens) => sum + tokens, 0),
    output: usage.outputTokens,
  }
}

/** The mark at the end of the line that the call is tied to; where there is none, that line. */
function markOf({ agent }: SdkCase): (span: Span) => string {
  const file = agentFile(agent)
  const lines = readFileSync(file, 'utf8').split('\n')
  return ({ callSite }) => {
    const mark = callSite?.file === file ? lines[callSite.line - 1]?.split('// <- ')[1] : undefined
    return `<- ${mark ?? `${callSite?.file}:${callSite?.line}`}`
  }
}

/** What the program itself said there. */
function withoutOurs(stderr: string): string {
  return stderr.replace(/^costflame: .*\n/gm, '')
}

function withoutEmptyLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .join('\n')
}

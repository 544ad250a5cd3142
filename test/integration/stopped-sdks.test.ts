// What real SDKs do when a budget stops their calls: one clear error, one request, no second try; and docs/blocked-calls.md, which says so.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import type { Admission, CallGate } from '../../profiler-agent/model/call-gate'
import { ENDLESS_REPLIES, type EndlessReply } from '../support/endless-replies'
import { assertGeneratedPage } from '../support/generated-page'
import { type Harness, useHarness } from '../support/proxy-harness'
import { caughtOf, type StoppedRow, stoppedPage } from '../support/stopped-page'
import { STOPPED_SDKS, type StoppedSdk } from '../support/stopped-sdks'

const REFUSAL = {
  rule: 'budget/totalTokens',
  message: 'budget exceeded: support-agent may use 6,000 tokens',
}
const REFUSED: Admission = { passes: false, refusal: REFUSAL }
/** Of words of six bytes each, the fifth is the one too many. */
const ENDED: Admission = {
  passes: true,
  hold: { output: (tokens) => (tokens >= 5 ? REFUSAL : undefined), ended: () => undefined },
}
const PROVIDERS = ['openai', 'anthropic', 'google', 'mistral', 'cohere', 'ollama', 'bedrock']

describe('SDKs whose calls a budget stops', function () {
  // Loading an SDK takes a slow machine seconds.
  this.timeout(120_000)
  const startHarness = useHarness()
  const rows: StoppedRow[] = []

  /** A proxy with a gate that decides like this, before an upstream that streams without an end. */
  async function start(sdk: StoppedSdk, admission: Admission) {
    let asked = 0
    const replies: ServerResponse[] = []
    const gate: CallGate = {
      concerns: () => true,
      admit: () => {
        asked++
        return admission
      },
    }
    const upstreams: Record<string, string> = {}
    const proxy = await startHarness(
      (_request, response) => {
        replies.push(response)
        streamWithoutEnd(response, replyOf(sdk))
      },
      { gate, upstreams },
    )
    for (const provider of PROVIDERS) upstreams[provider] = proxy.upstream
    return { proxy, replies, asked: () => asked }
  }

  for (const sdk of STOPPED_SDKS)
    it(`${sdk.name}: one error, one request`, async () => {
      const refusing = await start(sdk, REFUSED)
      const refused = await errorOf(() => sdk.call(refusing.proxy.base))
      assert.deepEqual([refusing.asked(), refusing.replies.length], [1, 0])
      const texts: string[] = []
      await errorOf(() => sdk.stream(refusing.proxy.base, texts))
      assert.deepEqual([refusing.asked(), refusing.replies.length, texts], [2, 0, []])
      await refusing.proxy.stop()

      const ending = await start(sdk, ENDED)
      const ended = await errorOf(() => sdk.stream(ending.proxy.base, texts), sdk.isReasonLost)
      assert.equal(wordsIn(texts), 'word1 word2 word3 word4 word5 ')
      const [reply] = ending.replies
      if (reply && !reply.closed) await once(reply, 'close')
      assert.deepEqual([ending.asked(), ending.replies.length], [1, 1])
      await assertEnded(ending.proxy)
      rows.push({ sdk, refused: caughtOf(refused), ended: caughtOf(ended) })
    })

  it('are what docs/blocked-calls.md shows', () => {
    assertGeneratedPage('blocked-calls.md', stoppedPage(rows), 'COSTFLAME_WRITE_STOPPED')
  })
})

function replyOf({ format }: StoppedSdk): EndlessReply {
  return ENDLESS_REPLIES[format] ?? assert.fail(`no reply of ${format}`)
}

/** The next word follows when the one before has been sent. */
function streamWithoutEnd(response: ServerResponse, reply: EndlessReply): void {
  response.writeHead(200, { 'content-type': reply.contentType })
  for (const bytes of reply.beginning) response.write(bytes)
  const next = (word: number) => {
    if (!response.destroyed) response.write(reply.word(`word${word} `), () => setImmediate(next, word + 1))
  }
  next(1)
}

/** What the program catches; it tells why, unless the SDK keeps that to itself. */
async function errorOf(call: () => Promise<unknown>, isReasonLost = false): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    assert.equal(inspect(error).includes(REFUSAL.message), !isReasonLost, inspect(error))
    return error
  }
  return assert.fail('the call came to a good end')
}

/** Some SDKs hand over events as they are. */
function wordsIn(texts: readonly string[]): string {
  return (
    texts
      .join('')
      .match(/word\d+ /g)
      ?.join('') ?? ''
  )
}

async function assertEnded(proxy: Harness): Promise<void> {
  const [exchange] = await proxy.settled()
  assert.deepEqual([exchange?.end, exchange?.budget], ['truncated', { stop: 'ended', ...REFUSAL }])
}

// The embedded server's caches against reality: recorded chains of real providers with cache activity, where they are at hand beside the repository.
import assert from 'node:assert/strict'
import { cacheRuleFor } from '../../profiler-agent/rules/cache-rules'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { type JudgedChain, judgeChain } from '../support/cache-reality/cache-reality'
import { judge } from '../support/cache-reality/cache-verdict'
import { realityPage } from '../support/cache-reality/reality-page'
import { recordedChains, type Turn } from '../support/cache-reality/recorded-chains'
import type { Replayed } from '../support/cache-reality/replayed-chain'
import { assertGeneratedPage } from '../support/generated-page'
import { hasCorpus } from '../support/recorded-corpus'
import { skip } from '../support/skip'
import { tokenizerFolder } from '../support/tokenizer-folder'

describe('the embedded server against recorded caches', function () {
  this.timeout(300_000)
  let judged: JudgedChain[] = []

  before(async function () {
    if (!hasCorpus) skip(this, 'needs recorded traffic beside the repository')
    const tokenizer = await loadTokenizer(tokenizerFolder())
    const counts = new Map<string, number>()
    const count = (text: string) => {
      const tokens = counts.get(text) ?? tokenizer.count(text)
      counts.set(text, tokens)
      return tokens
    }
    judged = []
    for (const chain of recordedChains()) judged.push(await judgeChain(chain, count))
  })

  it('reads and writes what the provider did, or it is known why not', () => {
    const unexplained = judged
      .flatMap(({ turns }) => turns)
      .filter(({ verdict }) => verdict.kind === 'unexplained')
      .map(({ turn, verdict }) => `${turn.row.file}#${turn.row.index}: ${JSON.stringify(verdict)}`)
    assert.deepEqual(unexplained, [])
  })

  it('agrees with most of what can be compared', () => {
    const turns = judged.flatMap((chain) => chain.turns).filter(({ turn }) => turn.read + turn.written > 0)
    const alike = turns.filter(({ verdict }) => verdict.kind === 'equal' || verdict.kind === 'warm')
    assert.ok(alike.length >= turns.length * 0.6, `${alike.length} of ${turns.length}`)
  })

  it('is told in docs/cache-reality.md', () => {
    assertGeneratedPage('cache-reality.md', realityPage(judged), 'COSTFLAME_WRITE_CACHE_REALITY')
  })
})

describe('the verdict on a replayed chain', () => {
  const rule = cacheRuleFor('anthropic', 'claude-sonnet-5')
  const row = {
    ...{ file: 'f', index: 0, provider: 'anthropic', endpoint: 'messages', isStream: false },
    ...{ model: 'claude-sonnet-5', usage: [], usageHeaders: {} },
    recorded: {
      ...{ method: 'POST', url: 'https://api.anthropic.com/v1/messages', request_headers: {} },
      ...{ request_body: '{}', status: 200, response_headers: {} },
    },
  }
  const turn = (read: number, written: number, rest: number): Turn => ({
    ...{ row, body: {}, read, written, output: 10, total: read + written + rest },
  })
  const replayed = (read: number, written: number, marks: number[], again?: [number, number]): Replayed => ({
    ...{ read, written, marks, rule, total: read + written + 10 },
    ...(again ? { again: { read: again[0], written: again[1] } } : {}),
  })
  const kinds = (turns: Turn[], said: Replayed[]) =>
    judge(
      turns,
      said,
      turns.map(() => 1),
    ).map(({ verdict }) => ('reason' in verdict ? verdict.reason : verdict.kind))

  it('knows a breakpoint again by what the provider had said of it', () => {
    const first = [turn(0, 5000, 10), replayed(0, 5100, [5100])] as const
    const same = [turn(5000, 200, 10), replayed(5100, 190, [5290])] as const
    assert.deepEqual(kinds([first[0], same[0]], [first[1], same[1]]), ['equal', 'equal'])
    const other = [turn(4000, 1200, 10), replayed(5100, 190, [5290])] as const
    assert.deepEqual(kinds([first[0], other[0]], [first[1], other[1]])[1], 'reads 4000, the server 5100')
  })

  it('tells a recording that begins warm from one that does not', () => {
    assert.deepEqual(kinds([turn(5000, 0, 10)], [replayed(0, 5100, [5100], [5100, 0])]), ['warm'])
    assert.deepEqual(kinds([turn(3000, 2000, 10)], [replayed(0, 5100, [3050, 5100], [5100, 0])]), [
      'the prompt was in the cache up to breakpoint 1 of 2 before the recording began',
    ])
    assert.deepEqual(kinds([turn(3000, 2000, 10)], [replayed(0, 5100, [4400, 5100], [5100, 0])]), [
      'reads 3000, the server 0',
    ])
  })

  it('believes no cache without a breakpoint', () => {
    assert.deepEqual(kinds([turn(0, 1200, 10)], [replayed(0, 0, [])]), [
      'a cache is reported, though the request has no breakpoint',
    ])
  })
})

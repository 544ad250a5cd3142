// Each cause of a cache miss in calls made by hand: what is found, and what is not.

import assert from 'node:assert/strict'
import type { Finding } from '../../../../profiler-agent/model/finding'
import {
  assistant,
  findingsIn,
  prose,
  reasoning,
  type Said,
  system,
  tool,
  toolResult,
  user,
} from '../../../support/cache-calls'

const OPENAI = { provider: 'openai', model: 'gpt-4.1' } as const
const MANUAL = prose('manual', 400)
const MANUAL_TOKENS = 6_000

/** Four calls, ten seconds apart. */
const four = (of: (index: number) => Omit<Said, 'at'> & { readonly at?: number }): Said[] =>
  [0, 1, 2, 3].map((index) => ({ at: index * 10, ...of(index) }))

const rulesOf = (findings: readonly Finding[]) => findings.map(({ rule }) => rule)

function only(calls: readonly Said[]): Finding {
  const findings = findingsIn(calls)
  assert.equal(findings.length, 1, JSON.stringify(rulesOf(findings)))
  const [finding] = findings
  assert.ok(finding)
  return finding
}

describe('rule cache/missing-breakpoint', () => {
  const calls = four((index) => ({
    prompt: [system(MANUAL, MANUAL_TOKENS), user(`question ${prose(`q${index}`, 20)}`, 50)],
  }))

  it('finds a stable start that nobody marked, and where the mark would go', () => {
    const finding = only(calls)
    assert.equal(finding.rule, 'cache/missing-breakpoint')
    // Three reads of 6,000 tokens save 1,800,000 each, the first write costs 500,000 more: 32,400 − 3,000 million.
    assert.equal(finding.saving?.picoUsd, 29_400_000_000)
    assert.equal(finding.saving?.certainty, 'expected')
    assert.deepEqual(finding.fix, {
      title: 'Mark the end of the system prompt with cache_control',
      safety: 'safe',
    })
    assert.equal(
      finding.message,
      'About 6,000 stable tokens were sent again uncached in 3 calls, because the prompt has no cache breakpoint. A cache_control mark at the end of the stable part (the end of the system prompt) saves $0.0294 a run.',
    )
    assert.equal(finding.evidence.breakpointAt, 'system[0]')
  })

  it('finds a conversation that nobody marked, whose mark would go to its end', () => {
    const turns = [user(prose('task'), 4_000)]
    const growing = four((index) => {
      const prompt = [system(MANUAL, 2_000), ...turns]
      turns.push(assistant(prose(`answer ${index}`), 2_000), toolResult(prose(`result ${index}`), 3_000))
      return { prompt }
    })
    assert.equal(only(growing).fix?.title, 'Mark the end of the last message with cache_control')
  })
})

describe('rule cache/misplaced-breakpoint', () => {
  it('finds a mark on what changes, with a stable start in front of it', () => {
    const finding = only(
      four((index) => ({
        prompt: [system(MANUAL, MANUAL_TOKENS), user(prose(`q${index}`, 20), 50, '5m')],
        written: MANUAL_TOKENS + 50,
      })),
    )
    assert.equal(finding.rule, 'cache/misplaced-breakpoint')
    assert.deepEqual(finding.evidence.marks, ['messages[0]'])
    // As it is: 4 × 6,050 × 2,500,000. Moved: one write of 6,000, three reads, four questions at 2,000,000.
    assert.equal(finding.saving?.picoUsd, 60_500_000_000 - 15_000_000_000 - 3_600_000_000 - 400_000_000)
    assert.equal(finding.fix?.title, 'Move the breakpoint to the end of the system prompt')
  })
})

describe('rule cache/look-back-overflow', () => {
  it('finds steps with more blocks than a breakpoint looks back', () => {
    const turns: Said['prompt'][number][] = [system(MANUAL, 2_000)]
    const finding = only(
      four((index) => {
        for (let part = 0; part < 30; part++) turns.push(user(`part ${index} ${part} ${prose('p', 9)}`, 200))
        const last = turns.length - 1
        const prompt = turns.map((turn, at) => (at === last ? { ...turn, mark: '5m' as const } : turn))
        turns.push(assistant(`answer ${index}`, 100))
        const written = prompt.reduce((sum, { tokens }) => sum + tokens, 0)
        return { prompt, written }
      }),
    )
    assert.equal(finding.rule, 'cache/look-back-overflow')
    assert.equal(finding.evidence.blocksBack, 31)
    assert.equal(finding.evidence.looksBack, 20)
    assert.equal(finding.evidence.fix, 'add-breakpoint')
  })
})

describe('rule cache/write-never-read', () => {
  const calls = four((index) => ({
    prompt: [system('Sum it up.', 10), user(prose(`document ${index}`), 9_000, '5m')],
    written: 9_010,
  }))

  it('finds documents that are written to the cache and never come again', () => {
    const finding = only(calls)
    assert.equal(finding.rule, 'cache/write-never-read')
    // 4 × 9,010 × 500,000.
    assert.equal(finding.saving?.picoUsd, 18_020_000_000)
    assert.equal(finding.fix?.title, 'Take the cache breakpoint away')
  })

  it('blames no write of a place whose writes are sometimes read', () => {
    const again = { at: 50, prompt: calls[3]?.prompt ?? [], read: 9_010 }
    assert.deepEqual(rulesOf(findingsIn([...calls, again])), [])
  })
})

describe('rule cache/expired', () => {
  it('finds prompts that come back after the cache has forgotten them', () => {
    const finding = only(
      four((index) => ({
        at: index * 1_200,
        prompt: [system(MANUAL, 9_000, '5m'), user(prose(`q${index}`, 20), 50)],
        written: 9_000,
      })),
    )
    assert.equal(finding.rule, 'cache/expired')
    assert.deepEqual([finding.evidence.lifetime, finding.evidence.longerLifetime], ['5m', '1h'])
    // Four writes for 5 minutes, or one for an hour and three reads.
    assert.equal(finding.saving?.picoUsd, 9_000 * (4 * 2_500_000 - 4_000_000 - 3 * 200_000))
    assert.equal(finding.fix?.title, 'Ask for a lifetime of 1h')
  })
})

describe('rule cache/parallel-fan-out', () => {
  const prompt = (index: number) => [system(MANUAL, 9_000, '5m'), user(prose(`q${index}`, 20), 50)]

  it('finds equal prompts that are sent before the first of them can be read', () => {
    const finding = only(
      four((index) => ({ at: index * 0.1, lasts: 4, prompt: prompt(index), written: 9_000 })),
    )
    assert.equal(finding.rule, 'cache/parallel-fan-out')
    assert.equal(finding.saving?.picoUsd, 3 * 9_000 * 2_300_000)
  })

  it('is silent where the provider served them all the same', () => {
    const calls = four((index) => ({
      ...{ at: index * 0.1, lasts: 4, prompt: prompt(index) },
      ...(index === 0 ? { written: 9_000 } : { read: 9_000 }),
    }))
    assert.deepEqual(findingsIn(calls), [])
  })
})

describe('rule cache/volatile-prefix', () => {
  const clock = (index: number) => `It is 2026-11-22T10:00:0${index}Z. ${MANUAL}`

  it('finds the text that changes, of which kind it is, and the constant text around it', () => {
    const finding = only(
      four((index) => ({
        ...OPENAI,
        prompt: [system(clock(index), 9_000), user(prose(`q${index}`, 9), 50)],
      })),
    )
    assert.equal(finding.rule, 'cache/volatile-prefix')
    assert.equal(finding.saving?.certainty, 'upTo')
    const volatile = finding.evidence.volatile
    assert.deepEqual(volatile, {
      path: 'system[0]',
      kind: 'dateTime',
      at: 6,
      before: '2026-11-22T10:00:00Z',
      after: '2026-11-22T10:00:01Z',
      textBefore: 'It is ',
      textAfter: `. ${MANUAL}`.slice(0, 200),
    })
    assert.deepEqual(finding.evidence.spans, { earlier: 'call at 0', later: 'call at 10', path: 'system[0]' })
    assert.deepEqual(finding.fix, {
      title: 'Move the changing text behind the stable part of the prompt',
      safety: 'review',
    })
  })

  it('has the same id whatever the values and the line are', () => {
    const idAt = (line: number, day: number) =>
      only(
        four((index) => ({
          ...{ ...OPENAI, line },
          prompt: [system(`Day ${day}, run-${day}${index}. ${MANUAL}`, 9_000), user(`q${index}`, 50)],
        })),
      ).id
    assert.equal(idAt(12, 3), idAt(40, 7))
  })

  it('reckons with a breakpoint where there is none yet', () => {
    const finding = only(
      four((index) => ({ prompt: [system(clock(index), 9_000), user(prose(`q${index}`, 9), 50)] })),
    )
    assert.equal(finding.rule, 'cache/volatile-prefix')
    assert.equal(finding.saving?.certainty, 'expected')
  })

  it('finds documents that stand in front of what all calls say', () => {
    const finding = only(
      four((index) => ({
        ...OPENAI,
        prompt: [
          system('You review.', 20),
          user(prose(`document ${index}`), 900),
          user(prose('guide'), 6_000),
        ],
      })),
    )
    assert.equal(finding.rule, 'cache/volatile-prefix')
    assert.equal(finding.evidence.path, 'messages[0]')
    // 6,020 tokens in whole steps of 128, three times.
    assert.equal(finding.saving?.picoUsd, 3 * 6_016 * 1_800_000)
  })

  it('is silent where only hashes were kept', () => {
    const calls = four((index) => ({
      ...OPENAI,
      prompt: [system(clock(index), 9_000), user(`q${index}`, 50)],
    }))
    assert.deepEqual(
      findingsIn(calls, () => undefined),
      [],
    )
  })
})

describe('rule cache/unstable-serialisation', () => {
  it('finds a tool whose keys stand in another order each time', () => {
    const schemas = ['"type":"object","required":["a"]', '"required":["a"],"type":"object"']
    const finding = only(
      four((index) => {
        const keys = [
          `"a":1,"b":{${schemas[0]}}`,
          `"b":{${schemas[1]}},"a":1`,
          `"a":1,"b":{${schemas[1]}}`,
          `"b":{${schemas[0]}},"a":1`,
        ]
        return {
          ...OPENAI,
          // The system prompt is shown first, and was served.
          read: index === 0 ? 0 : 5_888,
          prompt: [tool('find', 3_000, `{${keys[index]}}`), system(MANUAL, 6_000), user(`q${index}`, 50)],
        }
      }),
    )
    assert.equal(finding.rule, 'cache/unstable-serialisation')
    assert.deepEqual(finding.evidence.writing, { path: 'tools[0]', at: 2, difference: 'key order' })
    assert.equal(finding.fix?.safety, 'safe')
  })
})

describe('rule cache/tools-reordered', () => {
  it('finds the same tools in another order', () => {
    const tools = ['a', 'b', 'c', 'd'].map((name) => tool(name, 1_500))
    const finding = only(
      four((index) => ({
        ...OPENAI,
        read: index === 0 ? 0 : 2_944,
        prompt: [
          ...tools.slice(index),
          ...tools.slice(0, index),
          system(MANUAL, 3_000),
          user(`q${index}`, 50),
        ],
      })),
    )
    assert.equal(finding.rule, 'cache/tools-reordered')
    assert.equal(finding.evidence.fix, 'sort-tools')
    // What the calls say besides is other text, and counts as such.
    assert.equal(finding.evidence.tokensPerCall, 6_000)
    // System and tools, whole steps of 128: 8,960 tokens instead of 2,944 at 1,800,000 less, three times.
    assert.equal(finding.saving?.picoUsd, 3 * 6_016 * 1_800_000)
  })
})

describe('rule cache/tools-changed', () => {
  const base = ['a', 'b', 'c'].map((name) => tool(name, 1_500))
  const dynamic = (index: number) => [tool(`extra ${index}`, 40), ...base]

  it('finds a list of tools that is another one in each call', () => {
    const finding = only(
      four((index) => ({
        ...OPENAI,
        read: index === 0 ? 0 : 2_944,
        prompt: [...dynamic(index), system(MANUAL, 3_000), user(`q${index}`, 50)],
      })),
    )
    assert.equal(finding.rule, 'cache/tools-changed')
    assert.deepEqual([finding.evidence.added, finding.evidence.removed], [['extra 1'], ['extra 0']])
    assert.match(finding.message, /the list of tools changes \(added extra 1; removed extra 0\)/)
  })

  it('does not compare agents of several kinds', () => {
    const kinds = ['planner', 'writer'].map((kind) => ({
      agent: kind,
      prompt: [tool(`${kind} tool`, 3_000), system(`You are the ${kind}. ${MANUAL}`, 6_000)],
    }))
    const calls = [0, 1, 2, 3].flatMap((round) =>
      kinds.map(({ agent, prompt }, index) => ({
        ...{ ...OPENAI, agent, at: round * 20 + index * 5 },
        prompt: [...prompt, user(prose(`${agent} ${round}`, 20), 50)],
        read: round === 0 ? 0 : 8_960,
      })),
    )
    assert.deepEqual(findingsIn(calls), [])
  })
})

describe('rule cache/system-changed', () => {
  it('finds other words in front of a long system prompt', () => {
    const finding = only(
      four((index) => ({
        ...OPENAI,
        prompt: [system(`${prose(`persona${index}`, 60)}\n${MANUAL}`, 9_000), user(`q${index}`, 50)],
      })),
    )
    assert.equal(finding.rule, 'cache/system-changed')
    assert.equal(finding.evidence.fix, 'freeze-system')
  })

  it('finds other instructions in the middle of a conversation', () => {
    const turns = [user(prose('task'), 4_000), assistant(prose('plan'), 3_000)]
    const finding = only(
      four((index) => {
        const prompt = [system(prose(`mode${index}`, 30), 300), ...turns]
        turns.push(toolResult(prose(`r${index}`), 2_000), assistant(prose(`a${index}`), 1_000))
        return { ...OPENAI, prompt }
      }),
    )
    assert.equal(finding.rule, 'cache/system-changed')
  })
})

describe('rule cache/history-edited', () => {
  const conversation = (length: number) =>
    Array.from({ length }, (_, index) =>
      index % 2 === 0 ? user(prose(`user ${index}`), 1_500) : assistant(prose(`model ${index}`), 1_500),
    )
  const kindOf = (of: (index: number) => Said['prompt'], read = 0) => {
    const finding = only(four((index) => ({ ...OPENAI, prompt: of(index), read })))
    assert.equal(finding.rule, 'cache/history-edited')
    return finding.evidence.kind
  }

  it('finds an earlier message that is written anew', () => {
    assert.equal(
      kindOf((index) => [user(prose(`plan ${index}`), 1_500), ...conversation(5 + 2 * index).slice(1)]),
      'edited',
    )
  })

  it('finds a window that drops the oldest messages', () => {
    assert.equal(
      kindOf((index) => [system(MANUAL, 500), ...conversation(9 + 2 * index).slice(2 * index)]),
      'truncated',
    )
  })

  it('finds messages that are summed up', () => {
    const summary = (index: number) => user(prose(`summary ${index}`), 200)
    assert.equal(
      kindOf((index) => [summary(index), ...conversation(11 + 4 * index).slice(4 * index + 3)]),
      'compacted',
    )
  })

  it('finds thinking that is taken out', () => {
    const thought = (index: number) => reasoning(prose(`thought ${index}`), 1_000)
    const finding = only(
      four((index) => {
        const turns = conversation(9 + 2 * index)
        const last = turns.length - 2
        // The provider served what was the same: all up to the thought of the call before.
        const read = index === 0 ? 0 : Math.floor(((last - 2) * 1_500) / 128) * 128
        return { ...OPENAI, read, prompt: [...turns.slice(0, last), thought(index), ...turns.slice(last)] }
      }),
    )
    assert.equal(finding.evidence.kind, 'thinking-stripped')
  })

  it('takes other conversations for what they are', () => {
    const calls = four((index) => ({
      ...OPENAI,
      prompt: [system(MANUAL, 9_000), user(`Hello ${index} ${prose(`q${index}`, 40)}`, 300)],
      read: index === 0 ? 0 : 8_960,
    }))
    assert.deepEqual(findingsIn(calls), [])
  })
})

describe('rule cache/settings-changed', () => {
  it('names the parameter and both values', () => {
    const finding = only(
      four((index) => ({
        prompt: [system('Be brief.', 50), user(prose('document'), 9_000, '5m'), user(`q${index}`, 50)],
        settings: { parameters: { tool_choice: `{"type":"tool","name":"t${index}"}` } },
        written: 9_050,
      })),
    )
    assert.equal(finding.rule, 'cache/settings-changed')
    assert.equal(finding.evidence.parameter, 'tool_choice')
    assert.match(finding.message, /tool_choice changes \(\{"type":"tool","name":"t0"\} → /)
    assert.equal(finding.fix?.title, 'Keep tool_choice the same in all calls')
  })
})

describe('rule cache/settings-changed in a conversation', () => {
  it('finds a parameter that changes to and fro, although each value has its own entries', () => {
    const turns = [user(prose('task'), 3_000)]
    const finding = only(
      [0, 1, 2, 3, 4, 5].map((index) => {
        const last = turns.length - 1
        const prompt = turns.map((turn, at) => (at === last ? { ...turn, mark: '5m' as const } : turn))
        turns.push(assistant(prose(`a${index}`), 1_500), user(prose(`u${index}`), 1_500))
        const tokens = 3_000 + index * 3_000
        const read = index < 2 ? 0 : tokens - 6_000
        return {
          ...{ at: index * 10, prompt, read, written: tokens - read },
          settings: { parameters: { tool_choice: `{"type":"${index % 2 === 0 ? 'auto' : 'any'}"}` } },
        }
      }),
    )
    assert.equal(finding.rule, 'cache/settings-changed')
    assert.deepEqual([finding.evidence.calls, finding.evidence.tokensPerCall], [5, 3_000])
  })
})

describe('rules cache/routing-affinity and cache/evicted', () => {
  const prompt = (index: number) => [system(MANUAL, 9_000), user(prose(`q${index}`, 9), 50)]

  it('says that requests without a key may go to several caches', () => {
    const finding = only(four((index) => ({ ...OPENAI, prompt: prompt(index) })))
    assert.equal(finding.rule, 'cache/routing-affinity')
    assert.equal(finding.fix?.safety, 'safe')
    assert.equal(finding.saving?.certainty, 'upTo')
  })

  it('says that requests with different keys do', () => {
    const finding = only(
      four((index) => ({ ...OPENAI, prompt: prompt(index), settings: { key: `request ${index}` } })),
    )
    assert.equal(finding.rule, 'cache/routing-affinity')
    assert.equal(finding.evidence.earlierKey, 'request 0')
  })

  it('promises nothing where the provider forgot what it need not have', () => {
    const finding = only(four((index) => ({ ...OPENAI, prompt: prompt(index), settings: { key: 'desk' } })))
    assert.equal(finding.rule, 'cache/evicted')
    assert.deepEqual([finding.severity, finding.saving, finding.fix], ['info', undefined, undefined])
  })
})

describe('rule cache/below-minimum', () => {
  const short = (tokens: number) =>
    four((index) => ({
      ...OPENAI,
      prompt: [system(MANUAL, tokens), user(prose(`q${index}`, 9), 7_000)],
    }))

  it('is silent about prompts that are far too short', () => {
    assert.deepEqual(findingsIn(short(500)), [])
  })
})

describe('floor', () => {
  it('is silent about what happened once, and about less than a cent', () => {
    const calls = four((index) => ({ prompt: [system(MANUAL, 6_000), user(`q${index}`, 50)] }))
    assert.deepEqual(findingsIn(calls.slice(0, 2)), [])
    const small = four((index) => ({ prompt: [system(MANUAL, 1_500), user(`q${index}`, 50)] }))
    assert.deepEqual(findingsIn(small), [])
  })
})

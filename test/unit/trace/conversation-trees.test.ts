// Random trees of conversations, found again from the messages alone, whatever the order in which independent calls come in.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { Lineage, type LineageCall } from '../../../profiler-agent/trace/lineage'
import { RunTrace } from '../../../profiler-agent/trace/trace'
import { blocksOf, traceInput } from '../../support/trace-picture'

/** A call and the one that it goes on from; `parent` is an index before its own, or undefined for a new conversation. */
interface Node {
  readonly id: string
  readonly parent: number | undefined
  readonly prompt: string
  readonly reply: string
  readonly start: number
  readonly end: number
}

interface Shape {
  /** 0: a new conversation, else so many calls back. */
  readonly back: number
  /** Two conversations may begin with the same words; only the replies tell them apart. */
  readonly sharesOpening: boolean
  readonly toolCalls: number
  readonly systemChanges: boolean
  readonly order: number
}

const shapes = fc.array(
  fc.record({
    back: fc.nat(6),
    sharesOpening: fc.boolean(),
    toolCalls: fc.nat(2),
    systemChanges: fc.boolean(),
    order: fc.nat(1_000_000),
  }),
  { minLength: 1, maxLength: 25 },
)

function treeOf(drawn: readonly Shape[]): Node[] {
  const nodes: Node[] = []
  for (const [index, { back, sharesOpening, toolCalls, systemChanges }] of drawn.entries()) {
    const parent = back > 0 && back <= index ? index - back : undefined
    const before = parent === undefined ? undefined : nodes[parent]
    const system = systemChanges ? `S${index}` : 'S'
    const said = before
      ? `${withoutSystem(before.prompt)} ${before.reply} ${answersTo(before.reply)} U${index}`
      : `U${sharesOpening ? 'hi' : index}`
    const calls = Array.from({ length: toolCalls }, (_, n) => `Ctool#${index}.${n}`).join(' ')
    nodes.push({
      id: `n${index}`,
      parent,
      prompt: `${system} T ${said}`,
      reply: `A${index} ${calls}`.trim(),
      // A call begins when the one that it goes on from has ended.
      start: (before?.end ?? -10) + 10,
      end: (before?.end ?? -10) + 20 + index,
    })
  }
  return nodes
}

function withoutSystem(prompt: string): string {
  return prompt
    .split(' ')
    .filter((word) => !/^[ST]/.test(word))
    .join(' ')
}

function answersTo(reply: string): string {
  return [...reply.matchAll(/Ctool(#\S+)/g)].map(([, id]) => `Rdone${id}`).join(' ')
}

/** Some order in which every call comes after the one that it goes on from. */
function arrivals(nodes: readonly Node[], drawn: readonly Shape[]): Node[] {
  const waiting = nodes.map((node, index) => ({ node, order: drawn[index]?.order ?? 0 }))
  const arrived: Node[] = []
  while (waiting.length > 0) {
    const free = waiting.filter(
      ({ node: { parent } }) => parent === undefined || arrived.some(({ id }) => id === nodes[parent]?.id),
    )
    const next = free.toSorted((left, right) => left.order - right.order)[0] ?? waiting[0]
    if (!next) break
    arrived.push(next.node)
    waiting.splice(waiting.indexOf(next), 1)
  }
  return arrived
}

describe('trees of conversations', () => {
  it('are recovered, whatever the order of calls that do not depend on each other', () => {
    fc.assert(
      fc.property(shapes, (drawn) => {
        const nodes = treeOf(drawn)
        const lineage = new Lineage<LineageCall>()
        for (const { id, parent, prompt, reply } of arrivals(nodes, drawn)) {
          const call = { spanId: id, prompt: blocksOf(prompt), reply: blocksOf(reply) }
          const expected = parent === undefined ? undefined : nodes[parent]?.id
          assert.equal(lineage.extendedBy(call.prompt)?.call.spanId, expected, `${id}: ${prompt}`)
          lineage.add(call, [])
        }
      }),
      { numRuns: 300 },
    )
  })

  it('are one agent each, with a step for every call', () => {
    fc.assert(
      fc.property(shapes, (drawn) => {
        // The same words with the same times would be a retry.
        const nodes = treeOf(drawn.map((shape) => ({ ...shape, sharesOpening: false })))
        const trace = new RunTrace({ id: 'r', name: 'r', startedAt: 0, tags: {}, defaults: {} })
        const byId = new Map(
          arrivals(nodes, drawn)
            .flatMap(({ id, start, end, prompt, reply }) =>
              trace.add(traceInput(`${id} ${start}..${end} ${prompt} > ${reply}`)),
            )
            .map((span) => [span.id, span]),
        )
        const agentOf = (id: string) => byId.get(byId.get(byId.get(id)?.parentId ?? '')?.parentId ?? '')
        const rootOf = ({ id, parent }: Node): string => {
          const before = parent === undefined ? undefined : nodes[parent]
          return before ? rootOf(before) : id
        }
        for (const node of nodes) assert.equal(agentOf(node.id)?.id, `${rootOf(node)}.agent`, node.id)
        assert.equal(new Set(nodes.map(({ id }) => byId.get(id)?.parentId)).size, nodes.length)
        for (const span of byId.values())
          for (const child of byId.values())
            if (child.parentId === span.id && span.kind === 'step')
              assert.ok(span.startedAt <= child.startedAt, `${child.id} begins before ${span.id}`)
      }),
    )
  })
})

import assert from 'node:assert/strict'
import type { PromptShare } from '../../../profiler-agent/model/run-questions'
import type { Run, Segment } from '../../../profiler-agent/model/span'
import { at } from '../../../profiler-agent/profile/columns'
import { columnsOf } from '../../../profiler-agent/profile/columns-of-run'
import { sumsOf, type Unit } from '../../../profiler-agent/profile/measures'
import { NOT_IN_PARTS, TextCosts } from '../../../profiler-agent/profile/prompt-shares'
import { promptTree } from '../../../profiler-agent/profile/prompt-tree'
import { labelOf, type Tree } from '../../../profiler-agent/profile/tree'
import { runOf } from './run-of'

const SYSTEM = part('system', 'system', 'aa', 100, 10, 'read')
const SEARCH = { ...part('tools[0]', 'tool_def', 'bb', 50, 5, 'read'), name: 'search' }
const QUESTION = part('messages[0]', 'user', 'cc', 20, 40, 'fresh')
const ANSWER = part('output[0]', 'output', 'dd', 30, 300, 'none')

function part(
  path: string,
  kind: Segment['kind'],
  hash: string,
  tokens: number,
  picoUsd: number,
  cache: Segment['cache'],
): Segment {
  return { path, kind, hash, tokens, picoUsd, cache, estimate: true }
}

/** Two calls with system prompt, tool and question, the second one with the first one's answer as well; 4 tokens of it in no part. */
function deskRun(): Run {
  const run = runOf(`
    step plan 0..10
      call gpt 0..10 170+30 $355 as a
    step answer 10..20
      call gpt 10..20 204+30 $376 as b
  `)
  const segments: Readonly<Record<string, readonly Segment[]>> = {
    a: [SYSTEM, SEARCH, QUESTION, ANSWER],
    b: [
      { ...SYSTEM, picoUsd: 1 },
      SEARCH,
      QUESTION,
      part('messages[1]', 'assistant', 'dd', 30, 12, 'write'),
      { ...ANSWER, hash: 'ee', picoUsd: 310 },
    ],
  }
  const spans = run.spans.map((span) =>
    span.modelCall === undefined
      ? span
      : {
          ...span,
          step: span.parentId === 's0' ? 'plan' : 'answer',
          modelCall: { ...span.modelCall, segments: segments[span.id] ?? [] },
        },
  )
  return { ...run, spans }
}

function sharesOf(run: Run, textOf: (hash: string) => string | undefined = () => undefined): PromptShare[] {
  const costs = new TextCosts()
  for (const { id, modelCall } of run.spans) if (modelCall) costs.add(id, modelCall, modelCall.segments)
  return costs.finish(textOf)
}

function linesOf(tree: Tree, unit: Unit): string[] {
  const values = sumsOf(tree, unit)
  return Array.from(
    tree.depth,
    (depth, node) => `${'  '.repeat(depth)}${labelOf(tree, node)} ${at(values, node)}`,
  ).filter((line) => !/ (NaN|0)$/.test(line))
}

describe('the tree by prompt segment', () => {
  it('shows each text with all calls that carried it, by kind, and what is in no part', () => {
    assert.deepEqual(linesOf(promptTree(columnsOf(deskRun())), 'cost'), [
      'node desk.mjs 731',
      '  replies 610',
      '    reply, answer 310',
      '    reply, plan 300',
      '  user messages 80',
      '    message 1, plan 80',
      '      gpt 40',
      '      gpt 40',
      '  earlier replies 12',
      '    message 2, answer 12',
      '  system prompts 11',
      '    system prompt, plan 11',
      '      gpt 10',
      '      gpt 1',
      '  tool definitions 10',
      '    search 10',
      '      gpt 5',
      '      gpt 5',
      '  not in the prompt parts 8',
      '    gpt 8',
    ])
  })

  it('takes the sums of texts over the run where they are known, by the first words of each', () => {
    const run = deskRun()
    const texts: Readonly<Record<string, string>> = { aa: 'You are the desk.', cc: 'Where is my parcel?' }
    const tree = promptTree(
      columnsOf(run),
      sharesOf(run, (hash) => texts[hash]),
    )
    assert.deepEqual(linesOf(tree, 'cost'), [
      'node desk.mjs 731',
      '  replies 610',
      '    reply, answer 310',
      '    reply, plan 300',
      '  user messages 80',
      '    Where is my parcel? 80',
      '  earlier replies 12',
      '    message 2, answer 12',
      '  system prompts 11',
      '    You are the desk. 11',
      '  tool definitions 10',
      '    search 10',
      '  not in the prompt parts 8',
    ])
    assert.deepEqual(linesOf(tree, 'uncachedTokens').slice(0, 3), [
      'node desk.mjs 374',
      '  user messages 40',
      '    Where is my parcel? 40',
    ])
  })

  it('stands, where a call is selected, at the dearest text that it carried', () => {
    const run = deskRun()
    for (const tree of [promptTree(columnsOf(run)), promptTree(columnsOf(run), sharesOf(run))]) {
      const [whole, step, first, , second] = tree.nodeOf
      assert.deepEqual([whole, step], [0, -1])
      assert.deepEqual(
        [first, second].map((node) => labelOf(tree, node ?? 0)),
        ['reply, plan', 'reply, answer'],
      )
    }
  })

  it('does not mix sums of another moment with the run: then the parts of the calls stand', () => {
    const run = deskRun()
    const later = sharesOf(run).map((share) => ({ ...share, tokens: share.tokens * 9 }))
    const tree = promptTree(columnsOf(run), later)
    assert.equal(labelOf(tree, 2), 'reply, answer')
    assert.equal(at(sumsOf(tree, 'tokens'), 0), 434)
  })

  it('keeps time, which texts do not have, in a place of its own', () => {
    assert.deepEqual(linesOf(promptTree(columnsOf(deskRun())), 'time'), ['node desk.mjs 20'])
  })
})

describe('what texts cost over a run', () => {
  it('sums to the calls exactly, with one share for what is in no part', () => {
    const shares = sharesOf(deskRun())
    assert.equal(
      shares.reduce((sum, { picoUsd }) => sum + (picoUsd ?? 0), 0),
      731,
    )
    assert.equal(
      shares.reduce((sum, { tokens }) => sum + tokens, 0),
      434,
    )
    const rest = shares.find(({ name }) => name === NOT_IN_PARTS)
    assert.deepEqual([rest?.kind, rest?.tokens, rest?.picoUsd, rest?.calls], ['overhead', 4, 8, 1])
  })

  it('says of each how many calls carried it, in which cache state, and which was the dearest', () => {
    const system = sharesOf(deskRun()).find(({ kind }) => kind === 'system')
    assert.deepEqual(system, {
      ...{ kind: 'system', name: 'system', hash: 'aa', calls: 2, tokens: 200, picoUsd: 11 },
      picoUsdByCache: { read: 11, write: 0, fresh: 0, none: 0 },
      tokensByCache: { read: 200, write: 0, fresh: 0, none: 0 },
      ...{ spanId: 'a', path: 'system' },
    })
  })

  it('leaves parts out that add up to more than their call', () => {
    const run = runOf('call gpt 0..10 10+0 $5 as a system:99/4')
    const shares = sharesOf(run)
    assert.deepEqual(
      shares.map(({ name, tokens, picoUsd }) => [name, tokens, picoUsd]),
      [[NOT_IN_PARTS, 10, 5]],
    )
  })
})

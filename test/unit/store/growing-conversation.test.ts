// What a step of a long conversation takes of the store: what is new in it, however long its history is.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { openMemoryStore } from '../../../profiler-agent/store/store'
import { prose } from '../../support/cache-calls'
import { exchangeCalled } from '../../support/exchanges'
import { pipelineOver } from '../../support/test-pipeline'

/** As the ids of a provider look: nothing in them repeats. */
const idOf = (what: string) => createHash('sha256').update(what).digest('base64url').slice(0, 24)

/** Steps of an agent that calls a tool in each; a step adds some 200 tokens. */
class Conversation {
  readonly store = openMemoryStore()
  readonly #pipeline = pipelineOver(this.store)
  readonly #messages: object[] = [{ role: 'system', content: prose('harbour rules', 500) }]
  readonly #distinct = new Set([prose('harbour rules', 500)])
  #steps = 0

  /** Bytes of the store, and of all texts that were ever said, each once. */
  goTo(steps: number): { readonly stored: number; readonly distinct: number } {
    while (this.#steps < steps) this.#step(++this.#steps)
    const page = (name: string) => Number(this.store.prepare(`PRAGMA ${name}`).get()?.[name])
    const distinct = [...this.#distinct].reduce((sum, text) => sum + text.length, 0)
    return { stored: page('page_count') * page('page_size'), distinct }
  }

  #step(step: number): void {
    const [result, answer] = [prose(`result ${step}`, 60), prose(`answer ${step}`, 60)]
    const asked =
      step === 1 ? { role: 'user' } : { role: 'tool', tool_call_id: `call_${idOf(`${step - 1}`)}` }
    this.#messages.push({ ...asked, content: result })
    const call = {
      ...{ id: `call_${idOf(`${step}`)}`, type: 'function' },
      function: { name: 'tides', arguments: '{"port":"north"}' },
    }
    const message = { role: 'assistant', content: answer, tool_calls: [call] }
    const request = JSON.stringify({ model: 'gpt-5-mini', messages: this.#messages })
    const response = {
      ...{ id: `chatcmpl-${idOf(`response ${step}`)}`, object: 'chat.completion', model: 'gpt-5-mini' },
      choices: [{ index: 0, finish_reason: 'tool_calls', message }],
      usage: { prompt_tokens: request.length >> 2, completion_tokens: 110, total_tokens: 0 },
    }
    this.#messages.push(message)
    for (const text of [result, answer]) this.#distinct.add(text)
    this.#pipeline.add({
      ...exchangeCalled(`00000000-0000-4000-8000-${String(step).padStart(12, '0')}`),
      requestBody: new TextEncoder().encode(request),
      responseBody: new TextEncoder().encode(JSON.stringify(response)),
      startTime: 1_795_341_600_000 + step * 1_500,
    })
  }
}

describe('a conversation that grows', () => {
  it('takes less than twice its distinct content, and as much for a late step as for an early one', function () {
    this.timeout(60_000)
    const conversation = new Conversation()
    const [first, second, third] = [20, 120, 220].map((steps) => conversation.goTo(steps))
    assert.ok(first && second && third)
    const [early, late] = [second.stored - first.stored, third.stored - second.stored]
    const texts = third.distinct - second.distinct
    assert.ok(late <= 2 * texts, `${late} bytes for ${texts} bytes of text`)
    assert.ok(late <= 1.2 * early, `${late} bytes for 100 steps, ${early} for 100 before`)
  })

  it('adds the same few rows with every step', function () {
    this.timeout(60_000)
    const conversation = new Conversation()
    const rows = () =>
      ['spans', 'calls', 'shapes', 'contents', 'uses'].map((table) =>
        Number(conversation.store.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n),
      )
    conversation.goTo(40)
    const before = rows()
    conversation.goTo(60)
    // A step with its call and its tool; a result, an answer and a tool call that stand once.
    const added = rows().map((count, index) => count - (before[index] ?? 0))
    assert.deepEqual(added, [60, 20, 0, 60, 60])
  })
})

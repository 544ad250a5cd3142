// A support desk that says itself what it does: nested agents, parallel steps, tools, a retrieval, a stream, an outcome.
import { agent, outcome, retrieval, step, tag, tool } from 'costflame/api'
import { ask } from './ask.mjs'

async function* draft() {
  for (const part of ['Dear', 'you']) yield await ask(`draft ${part}`)
}

const answer = await agent('desk', { version: '1.4', intent: 'refund', tags: { plan: 'gold' } }, async () => {
  const plans = await Promise.all(
    ['a', 'b', 'c'].map((each) => step(`plan ${each}`, () => ask(`plan ${each}`))),
  )
  const found = await tool('research', { toolCallId: 'call_7' }, () =>
    agent('researcher', async () => {
      tag('depth', 2)
      return ask('research')
    }),
  )
  const documents = await retrieval('policies', { documents: (list) => list.length }, async () => [
    'p1',
    'p2',
  ])
  const parts = []
  for await (const part of step('draft', draft)) parts.push(part)
  outcome('resolved', { value: 12.5, by: 'refund' })
  return [...plans, found, documents.length, ...parts]
})
console.log(JSON.stringify(answer))

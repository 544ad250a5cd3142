// Prints an object, lets go of it, and says whether somebody else held on to it. Runs with --expose-gc.
import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic()

function printAndForget() {
  const plan = { steps: [1, 2, 3], by: Anthropic.name }
  console.log(plan)
  return new WeakRef(plan)
}

const plan = printAndForget()
const messages = [{ role: 'user', content: 'call 1' }]
await client.messages.create({ model: 'claude-haiku-4-5', max_tokens: 50, messages })
globalThis.gc()
console.log(plan.deref() === undefined ? 'collected' : 'kept')

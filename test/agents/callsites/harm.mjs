// Prints what a hook could have changed around it, makes a call, and ends with an uncaught error.
import Anthropic from '@anthropic-ai/sdk'

const own = () => Object.keys(globalThis).sort().join(' ')
const client = new Anthropic()
const messages = [{ role: 'user', content: 'call 1' }]

const sites = []
Error.prepareStackTrace = (error, frames) => sites.push(frames.length) && `own ${error.message}`
Error.stackTraceLimit = 3
const reply = await client.messages.create({ model: 'claude-haiku-4-5', max_tokens: 50, messages })
console.log(reply.content[0].text, new Error('trace').stack, sites.length, Error.stackTraceLimit)
delete Error.prepareStackTrace

console.log(
  'fetch',
  fetch.length,
  fetch.name,
  typeof fetch,
  Object.keys(Object.getOwnPropertyDescriptors(fetch)),
)
console.log('globals', own())
console.log(
  'listeners',
  process.eventNames().map((name) => `${String(name)} ${process.listenerCount(name)}`),
)
console.log(
  'resources',
  process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|TCP|File/.test(name)),
)
console.log('options', process.execArgv)
await fetch('no url').catch((error) => console.log(error.name, error.message))

async function fails() {
  await fetch('http://127.0.0.1:9/closed').catch((error) => {
    throw new Error('uncaught', { cause: error })
  })
}
await fails()

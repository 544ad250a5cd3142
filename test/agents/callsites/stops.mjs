// A program with a debugger statement between a model SDK and its call.
import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic()
// biome-ignore lint/suspicious/noDebugger: it is what this program is for
debugger // <- stop
const message = { role: 'user', content: 'call 1' }
const reply = await client.messages.create({ model: 'claude-haiku-4-5', max_tokens: 50, messages: [message] })
console.log(reply.content[0].text)

// Prints what somebody who stands in for the methods of SDKs could have changed about them.
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { generateText, streamText } from 'ai'
import OpenAI from 'openai'

const shapeOf = (holder) =>
  Object.entries(Object.getOwnPropertyDescriptors(holder)).map(
    ([name, { value, ...flags }]) =>
      `${name}: ${typeof value} ${value?.name}/${value?.length} ${Object.values(flags)}`,
  )
console.log(shapeOf(OpenAI.prototype), shapeOf(OpenAI.Chat.Completions.prototype))
console.log(shapeOf(Anthropic.Messages.prototype))
console.log(Object.keys(new GoogleGenAI({ apiKey: 'none' }).models))
console.log([generateText, streamText].map(({ name, length }) => [name, length]))

class Counting extends OpenAI.Chat.Completions {
  #count = 0
  create(...args) {
    this.#count++
    return super.create(...args) // <- call 1
  }
  get count() {
    return this.#count
  }
}

const question = (content) => ({ model: 'gpt-5-mini', messages: [{ role: 'user', content }] })
const client = new OpenAI()
const counting = new Counting(client)
const asked = counting.create(question('call 1'))
console.log(asked.constructor.name, Object.getPrototypeOf(asked.constructor).name)
const { data, response } = await asked.withResponse()
console.log(data.choices[0].message.content, response.status, counting.count)
const { create } = client.chat.completions
const reply = await create.call(client.chat.completions, question('call 2')) // <- call 2
console.log(reply.choices[0].message.content)

try {
  new Anthropic().messages.create()
} catch (error) {
  console.log(error.stack)
}
const controller = new AbortController()
controller.abort()
await client.chat.completions
  .create(question('aborted'), { signal: controller.signal })
  .catch((error) => console.log(error.constructor.name, error.message))
process.once('unhandledRejection', (error) => console.log('unhandled', error.constructor.name))
client.chat.completions.create(question('aborted'), { signal: controller.signal })

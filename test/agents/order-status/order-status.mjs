// Answers customers who ask where their order is: looks it up, reads the help articles that fit, and writes the answer.
import { readFileSync } from 'node:fs'
import { agent, outcome, retrieval, step } from 'costflame/api'
import OpenAI from 'openai'
import { findArticles } from './help.mjs'
import { lookUpOrder, tools } from './tools.mjs'

const client = new OpenAI()
const instructions = readFileSync(new URL('instructions.md', import.meta.url), 'utf8')
const ARTICLES = 3
const MOST_TURNS = 6

async function ask(messages) {
  const { choices } = await client.chat.completions.create({
    model: 'gpt-5-mini',
    max_completion_tokens: 1500,
    tools,
    messages,
  })
  return choices[0].message
}

async function use(call) {
  const { order, question } = JSON.parse(call.function.arguments)
  if (call.function.name === 'look_up_order') return lookUpOrder(order)
  return retrieval('read_help', { toolCallId: call.id }, () => findArticles(question, ARTICLES))
}

async function answer(question) {
  const messages = [
    { role: 'system', content: instructions },
    { role: 'user', content: question },
  ]
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const message = await step(turn === 0 ? 'understand' : 'resolve', () => ask(messages))
    messages.push(message)
    if (!message.tool_calls) return message.content
    for (const call of message.tool_calls)
      messages.push({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(await use(call)) })
  }
  return undefined
}

/** One customer's question, from the first call to the outcome. */
export function answerCustomer(question) {
  return agent('support-agent', { version: '1.4.0', intent: 'order-status-lookup' }, async () => {
    try {
      const text = await answer(question)
      outcome(text === undefined ? 'unresolved' : 'resolved')
      return text
    } catch (error) {
      outcome('handed-over', { reason: error.code ?? error.name })
      return undefined
    }
  })
}

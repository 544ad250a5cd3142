// Mends one bug in a checkout: reads, searches, edits and tests until the model says that it is done.
import { readFileSync } from 'node:fs'
import Anthropic from '@anthropic-ai/sdk'
import { changes, runTool } from './checkout.mjs'
import { tools } from './tools.mjs'

const client = new Anthropic()
const model = 'claude-sonnet-5'
const instructions = readFileSync(new URL('instructions.md', import.meta.url), 'utf8')
const MOST_TURNS = 60

const task = `A party of three shared a fare of 100.00 and paid three parts of 33.33 on the site. The booking was held at the gate because a cent is open. Find out why, mend it wherever it happens, and add a test.`

// The instructions stay the same, so that they are read from the cache; how far the model has come stands behind them.
function systemPrompt() {
  const { files, put, out } = changes()
  return [
    { type: 'text', text: instructions, cache_control: { type: 'ephemeral' } },
    { type: 'text', text: `Working tree: ${files} files changed, ${put} lines put in, ${out} taken out.` },
  ]
}

/** The same messages with a mark at their end, so that the next turn reads them from the cache. */
function marked(messages) {
  const last = messages.at(-1)
  const block = { ...last.content.at(-1), cache_control: { type: 'ephemeral' } }
  return [...messages.slice(0, -1), { ...last, content: [...last.content.slice(0, -1), block] }]
}

async function nextTurn(messages) {
  const stream = client.messages.stream({
    model,
    max_tokens: 8_000,
    thinking: { type: 'adaptive' },
    system: systemPrompt(),
    tools,
    messages: marked(messages),
  })
  stream.on('text', (text) => process.stdout.write(text))
  return stream.finalMessage()
}

async function act({ id, name, input }) {
  try {
    return { type: 'tool_result', tool_use_id: id, content: await runTool(name, input) }
  } catch (error) {
    return { type: 'tool_result', tool_use_id: id, content: error.message, is_error: true }
  }
}

async function solve() {
  const messages = [{ role: 'user', content: [{ type: 'text', text: task }] }]
  for (let turn = 1; turn <= MOST_TURNS; turn++) {
    const { content } = await nextTurn(messages)
    messages.push({ role: 'assistant', content })
    const calls = content.filter(({ type }) => type === 'tool_use')
    if (calls.length === 0) return turn
    console.log(
      `\n${turn}. ${calls.map(({ name, input }) => `${name} ${input.path ?? input.file ?? ''}`.trim()).join(', ')}`,
    )
    messages.push({ role: 'user', content: await Promise.all(calls.map(act)) })
  }
  throw new Error(`not done after ${MOST_TURNS} turns`)
}

const turns = await solve()
console.log(`\nDone in ${turns} turns.`)

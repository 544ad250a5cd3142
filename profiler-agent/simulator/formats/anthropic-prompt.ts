// How Anthropic renders a prompt (tools, system, messages), with its cache breakpoints checked and its framing counted.

import { type JsonObject, objectOr, objectsIn, RequestRefused, textOr } from '../json'
import { type CountTokens, type Prompt, PromptBuilder, type Tier } from '../prompt'
import { contentText, type Turn } from './call-facts'

// Measured on recorded calls: 7 tokens around a single user message, about 4 for each one more.
const PROMPT_TOKENS = 3
const MESSAGE_OPEN_TOKENS = 3
const MESSAGE_CLOSE_TOKENS = 1
/** The hidden preamble that any client tool brings along; 300 to 600 in recorded calls. */
const TOOL_PREAMBLE_TOKENS = 346
/** One image or page of about 1.2 megapixels. Sizes are not looked at. */
const MEDIA_TOKENS = 1_600

/** Throws `RequestRefused` for more than `maxBreakpoints` breakpoints, or a 1 h one after a 5 m one. */
export function renderAnthropicPrompt(body: JsonObject, count: CountTokens, maxBreakpoints: number): Prompt {
  const prompt = new PromptBuilder(count)
  const tools = objectsIn(body.tools)
  for (const tool of tools) renderBlock(prompt, 'tools', tool)
  if (tools.length > 0) prompt.frame('tools', '<tools>', TOOL_PREAMBLE_TOKENS)
  // Speed changes what comes from the system prompt on; tool choice and thinking only the messages.
  prompt.frame('system', `speed ${textOr(body.speed, 'standard')}`, 0)
  for (const block of contentOf(body.system)) renderBlock(prompt, 'system', block)
  prompt.frame('messages', JSON.stringify([body.tool_choice ?? null, body.thinking ?? null]), 0)
  for (const message of objectsIn(body.messages)) {
    prompt.frame('messages', `<${textOr(message.role)}>`, MESSAGE_OPEN_TOKENS)
    for (const block of contentOf(message.content)) renderBlock(prompt, 'messages', block)
    prompt.frame('messages', '</>', MESSAGE_CLOSE_TOKENS)
  }
  if (body.cache_control) prompt.markLastBlock(lifetimeName(body.cache_control))
  prompt.frame('messages', '<assistant>', PROMPT_TOKENS)
  const built = prompt.build()
  checkBreakpoints(built, maxBreakpoints)
  return built
}

// A string is the same prompt as one text block.
function contentOf(content: unknown): readonly JsonObject[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : objectsIn(content)
}

function renderBlock(prompt: PromptBuilder, tier: Tier, block: JsonObject): void {
  const { cache_control: control, ...content } = block
  const isThinking = block.type === 'thinking' || block.type === 'redacted_thinking'
  const isMedia = block.type === 'image' || block.type === 'document'
  prompt.block(tier, visibleText(tier, content), {
    exact: JSON.stringify(content),
    ...(isMedia ? { tokens: MEDIA_TOKENS } : {}),
    ...(control ? { mark: lifetimeName(control) } : {}),
    canHoldMark: !isThinking && block.text !== '',
  })
}

function visibleText(tier: Tier, block: JsonObject): string {
  if (tier === 'tools') return JSON.stringify(block)
  if (block.type === 'text') return textOr(block.text)
  if (block.type === 'tool_use') return `${textOr(block.name)} ${JSON.stringify(block.input)}`
  if (block.type === 'tool_result') return contentText(block.content)
  if (block.type === 'thinking') return textOr(block.thinking)
  return JSON.stringify(block)
}

function lifetimeName(control: unknown): string {
  return textOr(objectOr(control).ttl, '5m')
}

function checkBreakpoints({ units }: Prompt, most: number): void {
  const marks = units.flatMap((unit) => (unit.mark === undefined ? [] : [unit.mark]))
  if (marks.length > most)
    throw new RequestRefused(
      400,
      `A maximum of ${most} blocks with cache_control may be provided. Found ${marks.length}.`,
    )
  const firstShort = marks.indexOf('5m')
  if (firstShort >= 0 && marks.includes('1h', firstShort))
    throw new RequestRefused(
      400,
      "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. " +
        'Note that blocks are processed in the following order: `tools`, `system`, `messages`.',
    )
}

/** The conversation's turns. A user message that only brings tool results is no user turn. */
export function readTurns(body: JsonObject): Turn[] {
  const messages = objectsIn(body.messages)
  const tools = new Map<string, string>()
  const turns: Turn[] = [{ role: 'system', text: contentText(body.system) }]
  for (const { role, content } of messages) {
    const blocks = contentOf(content)
    for (const block of blocks) if (block.type === 'tool_use') tools.set(textOr(block.id), textOr(block.name))
    for (const block of blocks)
      if (block.type === 'tool_result')
        turns.push({
          role: 'tool_result',
          text: contentText(block.content),
          tool: tools.get(textOr(block.tool_use_id)) ?? '',
        })
    const text = contentText(content)
    if (role === 'assistant') turns.push({ role: 'assistant', text })
    else if (role === 'system') turns.push({ role: 'system', text })
    else if (text !== '' || !blocks.some((block) => block.type === 'tool_result'))
      turns.push({ role: 'user', text })
  }
  return turns
}

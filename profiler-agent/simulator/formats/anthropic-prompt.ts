// How Anthropic renders a prompt (tools, system, messages), with its cache breakpoints checked and its framing counted.

import { dropsEarlierThinking, isLeftOut } from '../../rules/cache-invalidation'
import { type JsonObject, objectOr, objectsIn, RequestRefused, textOr } from '../json'
import { type CountTokens, type Prompt, PromptBuilder, type Tier } from '../prompt'
import { frameParameters } from './cache-parameters'
import { contentText, type Turn } from './call-facts'

// Measured on recorded calls: 7 tokens around a single user message, about 4 for each one more.
const PROMPT_TOKENS = 3
const MESSAGE_OPEN_TOKENS = 3
const MESSAGE_CLOSE_TOKENS = 1
/** The hidden preamble that any client tool brings along; 300 to 600 in recorded calls. It stands behind a mark on the system prompt. */
const TOOL_PREAMBLE_TOKENS = 346
/** One image or page of about 1.2 megapixels. Sizes are not looked at. */
const MEDIA_TOKENS = 1_600

/**
 * `ruler`: the provider whose rows say which parameter makes another prompt.
 * Throws `RequestRefused` for more than `maxBreakpoints` breakpoints, or a 1 h one after a 5 m one.
 */
export function renderAnthropicPrompt(
  body: JsonObject,
  count: CountTokens,
  maxBreakpoints: number,
  ruler = 'anthropic',
): Prompt {
  const prompt = new PromptBuilder(count)
  const parameters = { ...body, ...toggles(body) }
  frameParameters(prompt, ruler, 'tools', parameters)
  const tools = objectsIn(body.tools)
  for (const tool of tools) renderBlock(prompt, 'tools', tool)
  frameParameters(prompt, ruler, 'system', parameters)
  for (const block of contentOf(body.system))
    if (!isLeftOut(ruler, textOr(block.text))) renderBlock(prompt, 'system', block)
  frameParameters(prompt, ruler, 'messages', parameters)
  if (tools.length > 0 && ruler === 'anthropic') prompt.frame('messages', '<tools>', TOOL_PREAMBLE_TOKENS)
  for (const message of messagesRead(body)) {
    prompt.frame('messages', `<${textOr(message.role)}>`, MESSAGE_OPEN_TOKENS)
    for (const block of contentOf(message.content)) renderBlock(prompt, 'messages', block)
    prompt.frame('messages', '</>', MESSAGE_CLOSE_TOKENS)
  }
  if (body.cache_control) markAutomatically(prompt, lifetimeName(body.cache_control))
  prompt.frame('messages', '<assistant>', PROMPT_TOKENS)
  const built = prompt.build()
  checkBreakpoints(built, maxBreakpoints)
  return built
}

/** Settings that stand in the content and count for all of it. */
function toggles(body: JsonObject): JsonObject {
  const blocks = objectsIn(body.messages).flatMap((message) => contentOf(message.content))
  return {
    images: blocks.some((block) => block.type === 'image'),
    citations: blocks.some((block) => objectOr(block.citations).enabled === true),
    web_search: objectsIn(body.tools).some((tool) => textOr(tool.type).startsWith('web_search')),
  }
}

/** The messages as the model reads them: older models forget the thinking before the user's last word, unless they are to keep it. */
function messagesRead(body: JsonObject): readonly JsonObject[] {
  const messages = objectsIn(body.messages)
  if (!dropsEarlierThinking(textOr(body.model)) || keepsThinking(body)) return messages
  const lastWord = messages.findLastIndex(({ role, content }) => role === 'user' && !isOnlyResults(content))
  return messages.map((message, index) =>
    index >= lastWord || typeof message.content === 'string'
      ? message
      : { ...message, content: contentOf(message.content).filter((block) => !isThinking(block)) },
  )
}

function keepsThinking({ context_management: management }: JsonObject): boolean {
  return objectsIn(objectOr(management).edits).some(
    ({ type, keep }) => textOr(type).startsWith('clear_thinking') && keep === 'all',
  )
}

function isOnlyResults(content: unknown): boolean {
  return contentOf(content).every((block) => block.type === 'tool_result')
}

function isThinking({ type }: JsonObject): boolean {
  return type === 'thinking' || type === 'redacted_thinking'
}

// A mark of its own on the last block does, if it asks for the same lifetime.
function markAutomatically(prompt: PromptBuilder, lifetime: string): void {
  const own = prompt.markLastBlock(lifetime)
  if (own !== undefined && own !== lifetime)
    throw new RequestRefused(
      400,
      `cache_control: the ttl of automatic caching ('${lifetime}') differs from that of the last block ('${own}').`,
    )
}

// A string is the same prompt as one text block.
function contentOf(content: unknown): readonly JsonObject[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : objectsIn(content)
}

function renderBlock(prompt: PromptBuilder, tier: Tier, block: JsonObject): void {
  const { cache_control: control, ...content } = block
  const isText = objectOr(block.source).type === 'text'
  const isMedia = block.type === 'image' || (block.type === 'document' && !isText)
  prompt.block(tier, visibleText(tier, content), {
    exact: JSON.stringify(content),
    ...(isMedia ? { tokens: MEDIA_TOKENS } : {}),
    ...(control ? { mark: lifetimeName(control) } : {}),
    canHoldMark: !isThinking(block) && block.text !== '',
  })
}

function visibleText(tier: Tier, block: JsonObject): string {
  if (tier === 'tools') return JSON.stringify(block)
  if (block.type === 'text') return textOr(block.text)
  if (block.type === 'document') return textOr(objectOr(block.source).data)
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

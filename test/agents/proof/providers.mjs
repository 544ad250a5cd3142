// One agent's request in the words of each SDK: system blocks, tools, turns, and what is said of caching.
// A block or turn with `mark` carries a cache breakpoint (`true`, or the lifetime that it names).

import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'

const REPLY_CAP = 64

/** `baseUrl`: of the provider, as its SDK expects it; `key` tells caches apart, as accounts do. */
export const PROVIDERS = {
  anthropic: ({ baseUrl, key, fetch }) => {
    const client = new Anthropic({ baseURL: baseUrl, apiKey: key, maxRetries: 0, fetch })
    return ({ system, tools, turns, settings = {} }) =>
      client.messages.create({
        model: 'claude-sonnet-4-6',
        max_tokens: REPLY_CAP,
        system: system.map(anthropicText),
        ...(tools
          ? { tools: tools.map(({ parameters, ...tool }) => ({ ...tool, input_schema: parameters })) }
          : {}),
        ...(settings.toolChoice ? { tool_choice: settings.toolChoice } : {}),
        messages: turns.map(({ role, parts }) => ({ role, content: parts.map(anthropicText) })),
      })
  },

  'openai-5.4': ({ baseUrl, key, fetch }) => {
    const client = new OpenAI({ baseURL: baseUrl, apiKey: key, maxRetries: 0, fetch })
    return ({ lifetime, cacheKey, settings = {}, ...request }) =>
      client.chat.completions.create({
        model: 'gpt-5.4',
        max_completion_tokens: REPLY_CAP,
        ...(lifetime ? { prompt_cache_retention: lifetime } : {}),
        ...(cacheKey ? { prompt_cache_key: cacheKey } : {}),
        ...(settings.effort ? { reasoning_effort: settings.effort } : {}),
        ...chatPrompt(request),
      })
  },

  'openai-5.6': ({ baseUrl, key, fetch }) => {
    const client = new OpenAI({ baseURL: baseUrl, apiKey: key, maxRetries: 0, fetch })
    return ({ system, tools, turns, mode, lifetime, cacheKey, settings = {} }) =>
      client.responses.create({
        model: 'gpt-5.6-sol',
        store: false,
        ...(cacheKey ? { prompt_cache_key: cacheKey } : {}),
        max_output_tokens: REPLY_CAP,
        ...(mode || lifetime
          ? { prompt_cache_options: { ...(mode ? { mode } : {}), ...(lifetime ? { ttl: lifetime } : {}) } }
          : {}),
        ...(settings.effort ? { reasoning: { effort: settings.effort } } : {}),
        ...(tools ? { tools: tools.map((tool) => ({ type: 'function', strict: false, ...tool })) } : {}),
        input: [
          { role: 'developer', content: system.map((block) => responsesText('input_text', block)) },
          ...turns.map(({ role, parts }) => ({
            role,
            content: parts.map((part) =>
              responsesText(role === 'assistant' ? 'output_text' : 'input_text', part),
            ),
          })),
        ],
      })
  },

  gemini: ({ baseUrl, key }) => {
    const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl } })
    return ({ system, tools, turns }) =>
      client.models.generateContent({
        model: 'gemini-2.5-pro',
        contents: turns.map(({ role, parts }) => ({
          role: role === 'assistant' ? 'model' : 'user',
          parts: parts.map(({ text }) => ({ text })),
        })),
        config: {
          maxOutputTokens: REPLY_CAP,
          systemInstruction: { parts: system.map(({ text }) => ({ text })) },
          ...(tools
            ? {
                tools: [
                  {
                    functionDeclarations: tools.map(({ parameters, ...tool }) => ({
                      ...tool,
                      parametersJsonSchema: parameters,
                    })),
                  },
                ],
              }
            : {}),
        },
      })
  },

  deepseek: ({ baseUrl, key, fetch }) => {
    const client = new OpenAI({ baseURL: baseUrl, apiKey: key, maxRetries: 0, fetch })
    return (request) =>
      client.chat.completions.create({
        model: 'deepseek-chat',
        max_tokens: REPLY_CAP,
        ...chatPrompt(request),
      })
  },
}

function chatPrompt({ system, tools, turns }) {
  return {
    ...(tools ? { tools: tools.map((tool) => ({ type: 'function', function: tool })) } : {}),
    messages: [
      { role: 'system', content: system.map(({ text }) => text).join('\n') },
      ...turns.map(({ role, parts }) => ({ role, content: parts.map(({ text }) => text).join('\n') })),
    ],
  }
}

function anthropicText({ text, mark }) {
  const cacheControl = { type: 'ephemeral', ...(typeof mark === 'string' ? { ttl: mark } : {}) }
  return { type: 'text', text, ...(mark ? { cache_control: cacheControl } : {}) }
}

function responsesText(type, { text, mark }) {
  return { type, text, ...(mark ? { prompt_cache_breakpoint: { mode: 'explicit' } } : {}) }
}

// A cap on the output of a call: written in the spelling of its library, or not at all.

import assert from 'node:assert/strict'
import { callOptionsAt } from '../../../profiler-agent/places/call-options'
import { capOutput } from '../../../profiler-agent/places/edits/cap-output'
import { edited } from '../../../profiler-agent/places/edits/source-edit'
import { lexFile } from '../../../profiler-agent/places/file-kind'

/** The source with the cap in it, or why there is none. */
function capped(file: string, source: string, tokens = 420, models: readonly string[] = []): string {
  const lexed = lexFile(file, source)
  const options = lexed && callOptionsAt(lexed, { line: 1 })
  assert.ok(lexed && options, 'no call')
  const cap = capOutput({ file, lexed, options }, tokens, models)
  return typeof cap === 'string' ? cap : edited(source, cap.edits)
}

describe('a cap on the output of a call', () => {
  for (const [file, before, after, models] of [
    [
      'a.ts',
      'await client.messages.create({ model, max_tokens: 4_096, messages })',
      'await client.messages.create({ model, max_tokens: 420, messages })',
    ],
    [
      'a.ts',
      'await openai.chat.completions.create({\n  model,\n  messages,\n})',
      'await openai.chat.completions.create({\n  model,\n  messages,\n  max_completion_tokens: 420,\n})',
      ['gpt-5-mini'],
    ],
    [
      'a.ts',
      'await groq.chat.completions.create({ model, messages })',
      'await groq.chat.completions.create({ model, messages, max_tokens: 420 })',
      ['llama-3.3-70b'],
    ],
    [
      'a.py',
      'client.responses.create(model="m", input=text)',
      'client.responses.create(model="m", input=text, max_output_tokens=420)',
    ],
    [
      'a.py',
      'client.messages.create(\n    model="m",\n    max_tokens=2048,\n    messages=m,\n)',
      'client.messages.create(\n    model="m",\n    max_tokens=420,\n    messages=m,\n)',
    ],
    [
      'a.mts',
      'await generateText({ model, prompt })',
      'await generateText({ model, prompt, maxOutputTokens: 420 })',
    ],
    [
      'a.mts',
      'await generateText({ model, prompt, maxTokens: 900 })',
      'await generateText({ model, prompt, maxTokens: 420 })',
    ],
    [
      'a.js',
      'await ai.models.generateContent({ model, contents })',
      'await ai.models.generateContent({ model, contents, config: { maxOutputTokens: 420 } })',
    ],
    [
      'a.js',
      'await ai.models.generateContent({ model, contents, config: { temperature: 0 } })',
      'await ai.models.generateContent({ model, contents, config: { temperature: 0, maxOutputTokens: 420 } })',
    ],
    [
      'a.py',
      'client.models.generate_content(model="m", contents=c, config=types.GenerateContentConfig(temperature=0))',
      'client.models.generate_content(model="m", contents=c, config=types.GenerateContentConfig(temperature=0, max_output_tokens=420))',
    ],
    [
      'a.py',
      'client.models.generate_content(model="m", contents=c)',
      'client.models.generate_content(model="m", contents=c, config={"max_output_tokens": 420})',
    ],
    [
      'a.py',
      'bedrock.converse(modelId="m", messages=c, inferenceConfig={"temperature": 0})',
      'bedrock.converse(modelId="m", messages=c, inferenceConfig={"temperature": 0, "maxTokens": 420})',
    ],
    [
      'a.js',
      "fetch(url, { body: JSON.stringify({ 'model': m, 'messages': c, 'max_tokens': 900 }) })",
      "fetch(url, { body: JSON.stringify({ 'model': m, 'messages': c, 'max_tokens': 420 }) })",
    ],
    [
      'a.js',
      'fetch(url, { body: JSON.stringify({ model: m, input }) })',
      'fetch(url, { body: JSON.stringify({ model: m, input, max_output_tokens: 420 }) })',
    ],
  ] as const)
    it(`is ${after.replaceAll(/\s+/g, ' ')}`, () => {
      assert.equal(capped(file, before, 420, models), after)
    })

  it('is none where a lower one is there already', () => {
    assert.equal(capped('a.ts', 'await client.messages.create({ model, max_tokens: 400 })'), 'lower')
    assert.equal(capped('a.ts', 'await client.messages.create({ model, max_tokens: 420 })'), 'lower')
  })

  it('is none where the one that is there is reckoned', () => {
    assert.equal(capped('a.ts', 'await client.messages.create({ model, max_tokens: limit })'), 'computed')
    assert.equal(capped('a.ts', 'await client.messages.create({ model, max_tokens })'), 'computed')
    assert.equal(capped('a.py', 'client.messages.create(model=m, max_tokens=n * 2)'), 'computed')
  })

  it('is none where it might be among options that are spread in', () => {
    assert.equal(capped('a.ts', 'await client.responses.create({ model, input, ...more })'), 'unknown')
    assert.equal(capped('a.py', 'client.responses.create(model=m, input=i, **more)'), 'unknown')
    assert.equal(
      capped('a.ts', 'await ai.models.generateContent({ model, contents, config: { ...base } })'),
      'unknown',
    )
  })

  it('is none where reasoning has a budget, or nobody knows the library', () => {
    assert.equal(
      capped('a.ts', 'await client.messages.create({ model, thinking: { budget_tokens: 9 } })'),
      'unknown',
    )
    assert.equal(capped('a.ts', 'await ask({ model, messages })'), 'unknown')
  })

  it('is not mistaken by what is spread deeper inside', () => {
    assert.equal(
      capped('a.ts', 'await client.responses.create({ model, input: [...history, last] })'),
      'await client.responses.create({ model, input: [...history, last], max_output_tokens: 420 })',
    )
    assert.equal(
      capped('a.py', 'client.responses.create(model=m, input=f(*args), timeout=2 * 3)'),
      'client.responses.create(model=m, input=f(*args), timeout=2 * 3, max_output_tokens=420)',
    )
  })
})

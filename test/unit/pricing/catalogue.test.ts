// The exact-match guard over every model of the catalogue: each is found by its own id at its own price, and by no longer one.
import assert from 'node:assert/strict'
import { calcPrice, findProvider, type ModelInfo } from '@pydantic/genai-prices'
import { openPriceBook } from '../../../profiler-agent/pricing/price-book'

const PROVIDERS =
  'anthropic arcee moonshotai avian aws openai google mistral azure modal baseten cerebras cloudflare cohere cursor deepseek doubleword fireworks github-copilot groq huggingface_cerebras huggingface_fireworks-ai huggingface_groq huggingface_hyperbolic huggingface_nebius huggingface_novita huggingface_nscale huggingface_ovhcloud huggingface_publicai huggingface_sambanova huggingface_together minimax novita openrouter ovhcloud perplexity quicksilverpro together typesafe voyageai x-ai zai zhipuai'.split(
    ' ',
  )
const AT = new Date('2026-11-21T12:00:00Z')
const book = openPriceBook()

function sellerOf(id: string) {
  const server = /^huggingface_(.+)$/.exec(id)?.[1]
  if (server !== undefined)
    return { provider: 'huggingface', url: `https://router.huggingface.co/${server}/v1/chat/completions` }
  return { provider: { aws: 'bedrock', 'x-ai': 'xai' }[id] ?? id }
}

const models = PROVIDERS.flatMap((id) =>
  (findProvider({ providerId: id })?.models ?? []).map((model) => ({ id, model })),
)

/** Input price per million tokens, short requests; `undefined` where the model is not priced by the token. */
function listedInput(id: string, model: ModelInfo): number | undefined {
  const found = calcPrice({ input_tokens: 1_000_000 }, model.id, { providerId: id, timestamp: AT })
  const price = found?.model.id === model.id ? found.model_price.input_mtok : undefined
  return typeof price === 'object' ? price.base : price
}

describe('every model of the catalogue', () => {
  it('is found by its own id, at the catalogue’s price or a corrected one', () => {
    const wrong = models.flatMap(({ id, model }) => {
      const listed = listedInput(id, model)
      if (listed === undefined) return []
      const entry = book.find(sellerOf(id), model.id, AT)
      const isRight =
        entry !== undefined && (entry.ratesFor(1000).input === listed || /, read /.test(entry.origin))
      return isRight ? [] : [`${id} ${model.id}: ${listed}, found ${entry?.id}`]
    })
    assert.ok(models.length > 1400, `${models.length} models`)
    assert.deepEqual(wrong, [])
  })

  it('is found by no longer name', () => {
    const names = new Set(models.flatMap(({ id, model }) => [`${id} ${model.id}`.toLowerCase()]))
    const wrong = models.flatMap(({ id, model }) =>
      ['-maxi', 'x', '-9', '-turbo-plus'].flatMap((more) => {
        const longer = model.id + more
        // A fine-tuned model has a name of the customer's.
        if (names.has(`${id} ${longer}`.toLowerCase()) || model.id.startsWith('ft:')) return []
        const entry = book.find(sellerOf(id), longer, AT)
        return entry === undefined ? [] : [`${id} ${longer}: ${entry.id}`]
      }),
    )
    assert.deepEqual(wrong, [])
  })

  it('is found with a date behind its name, where it has none of its own', () => {
    for (const [provider, model] of [
      ['openai', 'gpt-4.1-2025-04-14'],
      ['anthropic', 'claude-opus-4-8-20260528'],
      ['vertex', 'claude-opus-4-8@20260528'],
      ['bedrock', 'us.anthropic.claude-opus-4-8-20260528-v1:0'],
      ['google', 'models/gemini-2.5-flash-latest'],
      ['xai', 'grok-4.3-20260101'],
    ] as const)
      assert.ok(book.find({ provider }, model, AT), `${provider} ${model}`)
  })
})

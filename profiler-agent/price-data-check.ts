// Checks a price catalogue from elsewhere before it is kept: only what has the shape that prices are looked up in gets through.

import type { MatchLogic, Provider } from '@pydantic/genai-prices'
import * as z from 'zod'
import { decodeJson } from './wire/json'

const price = z.number().min(0)
const rate = z.union([
  price,
  z.object({ base: price, tiers: z.array(z.object({ start: z.int().min(0), price })) }),
])
const prices = z.record(z.string(), rate)
const day = z.iso.date()

/** The published file leaves out which kind a constraint is; its keys say it. */
const constraint = z.union([
  z.object({ start_date: day }).transform((each) => ({ ...each, type: 'start_date' as const })),
  z
    .object({ start_time: z.string(), end_time: z.string() })
    .transform((each) => ({ ...each, type: 'time_of_date' as const })),
])

const match: z.ZodType<MatchLogic> = z.lazy(() =>
  z.union([
    z.object({ or: z.array(match) }),
    z.object({ and: z.array(match) }),
    z.object({ equals: z.string() }),
    z.object({ starts_with: z.string() }),
    z.object({ ends_with: z.string() }),
    z.object({ contains: z.string() }),
    z.object({ regex: z.string().refine(isExpression, 'not a regular expression') }),
  ]),
)

const provider = z.object({
  id: z.string().min(1),
  name: z.string(),
  api_pattern: z.string().refine(isExpression, 'not a regular expression'),
  fallback_model_providers: z.array(z.string()).optional(),
  models: z.array(
    z.object({
      id: z.string().min(1),
      match,
      prices: z.union([z.array(z.object({ constraint: constraint.optional(), prices })), prices]),
    }),
  ),
})

const catalogue = z.array(provider)

function isExpression(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}

/** Providers whose absence says that this is not the catalogue. */
const EXPECTED = ['openai', 'anthropic', 'google']

/** The providers in a published catalogue, without what prices do not need; or why the text is none. */
export function checkPriceData(
  text: string,
): { readonly providers: readonly Provider[] } | { readonly wrong: string } {
  const reading = decodeJson(text)
  if (!reading.ok) return { wrong: `it is not JSON: ${reading.reason}` }
  const result = catalogue.safeParse(reading.value)
  if (!result.success) {
    const [issue] = result.error.issues
    return { wrong: `${issue?.path.join('.') || 'the whole'}: ${issue?.message}` }
  }
  const missing = EXPECTED.find((id) => !result.data.some((each) => each.id === id && each.models.length > 0))
  if (missing !== undefined) return { wrong: `it has no models of ${missing}` }
  return { providers: JSON.parse(JSON.stringify(result.data)) as Provider[] }
}

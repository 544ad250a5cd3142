// Corrections to the price catalogue, as dated facts by vendor: what it lacks, gets wrong, or cannot say (weekdays).
// The first row that fits provider, model and moment wins, and wins over the catalogue. USD per million tokens.

import type { PriceRow } from './price-row'
import { ANTHROPIC_PRICES } from './prices/anthropic'
import { BEDROCK_PRICES } from './prices/bedrock'
import { COHERE_PRICES } from './prices/cohere'
import { DEEPSEEK_PRICES } from './prices/deepseek'
import { GOOGLE_PRICES } from './prices/google'
import { MISTRAL_PRICES } from './prices/mistral'
import { OPENAI_PRICES } from './prices/openai'
import { OTHER_PRICES } from './prices/others'

/** Day of the newest change to these rows; part of the name of the price book. */
export const CORRECTIONS_VERSION = '2026-11-22'

export const PRICE_CORRECTIONS: readonly PriceRow[] = [
  ...ANTHROPIC_PRICES,
  ...OPENAI_PRICES,
  ...GOOGLE_PRICES,
  ...DEEPSEEK_PRICES,
  ...MISTRAL_PRICES,
  ...COHERE_PRICES,
  ...BEDROCK_PRICES,
  ...OTHER_PRICES,
]

// What a span says beside its model call that pricing it again needs, as attributes; and which calls a subscription pays for.

import type { InferenceReading, ModalityTokens } from './call'
import { present } from './present'
import type { Span } from './span'

type Attributes = Span['attributes']

const BILLING = 'costflame.billing'
const SPEED = 'costflame.speed'
const GEO = 'costflame.geo'
const PROVIDER_COST = 'costflame.provider.pico_usd'
/** What a refused or replayed call would have cost, in pico-dollars: an estimate. */
export const AVOIDED_ATTRIBUTE = 'costflame.avoided_pico_usd'
const MODALITY = 'costflame.tokens.'

/** Kinds of tokens that may have a price of their own. */
export const MODALITIES = [
  'audioInput',
  'imageInput',
  'videoInput',
  'audioCacheRead',
  'imageCacheRead',
  'audioOutput',
  'imageOutput',
  'videoOutput',
] as const satisfies readonly (keyof ModalityTokens)[]

/** Marks a call that a subscription pays for: its cost is what the API would charge. */
export const SUBSCRIPTION_ATTRIBUTES: Attributes = { [BILLING]: 'subscription' }

export function isApiEquivalent({ attributes }: Pick<Span, 'attributes'>): boolean {
  return attributes[BILLING] === 'subscription'
}

/** Facts of one inference that change its price and stand nowhere in its model call. */
export type PricingFacts = Pick<InferenceReading, 'speed' | 'geo' | 'modalities' | 'providerPicoUsd'>

export function attributesOfFacts({ speed, geo, modalities, providerPicoUsd }: PricingFacts): Attributes {
  const tokens = Object.entries(modalities ?? {}).map(([name, count]) => [MODALITY + name, count] as const)
  return present({
    [SPEED]: speed,
    [GEO]: geo,
    [PROVIDER_COST]: providerPicoUsd,
    ...Object.fromEntries(tokens),
  })
}

/** What `attributesOfFacts` wrote. */
export function factsOfAttributes(attributes: Attributes): PricingFacts {
  const text = (name: string) => (typeof attributes[name] === 'string' ? attributes[name] : undefined)
  const count = (name: string) => (typeof attributes[name] === 'number' ? attributes[name] : undefined)
  const modalities = MODALITIES.flatMap((name) => {
    const tokens = count(MODALITY + name)
    return tokens === undefined ? [] : [[name, tokens] as const]
  })
  return {
    ...present({ speed: text(SPEED), geo: text(GEO), providerPicoUsd: count(PROVIDER_COST) }),
    ...(modalities.length > 0 && { modalities: Object.fromEntries(modalities) }),
  }
}

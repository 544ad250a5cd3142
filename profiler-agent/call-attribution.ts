// Who makes a call and for what, out of everything that says so: its headers, the rules of config.jsonc, what it tells others, its body, its run.

import { foreignAttribution } from './capture/foreign-headers'
import { maskedAttribution } from './capture/proxy/exchange-record'
import type { SecretMemory } from './capture/redact'
import { type AttributionRule, type RuleSubject, ruledAttribution } from './config/rules'
import type { Block, ExchangeReading } from './model/call'
import type { Attribution, HttpExchange } from './model/exchange'
import { mergedAttribution } from './model/labels'

/** Enough for any system prompt; rules need not look at a whole library. */
const MAX_RULE_TEXT = 64 * 1024

export interface AttributionTools {
  readonly rules: readonly AttributionRule[]
  /** Masked wherever they turn up in a label. */
  readonly secrets: SecretMemory
}

/**
 * What all sources say of a call, the strongest first: `x-costflame-*` and `costflame.*` in baggage · rules that match · other
 * headers · the body · what the run was started with (`defaults`, which the tree adds) · rules without `match`. Where nothing
 * names a tenant, the end user is the tenant. Credentials are masked. Throws nothing.
 */
export function attributionOfCall(
  exchange: HttpExchange,
  reading: ExchangeReading,
  defaults: Attribution,
  { rules, secrets }: AttributionTools,
): Attribution {
  const foreign = foreignAttribution(exchange.requestHeaders)
  const ruled = rules.length === 0 ? undefined : ruledAttribution(rules, subjectOf(exchange, reading))
  const matched = ruled?.matched ?? {}
  const fallback = ruled ? without(ruled.fallback, defaults) : {}
  const sources = [exchange.attribution, foreign.own, matched, foreign.other, reading.caller ?? {}, fallback]
  const merged = mergedAttribution(sources)
  const tenant = merged.tenant ?? defaults.tenant ?? merged.tags?.user
  const namer = sources.find(({ agent, agentId }) => agent !== undefined || agentId !== undefined)
  const labelled: Attribution = {
    ...merged,
    ...(tenant === undefined || tenant === defaults.tenant ? {} : { tenant }),
    ...(namer === matched || namer === fallback ? { agentByRule: true } : {}),
  }
  return maskedAttribution(labelled, secrets)
}

/** What the run was started with goes before a rule that fits everything. */
function without(fallback: Attribution, defaults: Attribution): Attribution {
  const free = Object.entries(fallback).filter(([label]) => !Object.hasOwn(defaults, label))
  return Object.fromEntries(free)
}

function subjectOf({ url }: HttpExchange, { inferences, prompt }: ExchangeReading): RuleSubject {
  const first = prompt.find(({ kind }) => kind === 'user')
  const message = first && messageOf(first)
  return {
    system: textOf(prompt.filter(({ kind }) => kind === 'system')),
    model: inferences[0]?.requestModel ?? '',
    path: URL.canParse(url) ? new URL(url).pathname : '',
    user: textOf(prompt.filter((block) => block.kind === 'user' && messageOf(block) === message)),
  }
}

/** `messages[1]` of `messages[1].content[0]`. */
function messageOf({ path }: Block): string {
  return /^[^[]*\[\d+\]/.exec(path)?.[0] ?? path
}

function textOf(blocks: readonly Block[]): string {
  return blocks
    .map(({ content }) => content)
    .join('\n')
    .slice(0, MAX_RULE_TEXT)
}

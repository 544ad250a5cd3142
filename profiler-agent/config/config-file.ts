// Reads `.costflame/config.jsonc`: negotiated prices, deployments, rules, loopback upstreams. One mistake never hides the rest of the file. No Node.

import type { Node } from 'jsonc-parser'
import type { ContentMode } from '../model/content-mode'
import { type FindingFloor, USUAL_FLOOR } from '../model/finding-floor'
import { present } from '../model/present'
import { isKnownProvider } from '../model/provider'
import { type CacheTtl, perTtl, type UnitKind } from '../model/usage'
import type { PriceOverride, PricingConfig } from '../rules/overrides'
import type { Rates } from '../rules/price-row'
import { type Problem, type ReadJsonc, readJsonc, soundValue, valueAt, versionProblems } from '../wire/jsonc'
import { CONFIG_SHAPE, CONFIG_VERSION } from './config-shape'
import { contentOf } from './content'
import { createFingerprint } from './fingerprint'
import { type IgnoredRule, readIgnored } from './ignored-rules'
import { type AttributionRule, readRules } from './rules'

export const CONFIG_FILE = 'config.jsonc'

export interface ConfigFile {
  readonly pricing: PricingConfig
  /** Loopback URLs by provider id. */
  readonly upstreams: Readonly<Record<string, string>>
  readonly retrievalTools: readonly string[]
  readonly findings: FindingFloor
  /** Findings that are not told, in their order. */
  readonly ignored: readonly IgnoredRule[]
  /** In their order. */
  readonly rules: readonly AttributionRule[]
  /** Only ever stricter than what the user's own settings say. */
  readonly content?: ContentMode
  readonly problems: readonly Problem[]
}

/** What a row of `prices` holds once it is known to be sound. */
interface PriceRowValue {
  readonly provider?: string
  readonly models?: string | readonly string[]
  readonly from?: string
  readonly to?: string
  readonly tier?: string
  readonly perMillionTokens?: RatesValue
  readonly over?: { readonly tokens?: number; readonly perMillionTokens?: RatesValue }
  readonly perThousand?: Partial<Record<UnitKind, number>>
  readonly discount?: number
}

type RatesValue = Partial<Omit<Rates, 'cacheWrite'>> & {
  readonly cacheWrite?: number | Partial<Record<CacheTtl, number>>
}

interface ConfigValue {
  readonly deployments?: Record<string, Record<string, string>>
  readonly upstreams?: Record<string, string>
  readonly retrievalTools?: readonly string[]
  readonly findings?: Partial<FindingFloor> & { readonly ignore?: unknown }
}

/**
 * Reads the file. Never throws: an unknown key, a wrong type, a negative number or broken syntax is a problem with its line
 * and column, and everything that can still be read counts. `name` is how the places of prices are told, for people.
 */
export function readConfigFile(text: string, name: string = CONFIG_FILE): ConfigFile {
  const read = readJsonc(text, CONFIG_SHAPE)
  const { root } = read
  // The shape leaves out whatever is not as it describes.
  const value = (root === undefined ? {} : (soundValue(root, CONFIG_SHAPE) ?? {})) as ConfigValue
  const rows = priceRows(read, name)
  const { rules, problems: ruleProblems } = readRules(read)
  const { deployments = {}, retrievalTools = [] } = value
  const overrides = rows.flatMap(({ row }) => row ?? [])
  const { upstreams, problems: upstreamProblems } = loopbackOnly(value.upstreams ?? {}, read)
  const { ignore: _, ...floor } = value.findings ?? {}
  const { ignored, problems: ignoredProblems } = readIgnored(read)
  return {
    pricing: { overrides, deployments, fingerprint: createFingerprint({ overrides, deployments }) },
    upstreams,
    retrievalTools,
    findings: { ...USUAL_FLOOR, ...floor },
    ignored,
    rules,
    ...present({ content: contentOf(text, read) }),
    problems: [
      ...read.problems,
      ...versionProblems(read, CONFIG_VERSION),
      ...rows.flatMap(({ problems }) => problems),
      ...ruleProblems,
      ...upstreamProblems,
      ...ignoredProblems,
    ],
  }
}

interface ReadRow {
  readonly row?: PriceOverride
  readonly problems: readonly Problem[]
}

function priceRows(read: ReadJsonc, name: string): ReadRow[] {
  const list = read.root && valueAt(read.root, ['prices'])
  const shape = CONFIG_SHAPE.kind === 'object' ? CONFIG_SHAPE.keys.prices : undefined
  if (list?.type !== 'array' || shape?.kind !== 'list') return []
  return (list.children ?? []).map((node) =>
    readRow(node, soundValue(node, shape.of) as PriceRowValue | undefined, read, name),
  )
}

/** A row in which a price could not be read is no row: it would charge something else for it. */
function readRow(node: Node, value: PriceRowValue | undefined, read: ReadJsonc, name: string): ReadRow {
  const position = read.at(node)
  const problem = (message: string) => ({ problems: [{ ...position, message }] })
  if (value?.provider === undefined || value.models === undefined) return { problems: [] }
  const { perMillionTokens, discount, perThousand, over } = value
  if (perMillionTokens !== undefined && discount !== undefined)
    return problem('a row has either perMillionTokens or a discount, not both')
  if (perMillionTokens === undefined && discount === undefined && perThousand === undefined)
    return problem('a row needs perMillionTokens, perThousand or a discount')
  if (hasProblemInside(node, read)) return { problems: [] }
  const row: PriceOverride = {
    provider: value.provider,
    models: typeof value.models === 'string' ? [value.models] : value.models,
    ...present({ from: value.from, to: value.to, tier: value.tier, discount }),
    ...(perMillionTokens && { rates: ratesOf(perMillionTokens) }),
    ...(over?.tokens !== undefined &&
      over.perMillionTokens && { over: { tokens: over.tokens, rates: ratesOf(over.perMillionTokens) } }),
    ...(perThousand && { pieces: perThousand }),
    place: `${name}:${position.line}`,
  }
  return { row, problems: [] }
}

function hasProblemInside(node: Node, { problems, at }: ReadJsonc): boolean {
  const start = at(node)
  const end = at({ ...node, offset: node.offset + node.length })
  const isAfterStart = ({ line, column }: Problem) =>
    line > start.line || (line === start.line && column >= start.column)
  const isBeforeEnd = ({ line, column }: Problem) =>
    line < end.line || (line === end.line && column < end.column)
  return problems.some(
    (problem) => isAfterStart(problem) && isBeforeEnd(problem) && !problem.message.startsWith('unknown key'),
  )
}

function ratesOf({ cacheWrite, ...rates }: RatesValue): Partial<Rates> {
  if (cacheWrite === undefined) return rates
  return { ...rates, cacheWrite: typeof cacheWrite === 'number' ? perTtl(() => cacheWrite) : cacheWrite }
}

const LOOPBACK = /^https?:\/\/(127(?:\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?(\/|$)/

/** A cloned repository must not be able to send a user's key elsewhere. */
function loopbackOnly(upstreams: Readonly<Record<string, string>>, read: ReadJsonc) {
  const entries = Object.entries(upstreams)
  const problems = entries.flatMap(([provider, url]) => {
    const node = read.root && valueAt(read.root, ['upstreams', provider])
    const message = upstreamProblem(provider, url)
    return node && message !== undefined ? [{ ...read.at(node), message }] : []
  })
  return {
    upstreams: Object.fromEntries(
      entries
        .filter(([provider, url]) => upstreamProblem(provider, url) === undefined)
        .map(([provider, url]) => [provider, url.replace(/\/$/, '')]),
    ),
    problems,
  }
}

function upstreamProblem(provider: string, url: string): string | undefined {
  if (!isKnownProvider(provider)) return `upstreams.${provider}: there is no such provider`
  if (LOOPBACK.test(url)) return undefined
  return `upstreams.${provider} must be a loopback address here; set others with --upstream or in your user settings`
}

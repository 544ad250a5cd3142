// A group of misses as the finding that the user sees: place, message, evidence, saving and fix. Pure.

import type { Finding, Location } from '../../model/finding'
import { formatUsd, type PicoUsd } from '../../model/money'
import { formatCount, formatPlural } from '../../model/quantity'
import type { CallSite } from '../../model/span'
import { CACHE_FIXES } from '../cache-causes'
import type { AnalysisContext } from '../finding-input'
import type { FixOption } from './fix-options'
import { ASSUMPTIONS, type Deed, remedyOf, titleOf } from './fix-words'
import { lossOf, type MissedCall, type MissGroup } from './miss-group'
import { reasonOf } from './miss-words'

/** What doing something about it saves, and what that is; absent where nothing can be done. */
export interface Remedy {
  readonly option: FixOption
  readonly picoUsd: PicoUsd
}

export function findingOf(group: MissGroup, remedy: Remedy | undefined, context: AnalysisContext): Finding {
  const { cause, part, place, misses } = group
  const [{ sent, miss }] = misses
  const rule = `cache/${cause}`
  const [first, ...others] = placesOf(misses)
  return {
    id: context.hashOf([rule, place, part].join('\n')).slice(0, 16),
    rule,
    severity: remedy ? 'warning' : cause === 'below-minimum' ? 'hint' : 'info',
    message: messageOf(group, remedy),
    runId: context.runId,
    spanIds: misses.map((missed) => missed.sent.call.spanId),
    ...(first ? { location: locationOf(first) } : {}),
    relatedLocations: others.map((other) => ({
      ...locationOf(other),
      message: 'The same prompt is sent here',
    })),
    evidence: {
      calls: misses.length,
      tokensPerCall: meanTokens(misses),
      model: sent.call.model,
      provider: sent.call.provider,
      part,
      ...(miss.path === undefined ? {} : { path: miss.path }),
      ...miss.details,
      spans: spansOf(misses[0]),
      lossPicoUsd: Math.round(lossOf(group)),
      ...(remedy ? { fix: remedy.option.fix } : {}),
      ...(remedy?.option.places ? { breakpointPlaces: remedy.option.places } : {}),
    },
    ...(remedy ? { saving: savingOf(group, remedy), fix: fixOf(group, remedy) } : {}),
  }
}

/** The pair of calls that were compared, and where they part. */
function spansOf({ sent, miss }: MissedCall) {
  const { earlierPath, path } = miss
  return {
    earlier: miss.earlier.call.spanId,
    later: sent.call.spanId,
    ...(path === undefined ? {} : { path }),
    ...(earlierPath === undefined || earlierPath === path ? {} : { earlierPath }),
  }
}

function savingOf({ misses: [{ sent }] }: MissGroup, { option, picoUsd }: Remedy): Finding['saving'] {
  return {
    picoUsd,
    perRun: true,
    assumption: ASSUMPTIONS[option.fix],
    // A cache that works by itself promises nothing.
    certainty: sent.rule.mechanism === 'automatic' ? 'upTo' : 'expected',
  }
}

function fixOf(group: MissGroup, remedy: Remedy): Finding['fix'] {
  return { title: titleOf(deedOf(group, remedy)), safety: CACHE_FIXES[remedy.option.fix] }
}

function deedOf({ misses: [{ sent }], part, cause }: MissGroup, { option }: Remedy): Deed {
  const { fix, places = [] } = option
  return { fix, cause, places, part, rule: sent.rule }
}

function messageOf(group: MissGroup, remedy: Remedy | undefined): string {
  const { misses, cause } = group
  const calls = formatPlural(misses.length, 'call')
  const tokens = formatCount(meanTokens(misses))
  const what =
    cause === 'write-never-read'
      ? `About ${tokens} tokens were written to the cache in each of ${calls} and never read.`
      : `About ${tokens} stable tokens were sent again uncached in ${calls}, because ${reasonOf(group)}.`
  if (!remedy) return what
  const { rule } = misses[0].sent
  const saves = `saves ${rule.mechanism === 'automatic' ? 'up to ' : ''}${formatUsd(remedy.picoUsd)} a run`
  return `${what} ${remedyOf(deedOf(group, remedy))} ${saves}.`
}

function meanTokens(misses: readonly MissedCall[]): number {
  return Math.round(misses.reduce((sum, { miss }) => sum + miss.tokens, 0) / misses.length)
}

/** Lines that made these calls, the one with most of the missed tokens first. */
function placesOf(misses: readonly MissedCall[]): CallSite[] {
  const lines = Map.groupBy(misses, ({ sent: { call } }) => `${call.callSite?.file}:${call.callSite?.line}`)
  return [...lines.values()]
    .sort((left, right) => tokensOf(right) - tokensOf(left))
    .flatMap((missed) => missed[0]?.sent.call.callSite ?? [])
}

function tokensOf(misses: readonly MissedCall[]): number {
  return misses.reduce((sum, { miss }) => sum + miss.tokens, 0)
}

function locationOf({ file, line, column = 1 }: CallSite): Location {
  return { file, line, column }
}

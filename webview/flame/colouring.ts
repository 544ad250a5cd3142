// Which colour each box has, and what the colours mean: by kind, model, cache state, agent or heat. Pure: hues by name, no theme.

import {
  at,
  PART_CACHES,
  PART_KINDS,
  type RunColumns,
  SPAN_KINDS,
} from '../../profiler-agent/profile/columns'
import { sumsOf, type Unit } from '../../profiler-agent/profile/measures'
import type { Profile } from '../../profiler-agent/profile/profile'
import { NO_PART, NODE_KINDS, REST_OF_CALL, type Tree } from '../../profiler-agent/profile/tree'
import { kindWord } from '../labels'
import type { ColourBy } from '../messages'
import { t } from '../words'
import { CATEGORIES, type Hue, hueOfKind, STRENGTH } from './palette'

export interface Colouring {
  /** By node: index into `hues`. */
  readonly hueOf: Uint8Array
  readonly hues: readonly Hue[]
  /** What the colours that occur mean, in the order to show them in. */
  readonly legend: readonly LegendEntry[]
}

export interface LegendEntry {
  readonly hue: Hue
  readonly word: string
  /** Indexes into `hues` that mean this; absent: it is always of interest. */
  readonly of?: readonly number[]
}

const knownLegends = new WeakMap<Colouring, WeakMap<Profile, readonly LegendEntry[]>>()

/** The entries of a legend for what can be seen of a picture: parts of prompts are not there in time, agents not in a stack. Reckoned once. */
export function legendIn(colouring: Colouring, profile: Profile): readonly LegendEntry[] {
  const ofProfile = knownLegends.get(colouring) ?? new WeakMap<Profile, readonly LegendEntry[]>()
  knownLegends.set(colouring, ofProfile)
  const legend = ofProfile.get(profile) ?? seenEntries(colouring, profile)
  ofProfile.set(profile, legend)
  return legend
}

function seenEntries({ hueOf, legend }: Colouring, { tree, weight }: Profile): readonly LegendEntry[] {
  const seen = new Uint8Array(256)
  for (let node = 0; node < tree.count; node++) if ((weight[node] ?? 0) > 0) seen[hueOf[node] ?? 0] = 1
  return legend.filter(({ of }) => of?.some((hue) => seen[hue] === 1) ?? true)
}

const NEUTRAL: Hue = { name: 'neutral', strength: 0.45 }

const known = new WeakMap<Tree, Map<string, Colouring>>()

/** Colours of all nodes; `unit` is what heat is the share of. Reckoned once for each tree: the same colouring is the same object. */
export function colouringOf(tree: Tree, by: ColourBy, unit: Unit): Colouring {
  const ofTree = known.get(tree) ?? new Map<string, Colouring>()
  known.set(tree, ofTree)
  const key = by === 'heat' ? `heat ${unit}` : by
  const colouring = ofTree.get(key) ?? reckoned(tree, by, unit)
  ofTree.set(key, colouring)
  return colouring
}

function reckoned(tree: Tree, by: ColourBy, unit: Unit): Colouring {
  switch (by) {
    case 'kind':
      return byKind(tree)
    case 'model':
      return byText(tree, tree.columns.model, t('no model'))
    case 'agent':
      return byText(tree, tree.columns.agent, t('no agent'))
    case 'cache':
      return byCache(tree)
    case 'heat':
      return byHeat(tree, unit)
    default:
      return by satisfies never
  }
}

const READ = PART_CACHES.indexOf('read')
const WRITE = PART_CACHES.indexOf('write')
const FRESH = PART_CACHES.indexOf('fresh')

const FAINT_KINDS = NODE_KINDS.map((_, index) => index + NODE_KINDS.length)

/** Two hues a kind: the second one, faint, for parts that were read from a cache and cost a fraction. */
function byKind(tree: Tree): Colouring {
  const kinds = NODE_KINDS.length
  const hues = [...NODE_KINDS, ...NODE_KINDS].map((kind, index): Hue => {
    const isSpan = SPAN_KINDS.some((span) => span === kind) || kind === 'function' || kind === 'group'
    const strength = index >= kinds ? STRENGTH.faint : isSpan ? STRENGTH.span : STRENGTH.part
    return { name: hueOfKind(kind), strength }
  })
  const hueOf = Uint8Array.from(tree.kind)
  const { parts } = tree.columns
  for (let node = 0; node < tree.count; node++) {
    const part = tree.part[node] ?? NO_PART
    if (parts !== undefined && part >= 0 && parts.cache[part] === READ)
      hueOf[node] = (tree.kind[node] ?? 0) + kinds
  }
  const seen = new Set(hueOf)
  const legend = NODE_KINDS.flatMap((kind, index): LegendEntry[] => {
    const hue = hues[index]
    return hue !== undefined && (seen.has(index) || seen.has(index + kinds))
      ? [{ hue, word: kindWord(kind), of: [index, index + kinds] }]
      : []
  })
  const faint = hues.findIndex((_, index) => index >= kinds && seen.has(index))
  const faintHue = hues[faint]
  return {
    hueOf,
    hues,
    legend:
      faintHue === undefined
        ? legend
        : [...legend, { hue: faintHue, word: t('read from the cache'), of: FAINT_KINDS }],
  }
}

/** The most expensive texts have hues of their own, the others share one. */
function byText(tree: Tree, column: Int32Array, nothing: string): Colouring {
  const ranked = rankedTexts(tree.columns, column)
  const shown = ranked.slice(0, CATEGORIES.length)
  const hues: Hue[] = [
    ...CATEGORIES.map((name): Hue => ({ name, strength: STRENGTH.span })),
    { name: 'neutral', strength: 0.75 },
    NEUTRAL,
  ]
  const [others, none] = [CATEGORIES.length, CATEGORIES.length + 1]
  const hueOfText = new Map(ranked.map((text, index) => [text, Math.min(index, others)]))
  const hueOf = Uint8Array.from(
    { length: tree.count },
    (_, node) => hueOfText.get(textOfNode(tree, column, node)) ?? none,
  )
  const legend: LegendEntry[] = shown.map((text, index) => ({
    hue: hues[index] ?? NEUTRAL,
    word: tree.columns.strings[text] ?? '',
    of: [index],
  }))
  const rest = ranked.length - shown.length
  if (rest > 0) legend.push({ hue: hues[others] ?? NEUTRAL, word: t('{0} more', rest), of: [others] })
  if (hueOf.includes(none)) legend.push({ hue: NEUTRAL, word: nothing, of: [none] })
  return { hueOf, hues, legend }
}

function textOfNode(tree: Tree, column: Int32Array, node: number): number {
  const span = at(tree.span, node)
  return span < 0 ? 0 : at(column, span)
}

/** Indexes of the texts that occur, the most expensive first; equally expensive ones as they come. */
function rankedTexts({ count, picoUsd }: RunColumns, column: Int32Array): number[] {
  const costs = new Map<number, number>()
  for (let span = 0; span < count; span++) {
    const text = at(column, span)
    if (text !== 0) costs.set(text, (costs.get(text) ?? 0) + (at(picoUsd, span) || 0))
  }
  return [...costs].sort(([, left], [, right]) => right - left).map(([text]) => text)
}

const CACHE_HUES: readonly LegendEntry[] = [
  { hue: { name: 'mint', strength: STRENGTH.span }, word: t('read from the cache') },
  { hue: { name: 'yellow', strength: STRENGTH.span }, word: t('written to the cache') },
  { hue: { name: 'orange', strength: STRENGTH.span }, word: t('not cached') },
  { hue: { name: 'blue', strength: 0.5 }, word: 'reply' },
  { hue: NEUTRAL, word: t('no call') },
]
const [NOT_CACHED, REPLY, NO_CALL] = [2, 3, 4]

/** A part by its own state, a call by where most of its input tokens came from. */
function byCache(tree: Tree): Colouring {
  const hueOf = Uint8Array.from({ length: tree.count }, (_, node) => cacheHue(tree, node))
  const seen = new Set(hueOf)
  return {
    hueOf,
    hues: CACHE_HUES.map(({ hue }) => hue),
    legend: CACHE_HUES.flatMap((entry, index) => (seen.has(index) ? [{ ...entry, of: [index] }] : [])),
  }
}

const OUTPUT = SPAN_KINDS.length + PART_KINDS.indexOf('output')

function cacheHue({ columns, part, span, nodeOf, kind }: Tree, node: number): number {
  const ownPart = at(part, node)
  if (ownPart === REST_OF_CALL || at(span, node) < 0) return NO_CALL
  if (ownPart === NO_PART)
    return at(nodeOf, at(span, node)) === node ? cacheOfCall(columns, at(span, node)) : NO_CALL
  if (at(kind, node) === OUTPUT) return REPLY
  const cache = at(columns.parts?.cache ?? [], ownPart)
  return cache <= FRESH ? cache : NO_CALL
}

function cacheOfCall(columns: RunColumns, span: number): number {
  const read = Math.max(0, at(columns.cacheReadTokens, span))
  const written = Math.max(0, at(columns.cacheWriteTokens, span))
  const fresh = Math.max(0, at(columns.uncachedTokens, span))
  if (read + written + fresh === 0) return NO_CALL
  if (read >= written && read >= fresh) return READ
  return written >= fresh ? WRITE : NOT_CACHED
}

const HEAT_STEPS = 8

/** By its own share of the whole, on a scale of powers: from 1/2 down to 1/256 and less. */
function byHeat(tree: Tree, unit: Unit): Colouring {
  const hues = Array.from({ length: HEAT_STEPS }, (_, step): Hue => {
    return { name: 'orange', strength: 0.2 + (0.8 * step) / (HEAT_STEPS - 1) }
  })
  const sums = sumsOf(tree, unit)
  const total = at(sums, 0)
  const hueOf = Uint8Array.from(sums, (value) => heatStep(value / total))
  const legend = [HEAT_STEPS - 1, HEAT_STEPS - 3, HEAT_STEPS - 5, 0].map((step) => ({
    hue: hues[step] ?? NEUTRAL,
    word: step === 0 ? 'less' : `at least 1/${2 ** (HEAT_STEPS - step)} of the whole`,
  }))
  return { hueOf, hues, legend }
}

function heatStep(share: number): number {
  if (!(share > 0)) return 0
  return Math.max(0, Math.min(HEAT_STEPS - 1, HEAT_STEPS + Math.floor(Math.log2(share))))
}

// The hues that boxes are filled with, and which kind of node has which. No DOM.
// They are Paul Tol's "light" scheme (https://personal.sron.nl/~pault/, version 3.2): made for filling cells that carry dark text, and told
// apart with every common colour blindness. No meaning hangs on a hue alone: what failed has a stripe and a sign as well.

import type { NodeKind } from '../../profiler-agent/profile/tree'

export const HUES = {
  neutral: '#9aa0a6',
  blue: '#77aadd',
  cyan: '#99ddff',
  mint: '#44bb99',
  pear: '#bbcc33',
  olive: '#aaaa00',
  yellow: '#eedd88',
  orange: '#ee8866',
  pink: '#ffaabb',
} as const

export type HueName = keyof typeof HUES

/** A hue and how much of it is in the fill, from 0 to 1; the rest is the page's background, so that a screen full of boxes stays calm. */
export interface Hue {
  readonly name: HueName
  readonly strength: number
}

/** CSS colours made of a hue for the theme that is in force. */
export interface BoxColours {
  readonly fill: string
  readonly hover: string
  readonly text: string
  /** For what a search did not find. */
  readonly dim: string
  readonly dimText: string
}

/** The editor's theme, as far as the picture shows it; `readTheme` finds it out. CSS colours. */
export interface Theme {
  readonly background: string
  readonly foreground: string
  readonly muted: string
  readonly grid: string
  readonly focus: string
  readonly error: string
  readonly warning: string
  readonly font: string
  /** CSS pixels; grows with the editor's zoom. */
  readonly fontSize: number
  /** Set in high contrast: boxes are outlined, because fills may look alike. */
  readonly outline: string | undefined
  readonly coloursOf: (hue: Hue) => BoxColours
}

/** Kinds that stand next to each other differ in hue and in brightness. */
const KIND_HUES: Readonly<Record<NodeKind, HueName>> = {
  run: 'neutral',
  agent: 'blue',
  step: 'cyan',
  chat: 'orange',
  embeddings: 'yellow',
  rerank: 'olive',
  tool: 'mint',
  retrieval: 'pear',
  other: 'neutral',
  system: 'yellow',
  tool_def: 'mint',
  user: 'blue',
  assistant: 'pink',
  reasoning: 'pear',
  tool_call: 'olive',
  tool_result: 'cyan',
  media: 'olive',
  overhead: 'neutral',
  hidden: 'neutral',
  output: 'orange',
  rest: 'neutral',
  function: 'yellow',
  group: 'neutral',
  toolTime: 'mint',
}

/** Spans are strong, parts of prompts paler: they are shares of what stands above them. */
export const STRENGTH = { span: 0.88, part: 0.66, faint: 0.3 } as const

export function hueOfKind(kind: NodeKind): HueName {
  return KIND_HUES[kind] ?? 'neutral'
}

/** For things without hues of their own (models, agents), the first ones for the most expensive. */
export const CATEGORIES: readonly HueName[] = [
  'orange',
  'blue',
  'mint',
  'yellow',
  'pink',
  'cyan',
  'pear',
  'olive',
]

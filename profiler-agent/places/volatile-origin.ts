// Finds where text that changes from call to call comes from: the hole in a template whose constant text stands around it in the prompt.

import { lettersOf, type Side, type TemplateHole } from './prompt-templates'

/** What a prompt holds around text that changes: up to a few hundred characters on each side. */
export interface VolatileWindow {
  readonly before: string
  /** The changing text itself, as one call sent it. */
  readonly value: string
  readonly after: string
}

/** A window without white space; what changes reaches from `start` to `end`. */
export interface Needle {
  readonly letters: string
  readonly start: number
  readonly end: number
}

export function needleOf({ before, value, after }: VolatileWindow): Needle {
  const start = lettersOf(before)
  const changing = lettersOf(value)
  return {
    letters: start + changing + lettersOf(after),
    start: start.length,
    end: start.length + changing.length,
  }
}

/** The value may begin and end like the one it is compared with: `Sun Nov 22 2026` differs in two letters only. */
const MAX_EQUAL_ENDS = 60
/** With fewer letters on a side, the text of a file says nothing. */
const LOOSE_LETTERS = 12
/** What a search for the nearest place looks for first. */
const PROBE_LETTERS = 24

export interface Match {
  readonly hole: TemplateHole
  /** Letters of constant text that agree. */
  readonly letters: number
  /** Letters of the value beyond what changes: the fewer, the better the hole fits. */
  readonly slack: number
}

/** How the hole fits the window; `undefined` where its constant text is not around what changes. */
export function matchOf(hole: TemplateHole, needle: Needle): Match | undefined {
  const before = matchBefore(hole.before, needle)
  if (before === undefined) return undefined
  const after = matchAfter(hole.after, needle)
  if (after === undefined) return undefined
  const letters = before.letters + after.letters
  return letters === 0 ? undefined : { hole, letters, slack: before.slack + after.slack }
}

interface SideMatch {
  readonly letters: number
  readonly slack: number
}

/** A hole at the very start or end of its text says nothing on that side. */
const OPEN_SIDE: SideMatch = { letters: 0, slack: 0 }

function matchBefore({ texts, isLoose }: Side, { letters, start }: Needle): SideMatch | undefined {
  const [nearest] = texts
  if (nearest === undefined) return OPEN_SIDE
  const probe = nearest.slice(-Math.min(PROBE_LETTERS, start))
  if (probe === '') return undefined
  const from = letters.lastIndexOf(probe, start - probe.length)
  if (from < 0 || start - (from + probe.length) > MAX_EQUAL_ENDS) return undefined
  const end = from + probe.length
  const agreed = agreement(texts, isLoose, (text, done) => commonSuffix(text, letters.slice(0, end - done)))
  return agreed === undefined ? undefined : { letters: agreed, slack: start - end }
}

function matchAfter({ texts, isLoose }: Side, { letters, start, end }: Needle): SideMatch | undefined {
  const [nearest] = texts
  if (nearest === undefined) return OPEN_SIDE
  // Where several values change, those behind the first are part of what changes, and so is the text between.
  const probe = nearest.slice(0, Math.min(PROBE_LETTERS, letters.length - start))
  if (probe === '') return undefined
  const at = letters.indexOf(probe, start)
  if (at < 0 || at - end > MAX_EQUAL_ENDS) return undefined
  const agreed = agreement(texts, isLoose, (text, done) => commonPrefix(text, letters.slice(at + done)))
  return agreed === undefined ? undefined : { letters: agreed, slack: Math.max(0, at - end) }
}

/**
 * Letters that agree, text by text. A text must agree whole or as far as the window reaches, for otherwise it is another one;
 * those behind a seam may not be in the prompt at all, and a file of text may hold more than the prompt.
 */
function agreement(
  texts: readonly string[],
  isLoose: boolean,
  agreed: (text: string, done: number) => { readonly letters: number; readonly isWindowEnd: boolean },
): number | undefined {
  let done = 0
  for (const [index, text] of texts.entries()) {
    const { letters, isWindowEnd } = agreed(text, done)
    const isWhole = letters === text.length || isWindowEnd
    if (!isWhole && index === 0 && !(isLoose && letters >= LOOSE_LETTERS)) return undefined
    if (isWhole || (index === 0 && isLoose)) done += letters
    if (!isWhole || isWindowEnd) break
  }
  return done
}

function commonSuffix(text: string, window: string) {
  let letters = 0
  const most = Math.min(text.length, window.length)
  while (letters < most && text.at(-1 - letters) === window.at(-1 - letters)) letters++
  return { letters, isWindowEnd: letters === window.length }
}

function commonPrefix(text: string, window: string) {
  let letters = 0
  const most = Math.min(text.length, window.length)
  while (letters < most && text[letters] === window[letters]) letters++
  return { letters, isWindowEnd: letters === window.length }
}

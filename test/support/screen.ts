// Reading the workbench's document: where things are and what they say.

import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Locator } from 'playwright-core'

/** Where an element is on the screen, in CSS pixels from its top. */
export interface Box {
  text: string
  top: number
  bottom: number
  middle: number
}

/** The part of a DOM element that the screen is read by; this code has no DOM types. */
interface ScreenElement {
  textContent: string | null
  getBoundingClientRect(): { top: number; bottom: number }
}

/** Texts and places of all elements that match, read at once. */
export function boxesOf(locator: Locator): Promise<Box[]> {
  return locator.evaluateAll((elements: ScreenElement[]) =>
    elements.map((element) => {
      const { top, bottom } = element.getBoundingClientRect()
      return { text: element.textContent ?? '', top, bottom, middle: (top + bottom) / 2 }
    }),
  )
}

/** The visible words of all elements that match. */
export async function textsOf(locator: Locator): Promise<string[]> {
  // VS Code sets no-break spaces in many labels, and icons between spaces.
  return (await locator.allTextContents()).map((text) => text.replace(/\s+/g, ' ').trim())
}

/** Matches a whole label that reads so, whatever spaces it is set with. */
export function exactly(text: string): RegExp {
  const words = text.split(' ').map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${words.join('\\s')}$`)
}

/** The same as one text; empty when nothing matches. */
export async function textOf(locator: Locator): Promise<string> {
  return (await textsOf(locator)).join(' ').trim()
}

/** The number of the line at a height; NaN where there is none. */
export function lineAt(lines: readonly Box[], y: number): number {
  return Number(lines.find((line) => line.top <= y && y < line.bottom)?.text ?? Number.NaN)
}

/** The number of the next line below a height. */
export function lineBelow(lines: readonly Box[], y: number): number {
  const below = lines.filter((line) => line.middle > y).sort((a, b) => a.top - b.top)
  return Number(below[0]?.text ?? Number.NaN)
}

const settlingMs = 100

/** Reads until two readings in a row agree: an editor shows a new lens or squiggle before it has put it in its place. */
export async function settled<Reading>(read: () => Promise<Reading>): Promise<Reading> {
  let reading = await read()
  for (;;) {
    await delay(settlingMs)
    const next = await read()
    if (isDeepStrictEqual(reading, next)) return next
    reading = next
  }
}

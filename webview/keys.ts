// Keys that work everywhere on the page, unless somebody writes or another control needs them. Pure but for reading the event's target.

import { UNITS } from '../profiler-agent/profile/measures'
import type { ColourBy, PageState } from './messages'
import type { Page } from './page'
import { COLOURS } from './toolbar-choices'
import { VIEWS } from './view-tabs'

export type PageKey =
  | { readonly do: 'change'; readonly change: Partial<PageState> }
  | { readonly do: 'match'; readonly step: 1 | -1 }
  | { readonly do: 'search' | 'pin' | 'reveal' | 'help' | 'details' }

/** What a key means on the page; `undefined` for keys that are not the page's. */
export function pageKeyOf(event: KeyboardEvent, page: Page): PageKey | undefined {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return undefined
  if (isWriting(event.target)) return undefined
  const view = /^[1-8]$/.test(event.key) ? VIEWS[Number(event.key) - 1]?.view : undefined
  if (view !== undefined) return { do: 'change', change: { view } }
  switch (event.key) {
    case 'u':
      return { do: 'change', change: { unit: neighbour(UNITS, page.unit, 1) } }
    case 'U':
      return { do: 'change', change: { unit: neighbour(UNITS, page.unit, -1) } }
    case 'c':
      return { do: 'change', change: { colour: neighbour(colours, page.colour, 1) } }
    case 'C':
      return { do: 'change', change: { colour: neighbour(colours, page.colour, -1) } }
    case 'f':
    case '/':
      return { do: 'search' }
    case 'n':
      return { do: 'match', step: 1 }
    case 'p':
      return { do: 'match', step: -1 }
    case 'm':
      return { do: 'pin' }
    case 'o':
      return { do: 'reveal' }
    case 'i':
      return { do: 'details' }
    case '?':
      return { do: 'help' }
    default:
      return undefined
  }
}

const colours: readonly ColourBy[] = COLOURS.map(({ colour }) => colour)

function neighbour<T>(all: readonly T[], now: T, step: number): T {
  return all[(all.indexOf(now) + step + all.length) % all.length] ?? now
}

/** Letters belong to whoever is writing, and to lists that are chosen from by their first letter. */
function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null
}

// Keys that work everywhere on the page. Pure; the page carries them out, unless somebody is writing.

import { UNITS, type Unit } from '../profiler-agent/profile/measures'
import type { ColourBy, PageState } from './messages'
import { COLOURS, VIEWS } from './toolbar-choices'

export type PageKey =
  | { readonly do: 'change'; readonly change: Partial<PageState> }
  | { readonly do: 'match'; readonly step: 1 | -1 }
  | { readonly do: 'search' | 'pin' | 'reveal' | 'help' | 'details' }

/** What a key means on the page; `undefined` for keys that are not the page's. */
export function pageKeyOf(
  key: string,
  page: { readonly unit: Unit; readonly colour: ColourBy },
): PageKey | undefined {
  const view = /^[1-8]$/.test(key) ? VIEWS[Number(key) - 1]?.view : undefined
  if (view !== undefined) return { do: 'change', change: { view } }
  switch (key) {
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

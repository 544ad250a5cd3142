// What views, widths and colours there are to choose from, with their words.

import type { Unit } from '../profiler-agent/profile/measures'
import type { ColourBy, ViewName } from './messages'
import { t, withinText } from './words'

export interface ViewTab {
  readonly view: ViewName
  readonly label: string
  readonly says: string
}

/** In the order of their keys 1 to 8. */
export const VIEWS: readonly ViewTab[] = [
  { view: 'timeline', label: t('Timeline'), says: t('Calls at the time they ran') },
  { view: 'icicle', label: t('Icicle'), says: t('Run, agents, steps, calls and parts of prompts') },
  { view: 'stack', label: t('Call stack'), says: t('By the functions of your own code') },
  { view: 'prompt', label: t('Prompt'), says: t('By what stood in the prompts') },
  { view: 'sandwich', label: t('Sandwich'), says: t('Callers and callees of one agent, tool or function') },
  { view: 'table', label: t('Table'), says: t('All calls, sorted and filtered') },
  { view: 'diff', label: t('Diff'), says: t('What grew, shrank, appeared and vanished') },
  { view: 'charts', label: t('Charts'), says: t('Context, cache, budget and runs over time') },
]

export function viewLabel(view: ViewName): string {
  return VIEWS.find((tab) => tab.view === view)?.label ?? view
}

export const UNIT_CHOICES: readonly {
  readonly unit: Unit
  readonly label: string
  readonly says: string
}[] = [
  { unit: 'cost', label: t('Cost'), says: t('What was billed') },
  { unit: 'tokens', label: t('Tokens'), says: t('Input and output tokens') },
  { unit: 'uncachedTokens', label: t('Uncached'), says: t('Input tokens that no cache held') },
  { unit: 'cacheWriteTokens', label: t('Cache writes'), says: t('Input tokens written to a cache') },
  { unit: 'time', label: t('Time'), says: t('Time of work: what ran in parallel counts side by side') },
  { unit: 'avoidable', label: t('Avoidable'), says: t('What findings say could be saved') },
]

/** In the middle of a sentence. */
export function unitLabel(unit: Unit): string {
  return withinText(UNIT_CHOICES.find((choice) => choice.unit === unit)?.label ?? unit)
}

export const COLOURS: readonly { readonly colour: ColourBy; readonly label: string }[] = [
  { colour: 'kind', label: t('Kind') },
  { colour: 'model', label: t('Model') },
  { colour: 'cache', label: t('Cache') },
  { colour: 'agent', label: t('Agent') },
  { colour: 'heat', label: t('Heat') },
]

/** Views whose boxes are coloured by choice; the others have colours of their own, or none. */
export function hasColours(view: ViewName): boolean {
  return ['timeline', 'icicle', 'stack', 'prompt', 'sandwich'].includes(view)
}

/** Views that have widths to measure: in time they are time, charts bring their own axes. */
export function hasUnits(view: ViewName): boolean {
  return view !== 'timeline' && view !== 'charts'
}

/** Views whose things can be searched and left out by cost. */
export function hasSearch(view: ViewName): boolean {
  return view !== 'charts'
}

/** Views that are one picture, to be saved as such. */
export function isPicture(view: ViewName): boolean {
  return view !== 'table' && view !== 'charts'
}

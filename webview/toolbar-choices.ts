// What views, widths and colours there are to choose from, with their words.

import type { Unit } from '../profiler-agent/profile/measures'
import type { ColourBy, ViewName } from './messages'

export interface ViewTab {
  readonly view: ViewName
  readonly label: string
  readonly says: string
}

/** In the order of their keys 1 to 8. */
export const VIEWS: readonly ViewTab[] = [
  { view: 'timeline', label: 'Timeline', says: 'Calls at the time they ran' },
  { view: 'icicle', label: 'Icicle', says: 'Run, agents, steps, calls and parts of prompts' },
  { view: 'stack', label: 'Call stack', says: 'By the functions of your own code' },
  { view: 'prompt', label: 'Prompt', says: 'By what stood in the prompts' },
  { view: 'sandwich', label: 'Sandwich', says: 'Callers and callees of one agent, tool or function' },
  { view: 'table', label: 'Table', says: 'All calls, sorted and filtered' },
  { view: 'diff', label: 'Diff', says: 'What grew, shrank, appeared and vanished' },
  { view: 'charts', label: 'Charts', says: 'Context, cache, budget and runs over time' },
]

export function viewLabel(view: ViewName): string {
  return VIEWS.find((tab) => tab.view === view)?.label ?? view
}

export const UNIT_CHOICES: readonly {
  readonly unit: Unit
  readonly label: string
  readonly says: string
}[] = [
  { unit: 'cost', label: 'Cost', says: 'What was billed' },
  { unit: 'tokens', label: 'Tokens', says: 'Input and output tokens' },
  { unit: 'uncachedTokens', label: 'Uncached', says: 'Input tokens that no cache held' },
  { unit: 'cacheWriteTokens', label: 'Cache writes', says: 'Input tokens written to a cache' },
  { unit: 'time', label: 'Time', says: 'Time of work: what ran in parallel counts side by side' },
  { unit: 'avoidable', label: 'Avoidable', says: 'What findings say could be saved' },
]

/** In the middle of a sentence. */
export function unitLabel(unit: Unit): string {
  return (UNIT_CHOICES.find((choice) => choice.unit === unit)?.label ?? unit).toLowerCase()
}

export const COLOURS: readonly { readonly colour: ColourBy; readonly label: string }[] = [
  { colour: 'kind', label: 'Kind' },
  { colour: 'model', label: 'Model' },
  { colour: 'cache', label: 'Cache' },
  { colour: 'agent', label: 'Agent' },
  { colour: 'heat', label: 'Heat' },
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

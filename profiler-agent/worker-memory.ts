// Keeps the memory of the profiler near what it really holds.

import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** V8 lets a heap of this size grow to four times what is alive before it looks what is not; here it is 1.15 times. */
const GROWTH_PERCENT = 15
/** Half of the space for what was made of late, in MiB. Left alone V8 grows both halves to 64 while calls come, for every thread. */
const HALF_OF_YOUNG = 8
const MEBIBYTE = 2 ** 20

/** For this process, all threads; they look more often, which costs the worker about a seventh of its time. */
export function collectOften(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`)
}

/**
 * Keeps the space for new objects at that size: of threads that are started from now on, and of this one. Of a heap that is there
 * already only the next growth can be set. V8 grows it once as much has outlived collections as it holds, which takes long where
 * next to nothing does, and at the one or two MiB that it begins with, and goes back to in each pause, it would collect all the time.
 */
export function stayYoung(): void {
  setFlagsFromString(`--min-semi-space-size=${HALF_OF_YOUNG}`)
  setFlagsFromString(`--max-semi-space-size=${HALF_OF_YOUNG}`)
  setNextGrowth()
  new PerformanceObserver(setNextGrowth).observe({ entryTypes: ['gc'] })
}

function setNextGrowth(): void {
  const factor = Math.round((HALF_OF_YOUNG * MEBIBYTE) / halfOfYoung())
  setFlagsFromString(`--semi-space-growth-factor=${Math.max(1, factor)}`)
}

/** In bytes, about: the other half may be given back at times. */
function halfOfYoung(): number {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
  return young ? young.space_used_size + young.space_available_size : MEBIBYTE
}

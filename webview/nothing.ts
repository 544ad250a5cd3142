// Why a picture is empty: each kind of run without boxes says so in its own words.

import type { RunColumns } from '../profiler-agent/profile/columns'
import type { Profile } from '../profiler-agent/profile/profile'
import { unitLabel } from './toolbar-choices'
import { t } from './words'

/** `undefined` where there is something to see. */
export function nothingToShow({ head, count }: RunColumns, profile: Profile): string | undefined {
  if (profile.total > 0) return undefined
  const { calls, errors, unpricedCalls } = head.totals
  if (count <= 1)
    return head.endTime === undefined
      ? t('No model call yet. Calls appear here as they finish.')
      : t(
          'No model call was captured in this run. “Costflame: Doctor” says what keeps calls from being recorded.',
        )
  if (profile.unit === 'time') return t('Nothing here took any time.')
  if (errors > 0 && errors >= calls)
    return t('Every call failed, so nothing was billed. Select one below to see why.')
  if (profile.unit === 'avoidable') return t('No finding says that anything here could be saved.')
  if (profile.unit === 'cost' && unpricedCalls > 0)
    return t('None of these calls has a known price. Switch to Tokens to see what they used.')
  if (profile.unit === 'cacheWriteTokens') return t('Nothing was written to a cache.')
  return t('Nothing to show by {0}: it is 0 or not known for this run.', unitLabel(profile.unit))
}

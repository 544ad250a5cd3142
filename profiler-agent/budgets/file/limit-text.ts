// Values of limits as people read them.

import type { NumericLimit } from '../../model/budget'
import { formatUsd, picoOfUsd } from '../../model/money'
import { formatCount } from '../../model/quantity'

/** `$0.05`, `6,000`, `0.75`. */
export function limitText(limit: NumericLimit, value: number): string {
  if (limit.startsWith('costUsd')) return formatUsd(picoOfUsd(value))
  return Number.isInteger(value) ? formatCount(value) : String(value)
}

// Derived budgets as people read them in a terminal.

import type { NumericLimit } from '../../model/budget'
import { limitValueText } from '../../model/limit-text'
import { scopeName } from '../file/scope-path'
import type { DerivedBudget } from './derive'
import { invocationsIn } from './evidence'

/** `agents.support: 212 invocations, costUsd $0.012, totalTokens 6,000`. */
export function derivationLines(budgets: readonly DerivedBudget[]): string[] {
  return budgets.map(({ scope, baseline, limits }) =>
    [
      `${scopeName(scope)}: ${invocationsIn(scope, baseline.invocations)}`,
      ...Object.entries(limits).map(
        ([name, value]) => `${name} ${limitValueText(name as NumericLimit, value)}`,
      ),
    ].join(', '),
  )
}

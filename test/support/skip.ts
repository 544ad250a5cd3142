// Skipping a test out loud: the reason travels on mocha's own objects to the reporter, which sits in another bundle.
import type { Context } from 'mocha'

const reasonKey = Symbol.for('costflame.skipReason')

interface Skippable {
  parent?: Skippable | undefined
  [reasonKey]?: string
}

/**
 * Skips the running test, or from a `before` hook its whole suite; the runner prints the reason.
 * Call it as `skip(this, 'needs Python 3.9')` in a `function () {}`, not in an arrow function.
 */
export function skip(context: Context, reason: string): never {
  const runnable = context.runnable()
  const skipped: Skippable =
    ('type' in runnable && runnable.type === 'hook' ? runnable.parent : undefined) ?? runnable
  skipped[reasonKey] = reason
  return context.skip()
}

/** The reason given to `skip` for this test or a suite around it. */
export function skipReason(test: Skippable): string {
  for (let node: Skippable | undefined = test; node; node = node.parent) {
    const reason = node[reasonKey]
    if (reason !== undefined) return reason
  }
  return 'no reason given: use skip(this, reason) of test/support/skip'
}

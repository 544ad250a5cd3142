// `costflame whatif --ttl`: what one run's input would have cost with another lifetime of cached prompts, and without it.

import type { FixPlan } from '../analysis/replay/fix-plan'
import { savingOf } from '../analysis/replay/saving'
import type { PicoUsd } from '../model/money'
import { UsageError } from './io'
import type { AskedRun } from './whatif'
import { replayOptions } from './whatif-fixes'

export interface LifetimeAnswer {
  readonly lifetime: string
  /** Calls whose model's cache knows this lifetime. */
  readonly calls: number
  /** Of all input of the run, with the fixes that are asked for besides. */
  readonly without: PicoUsd
  readonly with: PicoUsd
  /** Negative where the longer lifetime costs more than it saves. */
  readonly saving: PicoUsd
  readonly notReplayed: number
}

/** Throws UsageError where no call can ask for this lifetime, and says which it could. */
export function whatIfLifetime(run: AskedRun, lifetime: string, fixes: readonly FixPlan[]): LifetimeAnswer {
  const options = replayOptions(run)
  const calls = run.calls.filter((call) => lifetimesOf(run, call).includes(lifetime))
  if (calls.length === 0) throw new UsageError(noSuchLifetime(run, lifetime))
  const spanIds = new Set(calls.map(({ spanId }) => spanId))
  const longer: FixPlan = { fix: 'longer-ttl', lifetime, spanIds }
  const before = savingOf(run.calls, fixes, options)
  const after = savingOf(run.calls, [...fixes, longer], options)
  const saving = after.picoUsd - before.picoUsd
  return {
    lifetime,
    calls: spanIds.size,
    without: before.recorded - before.picoUsd,
    with: before.recorded - before.picoUsd - saving,
    saving,
    notReplayed: after.notReplayed + run.otherChats,
  }
}

/** Whether any call of the run can ask for it. */
export function knowsLifetime(run: AskedRun, lifetime: string): boolean {
  return run.calls.some((call) => lifetimesOf(run, call).includes(lifetime))
}

function lifetimesOf(run: AskedRun, call: AskedRun['calls'][number]): readonly string[] {
  return (
    replayOptions(run)
      .ruleOf(call)
      ?.lifetimes.map(({ name }) => name) ?? []
  )
}

function noSuchLifetime(run: AskedRun, lifetime: string): string {
  const names = [...new Set(run.calls.flatMap((call) => lifetimesOf(run, call)))]
  const hint =
    names.length === 0 ? 'nothing is known of how its models cache' : `its models know ${names.join(', ')}`
  return `--ttl ${lifetime}: no call of run ${run.id} can ask for this lifetime; ${hint}.`
}

// `costflame.check/1`: the verdict of the gate for programs.

import type { InvocationDelta, LimitCheck } from '../model/comparison'
import { present } from '../model/present'
import { type CheckReport, reasons } from './check-report'
import { meanJson, significanceJson } from './delta-json'

export const CHECK_SCHEMA = 'costflame.check/1'

export function checkJson({ verdict, results, file, problems, runs }: CheckReport): object {
  return {
    schema: CHECK_SCHEMA,
    verdict,
    file,
    runs,
    results: results.map((result) => resultJson(file, result)),
    problems: problems.map(({ line, column, message }) => ({ line, column, message })),
  }
}

function resultJson(file: string, result: LimitCheck): object {
  const { scope, limit, allowed, value, n, verdict, position, cost, cause, isWorse } = result
  const { percentile, atLeast, baseline, tokens, entered, runId } = result
  const { kind, ...names } = scope
  return {
    ...names,
    ...{ scope: kind, limit, allowed, value },
    ...present({ atLeast, percentile }),
    ...{ n, verdict, why: reasons(result) },
    ...present({ baseline, tokens, entered, runId, cost: cost && costJson(cost), cause }),
    worse: isWorse,
    location: { file, ...position },
  }
}

/** Of one invocation, on average. */
function costJson({ significance, ...mean }: InvocationDelta): object {
  return { ...meanJson(mean), significance: significanceJson(significance) }
}

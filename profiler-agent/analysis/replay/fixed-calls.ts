// Calls as they would have been with fixes: other blocks, marks, settings or times, by the evidence that each fix brings along.

import type { CacheRule } from '../../rules/cache-rules'
import { lifetimeOf } from './breakpoints'
import type { ReplayOptions } from './cache-replay'
import type { FixPlan } from './fix-plan'
import { changedMarks } from './fixed-marks'
import { PromptFixer } from './fixed-prompts'
import { bucketOfLifetime } from './input-bill'
import type { ReplayCall } from './replay-call'

/** The order in which fixes go together: what is in the prompt, what is asked for, where marks stand, how long, and when. */
const ORDER: readonly FixPlan['fix'][] = [
  'append-only',
  'freeze-tools',
  'freeze-system',
  'sort-tools',
  'sort-keys',
  'move-volatile',
  'keep-settings',
  'cache-key',
  'drop-breakpoint',
  'move-breakpoint',
  'add-breakpoint',
  'longer-ttl',
  'warm-first',
]

/** Applies fixes to calls one by one, in the order of their start. */
export class CallFixer {
  readonly #plans: readonly FixPlan[]
  readonly #prompts = new PromptFixer()

  constructor(
    plans: readonly FixPlan[],
    readonly ruleOf: ReplayOptions['ruleOf'],
  ) {
    this.#plans = plans.toSorted((left, right) => ORDER.indexOf(left.fix) - ORDER.indexOf(right.fix))
  }

  /** The call itself where no fix concerns it, or where its prompt is not known whole. */
  fix(call: ReplayCall): ReplayCall {
    const rule = this.ruleOf(call)
    if (!rule || !call.isPromptWhole) return call
    const fixed = this.#plans
      .filter(({ spanIds }) => spanIds?.has(call.spanId) ?? true)
      .reduce((changed, plan) => this.#apply(changed, plan, rule), call)
    this.#prompts.remember(call, fixed, this.#plans)
    return fixed
  }

  #apply(call: ReplayCall, plan: FixPlan, rule: CacheRule): ReplayCall {
    switch (plan.fix) {
      case 'add-breakpoint':
      case 'move-breakpoint':
      case 'drop-breakpoint':
        return changedMarks(call, plan, rule)
      case 'longer-ttl':
        return withLifetime(call, rule, plan.lifetime)
      case 'cache-key':
        return { ...call, settings: { ...call.settings, key: plan.key } }
      case 'keep-settings':
        return withParameters(call, plan.parameters)
      case 'warm-first':
        return { ...call, firstTokenAt: call.startedAt }
      default:
        return this.#prompts.apply(call, plan)
    }
  }
}

/** Calls in the order of their start, with all fixes. */
export function fixedCalls(
  calls: readonly ReplayCall[],
  plans: readonly FixPlan[],
  { ruleOf }: Pick<ReplayOptions, 'ruleOf'>,
): ReplayCall[] {
  const fixer = new CallFixer(plans, ruleOf)
  return calls.map((call) => fixer.fix(call))
}

function withLifetime(call: ReplayCall, rule: CacheRule, asked: string | undefined): ReplayCall {
  const longest = rule.lifetimes.reduce((most, next) => (next.idleMs > most.idleMs ? next : most))
  const { name } = asked === undefined ? longest : lifetimeOf(rule, asked)
  return {
    ...call,
    settings: { ...call.settings, lifetime: name },
    prompt: {
      blocks: call.prompt.blocks.map((block) =>
        block.mark === undefined ? block : { ...block, mark: bucketOfLifetime(name) },
      ),
    },
  }
}

function withParameters(call: ReplayCall, kept: Readonly<Record<string, string | null>>): ReplayCall {
  const parameters = Object.entries({ ...call.settings.parameters, ...kept }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  )
  return { ...call, settings: { ...call.settings, parameters: Object.fromEntries(parameters) } }
}

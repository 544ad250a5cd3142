// Reads `.costflame/budgets.jsonc` with the position of everything in it. One mistake never hides the rest of the file. No Node.

import {
  type Baseline,
  type Budget,
  type BudgetPosition,
  type BudgetScope,
  CEILINGS,
  type GateRule,
  type MeanUse,
  type NumericLimit,
  type OnExceed,
  type PercentileValues,
  USUAL_GATE,
  WORKSPACE_CEILINGS,
} from '../../model/budget'
import { present } from '../../model/present'
import {
  type Problem,
  type ReadJsonc,
  readJsonc,
  soundValue,
  valueAt,
  versionProblems,
} from '../../wire/jsonc'
import { BUDGET_SHAPE, BUDGET_VERSION } from './budget-shape'
import { contradictions } from './contradictions'

export const BUDGET_FILE = 'budgets.jsonc'

export type BudgetProblem = Problem

export interface BudgetFile {
  /** In the order of the file, an agent before its steps and intents. Objects without limits of their own are here too. */
  readonly budgets: readonly Budget[]
  readonly gate: GateRule
  readonly problems: readonly BudgetProblem[]
}

/** An object with limits as it stands in the file, without what is not sound in it. */
interface BudgetValue {
  readonly limits?: Readonly<Partial<Record<NumericLimit, number>>> & { readonly models?: readonly string[] }
  readonly clampOutput?: boolean
  readonly onExceed?: OnExceed
  readonly escalation?: string
  readonly baseline?: BaselineValue
}
interface WithSteps extends BudgetValue {
  readonly steps?: Readonly<Record<string, BudgetValue>>
}
interface AgentValue extends WithSteps {
  readonly agentVersion?: string
  readonly intents?: Readonly<Record<string, WithSteps>>
}
interface FileValue {
  readonly agents?: Readonly<Record<string, AgentValue>>
  readonly workflows?: Readonly<Record<string, BudgetValue & { readonly rootAgent?: string }>>
  readonly workspace?: BudgetValue
  readonly gate?: Partial<GateRule>
}
type BaselineValue = Partial<Omit<Baseline, 'values' | 'perInvocation'>> & {
  readonly perInvocation?: Readonly<Record<string, Partial<MeanUse>>>
} & Partial<Record<NumericLimit, Partial<PercentileValues>>>

type Path = readonly string[]
/** What a budget has from the object around it. */
type Around = Pick<Budget, 'onExceed' | 'clampOutput' | 'escalation' | 'agentVersion'>
const NOTHING_AROUND: Around = { onExceed: 'warn', clampOutput: false }

/**
 * Reads a budget file. Never throws: an unknown key, a wrong type, a negative or absurd number, limits that contradict each
 * other or broken syntax is a problem with its line and column, and every limit that can still be read counts.
 */
export function readBudgetFile(text: string): BudgetFile {
  const read = readJsonc(text, BUDGET_SHAPE)
  // The shape leaves out whatever is not as it describes.
  const value = (read.root ? (soundValue(read.root, BUDGET_SHAPE) ?? {}) : {}) as FileValue
  const reader = new BudgetReader(read)
  const budgets = reader.budgets(value)
  return {
    budgets,
    gate: { ...USUAL_GATE, ...value.gate },
    problems: [
      ...read.problems,
      ...versionProblems(read, BUDGET_VERSION),
      ...reader.problems,
      ...contradictions(budgets),
    ],
  }
}

class BudgetReader {
  readonly problems: Problem[] = []

  constructor(readonly read: ReadJsonc) {}

  budgets({ agents = {}, workflows = {}, workspace }: FileValue): Budget[] {
    return [
      ...Object.entries(agents).flatMap(([name, agent]) => this.#agent(name, agent)),
      ...Object.entries(workflows).flatMap(([workflow, { rootAgent, ...value }]) =>
        rootAgent === undefined
          ? []
          : [this.#budget(['workflows', workflow], { kind: 'workflow', workflow, rootAgent }, value)],
      ),
      ...(workspace ? this.#workspace(workspace) : []),
    ]
  }

  #agent(agent: string, { intents = {}, ...value }: AgentValue): Budget[] {
    const path = ['agents', agent]
    const whole = this.#budget(path, { kind: 'agent', agent }, value)
    return [
      whole,
      ...this.#steps(path, { agent }, value, whole),
      ...Object.entries(intents).flatMap(([intent, inner]) => {
        const innerPath = [...path, 'intents', intent]
        const budget = this.#budget(innerPath, { kind: 'agent', agent, intent }, inner, whole)
        return [budget, ...this.#steps(innerPath, { agent, intent }, inner, budget)]
      }),
    ]
  }

  #steps(
    path: Path,
    of: { readonly agent: string; readonly intent?: string },
    { steps = {} }: WithSteps,
    around: Budget,
  ): Budget[] {
    return Object.entries(steps).map(([step, value]) =>
      this.#budget([...path, 'steps', step], { kind: 'step', ...of, step }, value, around),
    )
  }

  /** One object that holds for two scopes: each has its own limit and the reaction of both. */
  #workspace(value: BudgetValue): Budget[] {
    const both = this.#budget(['workspace'], { kind: 'run' }, value)
    const { costUsdPerRun, costUsdPerDay } = both.limits
    return [
      { ...both, limits: present({ costUsdPerRun }) },
      { ...both, scope: { kind: 'day' }, limits: present({ costUsdPerDay }) },
    ]
  }

  #budget(
    path: Path,
    scope: BudgetScope,
    value: BudgetValue & { readonly agentVersion?: string },
    around: Around = NOTHING_AROUND,
  ): Budget {
    const { models } = value.limits ?? {}
    const modelsAt = models && this.#position([...path, 'limits', 'models'])
    this.#needsEscalation(path, value, around)
    return {
      scope,
      limits: this.#limits([...path, 'limits'], value.limits ?? {}),
      onExceed: value.onExceed ?? around.onExceed,
      clampOutput: value.clampOutput ?? around.clampOutput,
      position: this.#position(path) ?? { line: 1, column: 1 },
      ...present({
        agentVersion: value.agentVersion ?? around.agentVersion,
        escalation: value.escalation ?? around.escalation,
        models: models && modelsAt && { values: models, position: modelsAt },
        baseline: value.baseline && baselineOf(value.baseline),
      }),
    }
  }

  /** An object without limits may leave the name to those in it. */
  #needsEscalation(path: Path, value: BudgetValue, around: Around): void {
    const reaction = value.onExceed ?? around.onExceed
    const name = value.escalation ?? around.escalation
    if (reaction !== 'escalate' || name !== undefined || value.limits === undefined) return
    const position = this.#position([...path, 'onExceed']) ?? this.#position(path)
    const message = `"escalate" needs an "escalation": the name of what it starts`
    if (position) this.problems.push({ line: position.line, column: position.column, message })
  }

  #limits(path: Path, values: NonNullable<BudgetValue['limits']>): Budget['limits'] {
    return Object.fromEntries(
      NUMERIC_LIMITS.flatMap((name) => {
        const value = values[name]
        const position = this.#position([...path, name])
        return value === undefined || !position ? [] : [[name, { value, position }] as const]
      }),
    )
  }

  /** Of the key. */
  #position(path: Path): BudgetPosition | undefined {
    const { root, at } = this.read
    const property = root && valueAt(root, path)?.parent
    const key = property?.children?.[0]
    if (!key) return undefined
    const end = at({ ...key, offset: key.offset + key.length })
    return { ...at(key), endLine: end.line, endColumn: end.column }
  }
}

const NUMERIC_LIMITS: readonly NumericLimit[] = [...CEILINGS, ...WORKSPACE_CEILINGS, 'cacheHitRatio']

function baselineOf(value: BaselineValue): Baseline | undefined {
  const { invocations, measuredAt, headroom, prices, perInvocation } = value
  if (invocations === undefined || measuredAt === undefined || headroom === undefined) return undefined
  const values = Object.fromEntries(
    NUMERIC_LIMITS.flatMap((name) => {
      const { p50, p95, p99 } = value[name] ?? {}
      return p50 === undefined || p95 === undefined || p99 === undefined ? [] : [[name, { p50, p95, p99 }]]
    }),
  )
  return {
    invocations,
    measuredAt,
    headroom,
    values,
    ...present({ prices, perInvocation: perInvocation && meanUses(perInvocation) }),
  }
}

function meanUses(
  perInvocation: Readonly<Record<string, Partial<MeanUse>>>,
): Readonly<Record<string, MeanUse>> {
  return Object.fromEntries(
    Object.entries(perInvocation).flatMap(([model, use]) => {
      const { calls, uncachedInput, cacheRead, cacheWrite, output, usd = null } = use
      if (calls === undefined || uncachedInput === undefined || cacheRead === undefined) return []
      if (cacheWrite === undefined || output === undefined) return []
      return [[model, { calls, uncachedInput, cacheRead, cacheWrite, output, usd }] as const]
    }),
  )
}

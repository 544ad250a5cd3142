// The view `charts`: how the context grows, what the cache does, what the run costs so far and by what, and how that compares with the runs before.

import type { LimitUse } from '../../profiler-agent/model/budget'
import { formatUsd, picoOfUsd } from '../../profiler-agent/model/money'
import type { PastInvocation } from '../../profiler-agent/model/run-questions'
import { at, type RunColumns, SPAN_KINDS, spanId } from '../../profiler-agent/profile/columns'
import { afterPaint } from '../after-paint'
import { element } from '../element'
import type { Theme } from '../flame/theme'
import { kindWord } from '../labels'
import type { Page, PageActions, Pane } from '../page'
import { watchTheme } from '../theme-watch'
import { counted, t, withinText } from '../words'
import type { Mark } from './chart'
import { ChartCard, type Refine } from './chart-card'
import { type ChartData, type CostKey, cacheByCall, contextByCall, costBy, costSoFar } from './chart-data'
import { agentsOf, historyOf, type InvocationHistory } from './past-invocations'
import { fillOf } from './series-colours'

const COST_KEYS: readonly (readonly [CostKey, string])[] = [
  ['model', t('Model')],
  ['agent', t('Agent')],
  ['intent', t('Intent')],
]

export class ChartsView implements Pane {
  readonly element = element('section', { class: 'charts', 'aria-label': t('Charts') })
  private readonly context: ChartCard
  private readonly cache: ChartCard
  private readonly soFar: ChartCard
  private readonly by: readonly (readonly [CostKey, ChartCard])[]
  private readonly history: ChartCard
  private readonly agent = element('select', { 'aria-label': t('Agent'), hidden: '' })
  private theme: Theme
  private page: Page | undefined
  /** What was drawn last: a new selection draws nothing anew. */
  private drawn: RunColumns | undefined
  private limits: readonly LimitUse[] = []
  private invocations: readonly PastInvocation[] | string = t('Reading the runs before …')

  constructor(private readonly actions: PageActions) {
    const common = {
      select: (span: number) => actions.select({ span, part: -1 }),
      announce: (text: string) => actions.announce(text),
    }
    const byCall = { ...common, kind: 'bar', thing: t('Call'), isStacked: true } as const
    this.context = new ChartCard({ ...byCall, title: t('Context, step by step') })
    this.cache = new ChartCard({ ...byCall, title: t('Prompt cache, call by call') })
    this.soFar = new ChartCard({ ...common, kind: 'line', thing: t('Call'), title: t('Cost so far') })
    this.by = COST_KEYS.map(([key, thing]) => [
      key,
      new ChartCard({
        ...common,
        kind: 'bar',
        thing,
        isHorizontal: true,
        title: t('Cost by {0}', withinText(thing)),
      }),
    ])
    this.history = new ChartCard({
      ...common,
      kind: 'line',
      thing: t('Invocation'),
      title: t('Cost of an invocation over the last runs'),
      select: (position) => this.openInvocation(position),
    })
    this.history.element.classList.add('wide')
    this.history.element.querySelector('header')?.append(this.agent)
    this.agent.addEventListener('change', () => this.drawHistory())
    const cards = [this.context, this.cache, this.soFar, ...this.by.map(([, card]) => card), this.history]
    this.element.append(...cards.map((card) => card.element))
    this.theme = watchTheme((theme) => {
      this.theme = theme
      this.drawn = undefined
      if (this.page !== undefined && this.element.isConnected) this.show(this.page)
    })
  }

  show(page: Page) {
    this.page = page
    if (this.drawn === page.columns) return
    const isOtherRun = this.drawn?.head.id !== page.columns.head.id
    this.drawn = page.columns
    this.draw(page.columns, this.theme)
    void this.readOthers(page.columns.head.id, isOtherRun)
  }

  /** What is seen first is drawn first. */
  private draw(columns: RunColumns, theme: Theme) {
    this.context.show(contextByCall(columns, kindWord), theme)
    this.cache.show(cacheByCall(columns), theme)
    afterPaint(() => {
      if (this.drawn === columns) this.drawBelow(columns, this.theme)
    })
  }

  private drawBelow(columns: RunColumns, theme: Theme) {
    this.soFar.show(costSoFar(columns), theme, limitMarks(columns, this.limits), underneath)
    for (const [key, card] of this.by) {
      const data = costBy(columns, key)
      // One bar says nothing that the head of the page does not say.
      card.element.hidden = data.labels.length < 2
      card.show(data, theme)
    }
    this.drawHistory()
  }

  /** What the run itself does not know; a saved run has nobody to ask. */
  private async readOthers(runId: string, isOtherRun: boolean) {
    if (isOtherRun) {
      this.limits = []
      this.invocations = t('Reading the runs before …')
    }
    const isStill = () => this.drawn?.head.id === runId
    const limits = await this.actions.ask<'limits'>({ ask: 'limits', runId }).catch(() => undefined)
    if (limits !== undefined && isStill()) this.limits = limits.limits
    const answer = await this.actions
      .ask<'invocations'>({ ask: 'invocations', runId })
      .then(({ invocations }) => invocations)
      .catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
    if (!isStill()) return
    this.invocations = answer
    if (this.drawn === undefined) return
    this.soFar.show(costSoFar(this.drawn), this.theme, limitMarks(this.drawn, this.limits), underneath)
    this.drawHistory()
  }

  private drawHistory() {
    const { invocations, theme } = this
    this.agent.hidden = true
    if (typeof invocations === 'string') return this.history.say(invocations, theme)
    const agents = agentsOf(invocations)
    const chosen = agents.find(([name]) => name === this.agent.value)?.[0] ?? agents[0]?.[0]
    if (chosen === undefined) return this.history.say(t('No agent was called in this run.'), theme)
    this.agent.replaceChildren(...agents.map(([name]) => element('option', {}, name)))
    this.agent.value = chosen
    this.agent.hidden = agents.length < 2
    const history = historyOf(invocations, chosen)
    this.history.show(historyData(history, chosen), theme, commitMarks(history), pointsAndBand)
  }

  private openInvocation(position: number) {
    if (typeof this.invocations === 'string') return
    const agent = this.agent.value
    const invocation = historyOf(this.invocations, agent).invocations[position]
    if (invocation === undefined || this.page === undefined) return
    const { runId, spanId: id } = invocation
    const { columns } = this.page
    if (runId !== columns.head.id) return this.actions.post({ type: 'openRun', runId, spanId: id })
    for (let span = 0; span < columns.count; span++)
      if (spanId(columns, span) === id) return this.actions.select({ span, part: -1 })
  }
}

/** Limits of the run; those of an invocation only where the run has exactly one of that agent. */
function limitMarks(columns: RunColumns, limits: readonly LimitUse[]): Mark[] {
  return limits.flatMap(({ scope, limit, allowed }) => {
    const picoUsd = picoOfUsd(allowed)
    const mark = (words: string) => [
      { value: picoUsd, text: `${words} ${formatUsd(picoUsd)}`, isLimit: true },
    ]
    if (scope.kind === 'run' && limit === 'costUsdPerRun') return mark(t('limit of a run'))
    const agent =
      scope.kind === 'agent' ? scope.agent : scope.kind === 'workflow' ? scope.rootAgent : undefined
    if (limit !== 'costUsd' || agent === undefined || invocationsOf(columns, agent) !== 1) return []
    return mark(t('limit of {0}', agent))
  })
}

const AGENT = SPAN_KINDS.indexOf('agent')

function invocationsOf(columns: RunColumns, agent: string): number {
  let count = 0
  for (let span = 0; span < columns.count; span++)
    if (at(columns.kind, span) === AGENT && columns.strings[at(columns.agent, span)] === agent) count++
  return count
}

/** A line that only goes up, with what is below it filled. */
const underneath: Refine = (dataset, _index, theme) => {
  Object.assign(dataset, {
    fill: 'origin',
    stepped: 'before',
    borderColor: theme.foreground,
    borderWidth: 1.5,
  })
}

const HISTORY_SERIES = ['p95', 'p50', 'cost'] as const

function historyData(history: InvocationHistory, agent: string): ChartData {
  const { invocations, p50, p95, unpriced } = history
  const values = { p95, p50, cost: invocations.map(({ picoUsd }) => picoUsd) }
  const names = { p95: t('p95 of its run'), p50: t('p50 of its run'), cost: t('an invocation of {0}', agent) }
  const runs = new Set(invocations.map(({ runId }) => runId)).size
  const missing = unpriced === 0 ? '' : t(', {0} without a price left out', unpriced)
  return {
    labels: invocations.map(({ startTime }) => startTime.slice(0, 16).replace('T', ' ')),
    spans: invocations.map((_, position) => position),
    series: HISTORY_SERIES.map((key) => ({ key, name: names[key], values: values[key] })),
    unit: 'cost',
    note: `${t('{0} in {1}', counted(invocations.length, 'invocation'), counted(runs, 'run'))}${missing}.`,
  }
}

function commitMarks({ commits }: InvocationHistory): Mark[] {
  return commits.map(({ position, commit }) => ({ position, text: commit, isLimit: false }))
}

/** The band from p50 to p95 is filled, invocations are points. */
const pointsAndBand: Refine = (dataset, index, theme) => {
  const key = HISTORY_SERIES[index]
  if (key === 'cost')
    Object.assign(dataset, {
      showLine: false,
      pointRadius: 2.5,
      pointHoverRadius: 4,
      pointBackgroundColor: fillOf('cost', theme),
      pointBorderWidth: 0,
    })
  else
    Object.assign(dataset, {
      stepped: 'middle',
      borderWidth: 1,
      fill: key === 'p95' ? '+1' : false,
      borderColor: fillOf('p50', theme),
      backgroundColor: fillOf('p95', theme),
    })
}

// Turns finished exchanges and declared spans of one run into spans in a tree: run → agent → step → call, with the tools between
// the calls. Puts the parts together; computes no cost and writes nothing.

import type { DeclaredSpan, RunRecord, SpanRecord } from '../model/record'
import type { CallSite } from '../model/span'
import { AgentNames } from './agent-names'
import { AgentSpans } from './agent-spans'
import { Agents } from './agents'
import { Calls } from './calls'
import { Claims } from './claims'
import { DeclaredSpans } from './declared-spans'
import { attributesOf, endOf, rootBasisOf, statusOf, type TraceInput } from './exchange-facts'
import { labelsOf } from './labels'
import { Newcomers } from './newcomers'
import { Queries } from './queries'
import { type EarlierTrace, restore } from './restore'
import { SaidPlaces } from './said-places'
import { Settling } from './settling'
import { ToolRuns } from './tool-runs'
import { Tools } from './tools'
import { Traffic } from './traffic'
import { Tree } from './tree'

export type { EarlierCall, EarlierTrace } from './restore'

/** Kinds that a program may declare: an id of any other span is taken. */
const DECLARABLE: readonly SpanRecord['kind'][] = ['agent', 'step', 'tool', 'retrieval']

/** The tree of one run while it grows. Lineage is computed here once; what it says is stored with the spans. */
export class RunTrace {
  readonly #tree: Tree
  readonly #declared: DeclaredSpans
  readonly #toolRuns: ToolRuns
  readonly #said: SaidPlaces
  readonly #agentSpans: AgentSpans
  readonly #calls: Calls
  #run: RunRecord

  constructor(run: RunRecord, earlier?: EarlierTrace, retrievalTools: () => readonly string[] = () => []) {
    this.#run = run
    const tree = new Tree(run.id, earlier?.hasSpan ?? (() => false), () => this.#run.defaults.agent)
    const [agents, tools] = [new Agents(), new Tools()]
    const newcomers = new Newcomers(tools)
    const declared = new DeclaredSpans(tree)
    const agentSpans = new AgentSpans(tree, agents, new AgentNames(), (id) => declared.has(id))
    const toolRuns = new ToolRuns(tree, tools, newcomers, retrievalTools)
    const said = new SaidPlaces(tree, agents, agentSpans, declared, new Claims())
    const traffic = new Traffic(tree, agents, newcomers)
    const queries = new Queries(tree, agents, newcomers, toolRuns)
    const settling = new Settling(tree, agents, newcomers, toolRuns, queries)
    this.#tree = tree
    this.#declared = declared
    this.#toolRuns = toolRuns
    this.#said = said
    this.#agentSpans = agentSpans
    const parts = { tree, agents, agentSpans, tools, toolRuns, newcomers, traffic, said, settling, queries }
    this.#calls = new Calls(parts, () => {
      const now = earlier?.again?.()
      if (now) restore(now, tree, this.#calls)
      return now !== undefined
    })
    if (earlier) restore(earlier, tree, this.#calls)
  }

  /** Whether it knows no call yet. */
  get isEmpty(): boolean {
    return this.#calls.isEmpty
  }

  get run(): RunRecord {
    return this.#run
  }

  /** Takes what became known of the run after its first calls; spans made so far stay as they are. */
  describe(run: RunRecord): void {
    this.#run = run
  }

  /** Spans to write for an exchange: new ones, and those whose ends or places it moved. Parents stand before their children. */
  add(input: TraceInput): SpanRecord[] {
    this.#lastUntil(input.exchange.startTime, endOf(input.exchange))
    if (input.inferences.length === 0) this.#addOther(input)
    else this.#calls.add(input, this.run)
    this.#said.settle()
    return this.#tree.takeChanged()
  }

  /**
   * Spans to write for one that the program declared: called when it begins and again when it ends. `callSite` is its own,
   * mapped to the user's lines. The same spans give the same tree in whatever order they come.
   */
  addDeclared(declared: DeclaredSpan, callSite?: CallSite): SpanRecord[] {
    const taken = this.#tree.get(declared.id)
    // Nobody declares the run, or a call, by its id.
    if (declared.id === this.run.id || (taken && !DECLARABLE.includes(taken.kind))) return []
    this.#lastUntil(this.run.startedAt, this.run.startedAt)
    this.#declared.add(declared, callSite, this.run)
    // What the traffic had made around it may have stood for it alone.
    if (taken?.parentId !== this.#tree.get(declared.id)?.parentId)
      this.#agentSpans.removeEmpty(taken?.parentId)
    const agent = this.#tree.nearest(declared.id, 'agent')
    if (agent && (declared.kind === 'tool' || declared.kind === 'retrieval'))
      this.#toolRuns.join(declared, agent.id)
    this.#said.settle()
    return this.#tree.takeChanged()
  }

  /** The run lasts as long as what is in it. */
  #lastUntil(startedAt: number, endedAt: number): void {
    const { id, name } = this.run
    const span = this.#tree.get(id)
    if (span?.name === name) this.#tree.cover(id, startedAt, endedAt)
    else
      this.#tree.put({
        id,
        runId: id,
        parentBasis: 'none',
        kind: 'run',
        name,
        // Calls come in by their end: one that began before the first that ended is no rarity.
        startedAt: Math.min(this.run.startedAt, startedAt),
        endedAt: Math.max(endedAt, this.run.startedAt),
        status: 'ok',
        attributes: {},
      })
  }

  #addOther({ exchange, reading, callSite }: TraceInput): void {
    const { agent } = { ...this.run.defaults, ...exchange.attribution }
    const { parent, agent: named, agentByRule } = exchange.attribution
    const isNamed = parent !== undefined && parent !== this.run.id
    const isSaid = isNamed && this.#tree.has(parent)
    this.#tree.put({
      ...labelsOf(this.run, exchange.attribution),
      ...(agent === undefined ? {} : { agent }),
      id: exchange.id,
      runId: this.run.id,
      parentId: isSaid ? parent : this.run.id,
      // A parent that nobody knows is no evidence.
      parentBasis:
        isSaid || (!isNamed && named !== undefined && !agentByRule)
          ? 'header'
          : rootBasisOf(exchange, this.run.id),
      kind: 'other',
      name: `${exchange.method} ${new URL(exchange.url).pathname}`,
      startedAt: exchange.startTime,
      endedAt: endOf(exchange),
      status: statusOf(exchange, reading),
      ...(callSite ? { callSite } : {}),
      attributes: attributesOf(exchange, reading),
    })
  }
}

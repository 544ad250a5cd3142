// Runs whose tree is known: the calls as they come in, and what hangs where. Reads them from text, and tells how much of a tree is right.

import { present } from '../../profiler-agent/model/present'
import type { DeclaredSpan, HashedBlock, RunRecord, SpanRecord } from '../../profiler-agent/model/record'
import type { TraceInput } from '../../profiler-agent/trace/exchange-facts'
import { RunTrace } from '../../profiler-agent/trace/trace'
import { merged, type Texts, traceInput } from './trace-picture'

/** What the profiler gets to know beside the traffic itself. */
export type Sight = 'traffic' | 'hook' | 'api'

export interface LabelledRun {
  readonly name: string
  readonly lines: readonly string[]
  readonly texts: Texts
  readonly tree: LabelledTree
  /** With hooks, a request of a server is an invocation, whatever it goes on from. */
  readonly hookTree: LabelledTree
}

export interface LabelledTree {
  /** Parent of each call, tool and agent by key: calls by id, tools as `a.t1`, agents as `@` and the call that begins first. */
  readonly parents: ReadonlyMap<string, string>
  readonly names: ReadonlyMap<string, string>
}

const SECTIONS = ['texts', 'calls', 'tree', 'tree with hooks'] as const

/**
 * A run from text in sections. `texts`: `word what it stands for`. `calls`: lines as `traceInput` reads them. `tree`: an agent is
 * `name: its calls`, a tool `tool a.t1` (call `a`, tool call `t1`), calls that hang directly under run or tool `- ids`; what is
 * indented hangs under the line above.
 */
export function labelledRun(name: string, text: string): LabelledRun {
  const sections = sectionsOf(text)
  const lines = sections.calls.map((line) => line.trim())
  const starts = new Map(lines.map((line) => [idOf(line), Number(/^\S+\s+(\d+)/.exec(line)?.[1])]))
  const texts = sections.texts.map((line) => /^\s*(\S+)\s+(.*)$/.exec(line))
  const tree = treeOf(sections.tree, starts)
  const hooked = sections['tree with hooks']
  return {
    name,
    lines,
    texts: Object.fromEntries(texts.map((match) => [match?.[1] ?? '', match?.[2] ?? ''])),
    tree,
    hookTree: hooked.length > 0 ? treeOf(hooked, starts) : tree,
  }
}

function sectionsOf(text: string): Record<(typeof SECTIONS)[number], string[]> {
  const sections = { texts: [], calls: [], tree: [], 'tree with hooks': [] } as Record<
    (typeof SECTIONS)[number],
    string[]
  >
  let current: string[] = []
  for (const line of text.split('\n')) {
    const section = SECTIONS.find((name) => name === line.trim())
    if (section) current = sections[section]
    else if (line.trim() !== '') current.push(line)
  }
  return sections
}

function idOf(line: string): string {
  return line.trim().split(/\s+/)[0] ?? ''
}

function treeOf(lines: readonly string[], starts: ReadonlyMap<string, number>): LabelledTree {
  const parents = new Map<string, string>()
  const names = new Map<string, string>()
  const open: { readonly indent: number; readonly key: string }[] = []
  for (const line of lines) {
    const indent = line.length - line.trimStart().length
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop()
    const parent = open.at(-1)?.key ?? 'run'
    const key = labelOf(line.trim(), parent, starts, parents, names)
    open.push({ indent, key })
  }
  return { parents, names }
}

/** Takes one line into the maps; gives the key of what it tells of. */
function labelOf(
  line: string,
  parent: string,
  starts: ReadonlyMap<string, number>,
  parents: Map<string, string>,
  names: Map<string, string>,
): string {
  if (line.startsWith('tool ')) {
    const key = line.slice('tool '.length)
    parents.set(key, parent)
    return key
  }
  const [name = '', said = ''] = line.startsWith('- ') ? ['', line.slice(2)] : line.split(':')
  const calls = said.split(/\s+/).filter(Boolean)
  const first = calls.toSorted((a, b) => (starts.get(a) ?? 0) - (starts.get(b) ?? 0))[0]
  const key = name === '' ? parent : `@${first}`
  if (name !== '') {
    parents.set(key, parent)
    names.set(key, name)
  }
  for (const call of calls) parents.set(call, key)
  return key
}

export interface Judgement {
  readonly edges: number
  readonly right: number
  /** `b: @a, not run` for each edge that is wrong. */
  readonly wrong: readonly string[]
  readonly wrongNames: readonly string[]
}

/** How much of the tree is right that the profiler makes of a run, with so much in sight. */
export function judge(run: LabelledRun, sight: Sight): Judgement {
  return judgementOf(
    sight === 'hook' ? run.hookTree : run.tree,
    spansOf(inputsOf(run, sight), said(run, sight)),
  )
}

/** The same of two runs that go on at once in one process, the second one a little later. */
export function judgeTogether(runs: readonly [LabelledRun, LabelledRun], sight: Sight): Judgement {
  const inputs = runs.flatMap((run, index) =>
    inputsOf(run, sight).map((input) => marked(input, `${index}_`, index * 330)),
  )
  const trees = runs.map((run, index) => markedTree(sight === 'hook' ? run.hookTree : run.tree, `${index}_`))
  return judgementOf(
    {
      parents: new Map(trees.flatMap(({ parents }) => [...parents])),
      names: new Map(trees.flatMap(({ names }) => [...names])),
    },
    spansOf(inputs),
  )
}

export function judgementOf(expected: LabelledTree, spans: readonly SpanRecord[]): Judgement {
  const actual = keysOf(spans)
  const edges = [...expected.parents]
  const wrong = edges.filter(([key, parent]) => actual.parents.get(key) !== parent)
  const names = [...expected.names].filter(([key, name]) => actual.names.get(key) !== name)
  return {
    edges: edges.length,
    right: edges.length - wrong.length,
    wrong: wrong.map(([key, parent]) => `${key}: ${parent}, not ${actual.parents.get(key)}`),
    wrongNames: names.map(([key, name]) => `${key}: ${name}, not ${actual.names.get(key)}`),
  }
}

/** The calls of a run with what is in sight of them, by their end. */
export function inputsOf(run: LabelledRun, sight: Sight): TraceInput[] {
  const inputs = run.lines.map((line) => traceInput(line, run.texts))
  const seen = sight === 'hook' ? inputs : inputs.map(blind)
  const said = sight === 'api' ? new Declarations(run.tree, inputs) : undefined
  return seen.map((input) => said?.named(input) ?? input).sort((a, b) => endOf(a) - endOf(b))
}

/** What the program declares of a run before its calls are made. */
export function said(run: LabelledRun, sight: Sight): DeclaredSpan[] {
  return sight === 'api' ? new Declarations(run.tree, inputsOf(run, 'traffic')).spans : []
}

/** The spans that these calls and declared spans make, in this order. */
export function spansOf(inputs: readonly TraceInput[], declared: readonly DeclaredSpan[] = []): SpanRecord[] {
  const trace = new RunTrace(RUN)
  return merged([
    ...declared.flatMap((span) => trace.addDeclared(span)),
    ...inputs.flatMap((input) => trace.add(input)),
  ])
}

export const RUN: RunRecord = { id: 'run', name: 'run', startedAt: 0, tags: {}, defaults: {} }

/** A call without what a hook adds to it; the session stands in the request itself. */
function blind({ callSite: _, ...input }: TraceInput): TraceInput {
  const { session } = input.exchange.attribution
  return { ...input, exchange: { ...input.exchange, attribution: present({ session }) } }
}

function endOf({ exchange }: TraceInput): number {
  return exchange.startTime + exchange.durationMs
}

/** A call of another run in the same process: ids, texts and hashes are its own. */
function marked(input: TraceInput, mark: string, laterMs: number): TraceInput {
  const { exchange, reading } = input
  const { context } = exchange.attribution
  const block = <T extends HashedBlock>(own: T): T => ({
    ...own,
    hash: mark + own.hash,
    ...(own.toolCallId === undefined ? {} : { toolCallId: mark + own.toolCallId }),
  })
  const previous = reading.previousResponseId
  return {
    ...input,
    exchange: {
      ...exchange,
      id: mark + exchange.id,
      startTime: exchange.startTime + laterMs,
      attribution: { ...exchange.attribution, ...(context === undefined ? {} : { context: mark + context }) },
    },
    reading: {
      ...reading,
      prompt: reading.prompt.map((own, index) => ({
        ...own,
        ...block({ ...own, hash: input.prompt[index]?.hash ?? '' }),
      })),
      reply: reading.reply.map((own, index) => ({
        ...own,
        ...block({ ...own, hash: input.reply[index]?.hash ?? '' }),
      })),
      ...(previous === undefined ? {} : { previousResponseId: mark + previous }),
    },
    inferences: input.inferences.map((inference) => ({
      ...inference,
      responseId: mark + inference.responseId,
    })),
    prompt: input.prompt.map(block),
    reply: input.reply.map(block),
    bodyHash: mark + input.bodyHash,
  }
}

function markedTree({ parents, names }: LabelledTree, mark: string): LabelledTree {
  const key = (own: string) =>
    own === 'run'
      ? own
      : own.startsWith('@')
        ? `@${mark}${own.slice(1)}`
        : own.replace(/^/, mark).replace(/\.(?!tool\d)/, `.${mark}`)
  return {
    parents: new Map([...parents].map(([child, parent]) => [key(child), key(parent)])),
    names: new Map([...names].map(([agent, name]) => [key(agent), name])),
  }
}

/** What a program says of itself that declares each agent, and each tool that something runs in. */
class Declarations {
  readonly #calls: ReadonlyMap<string, TraceInput>

  constructor(
    readonly tree: LabelledTree,
    inputs: readonly TraceInput[],
  ) {
    this.#calls = new Map(inputs.map((input) => [input.exchange.id, input]))
  }

  get spans(): DeclaredSpan[] {
    return [...this.tree.parents].flatMap(([key, parent]): DeclaredSpan[] => {
      if (this.#calls.has(key)) return []
      const name = this.tree.names.get(key)
      const [asking = '', callId = ''] = key.split('.')
      const shared = {
        id: declaredId(key),
        runId: 'run',
        ...(parent === 'run' ? {} : { parentId: declaredId(parent) }),
        attribution: {},
      }
      if (name !== undefined)
        return [
          {
            ...shared,
            kind: 'agent',
            name,
            startedAt: this.#calls.get(key.slice(1))?.exchange.startTime ?? 0,
          },
        ]
      const call = this.#calls.get(asking)
      const asked = call?.reply.find(({ toolCallId }) => toolCallId === callId)
      const id = asked ? { attributes: { 'gen_ai.tool.call.id': callId } } : {}
      return [
        { ...shared, kind: 'tool', name: asked?.name ?? callId, startedAt: call ? endOf(call) : 0, ...id },
      ]
    })
  }

  named(input: TraceInput): TraceInput {
    const parent = this.tree.parents.get(input.exchange.id) ?? 'run'
    if (parent === 'run') return input
    const agent = this.#agentAround(parent)
    const attribution = {
      parent: declaredId(parent),
      ...(agent === undefined ? {} : { agent: this.tree.names.get(agent) ?? '', agentId: declaredId(agent) }),
    }
    return { ...input, exchange: { ...input.exchange, attribution } }
  }

  #agentAround(key: string): string | undefined {
    if (key.startsWith('@')) return key
    const parent = this.tree.parents.get(key)
    return parent === undefined ? undefined : this.#agentAround(parent)
  }
}

function declaredId(key: string): string {
  return `declared-${key.replace('@', 'agent-')}`
}

/** Spans by the keys of labels, steps left out. */
function keysOf(spans: readonly SpanRecord[]): LabelledTree {
  const byId = new Map(spans.map((span) => [span.id, span]))
  const calls = spans.filter(({ call }) => call)
  const around = (span: SpanRecord | undefined): SpanRecord | undefined => {
    const parent = byId.get(span?.parentId ?? '')
    return parent?.kind === 'step' ? around(parent) : parent
  }
  const firstOf = (agent: SpanRecord) =>
    calls
      .filter((call) => around(call) === agent)
      .toSorted((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1))[0]?.id
  const keys = new Map(
    spans.map((span) => [
      span.id,
      span.kind === 'agent' ? `@${firstOf(span)}` : span.id.replace(/^declared-/, ''),
    ]),
  )
  const keyOf = (span: SpanRecord | undefined) =>
    !span || span.kind === 'run' ? 'run' : (keys.get(span.id) ?? '')
  const told = spans.filter(({ kind }) => kind !== 'run' && kind !== 'step')
  return {
    parents: new Map(told.map((span) => [keyOf(span), keyOf(around(span))])),
    names: new Map(told.filter(({ kind }) => kind === 'agent').map((span) => [keyOf(span), span.name])),
  }
}

// The page docs/tree-accuracy.md out of what is right in the trees of the labelled runs.

import { type Judgement, judge, judgeTogether, type LabelledRun, type Sight } from './labelled-run'
import { FRAMEWORK_RUNS } from './labelled-runs/frameworks'
import { HISTORY_RUNS } from './labelled-runs/histories'
import { PATTERN_RUNS } from './labelled-runs/patterns'
import { randomServer } from './labelled-runs/random'
import { SERVER_RUNS } from './labelled-runs/servers'

export const LABELLED_RUNS: readonly LabelledRun[] = [
  ...FRAMEWORK_RUNS,
  ...PATTERN_RUNS,
  ...HISTORY_RUNS,
  ...SERVER_RUNS,
]

const SIGHTS = ['traffic', 'hook', 'api'] as const satisfies readonly Sight[]

export interface Accuracy {
  readonly edges: number
  readonly right: number
}

/** Edges of all labelled runs, each by itself. */
export function accuracyOf(sight: Sight): Accuracy {
  return sumOf(LABELLED_RUNS.map((run) => judge(run, sight)))
}

/** Edges of each labelled run while another one goes on in the same process, for all pairs. */
export function accuracyTogether(sight: Sight): Accuracy {
  const known = together.get(sight)
  if (known) return known
  const judged = LABELLED_RUNS.flatMap((first, index) =>
    LABELLED_RUNS.slice(index + 1).map((second) => judgeTogether([first, second], sight)),
  )
  const accuracy = sumOf(judged)
  together.set(sight, accuracy)
  return accuracy
}

/** Some seconds' work, done once. */
const together = new Map<Sight, Accuracy>()

/** Edges of servers drawn at random. */
export function accuracyOfServers(sight: Sight): Accuracy {
  return sumOf(Array.from({ length: 60 }, (_, seed) => judge(randomServer(seed + 1), sight)))
}

function sumOf(judgements: readonly Judgement[]): Accuracy {
  const sum = (of: (judgement: Judgement) => number) => judgements.reduce((total, one) => total + of(one), 0)
  return { edges: sum(({ edges }) => edges), right: sum(({ right }) => right) }
}

/** `99.2 %`, rounded down: 100 % means all. */
export function percent({ edges, right }: Accuracy): string {
  return `${(Math.floor((1000 * right) / edges) / 10).toFixed(1)} %`
}

/** The whole page, in Markdown. */
export function accuracyPage(): string {
  const rows = LABELLED_RUNS.map((run) => {
    const judged = SIGHTS.map((sight) => judge(run, sight))
    return `| ${[run.name, judged[0]?.edges, ...judged.map(({ right, edges }) => (right === edges ? 'all' : right))].join(' | ')} |`
  })
  const totals = SIGHTS.map((sight) => percent(accuracyOf(sight)))
  return [
    INTRODUCTION,
    '| run | edges | traffic alone | with hooks | with the API |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows,
    `| **all, each by itself** | ${accuracyOf('traffic').edges} | **${totals.join('** | **')}** |`,
    `| all, two at a time in one process | ${accuracyTogether('traffic').edges} | ${percent(accuracyTogether('traffic'))} | ${percent(accuracyTogether('hook'))} | |`,
    `| servers drawn at random | ${accuracyOfServers('traffic').edges} | ${SIGHTS.map((sight) => percent(accuracyOfServers(sight))).join(' | ')} |`,
    '',
  ].join('\n')
}

const INTRODUCTION = `# How right the tree is

Runs whose tree is known, in the shapes that agent frameworks and hand-written programs give to their traffic, and how many edges of the tree are right: which agent made a call, what started an agent, which call asked for a tool. The runs are written by hand (\`test/support/labelled-runs/\`), their texts invented; calls come in by their end, as they do live. Written by \`test/unit/trace/labelled-runs.test.ts\` (\`COSTFLAME_WRITE_TREES=1\`).

- **traffic alone**: no hook, no headers; only requests, replies and their times.
- **with hooks**: call stacks, and which request a server was answering. There a request of a server is an invocation of its own.
- **with the API**: the program declares its agents, and the tools that something runs in.
- **two at a time**: every run while every other one goes on in the same process, begun 330 ms later.
- **servers drawn at random**: 60 servers with up to 6 requests at once, in which tools start other agents, some of them in parallel; 4 in 10 of these are told nothing of the tool's arguments, half of the results do not quote what the agent said, and each agent may run in any request at any time.
`

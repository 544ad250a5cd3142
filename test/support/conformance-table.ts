// The table of docs/conformance.md out of what was found for each recorded exchange. Names no file and no machine.

import type { RecordedRow } from './recorded-corpus'
import type { CostVerdict, Verdict } from './recorded-verdict'

export interface Judged {
  readonly row: RecordedRow
  readonly verdict: Verdict
  readonly cost: CostVerdict
}

/** The whole page, in Markdown. */
export function conformancePage(judged: readonly Judged[]): string {
  const groups = Object.values(Object.groupBy(judged, ({ row }) => groupOf(row))).flatMap((group) =>
    group ? [group] : [],
  )
  const rows = groups.map(tableRow).sort()
  return [
    INTRODUCTION,
    `${sentence(judged)}\n`,
    '| provider | endpoint | stream | exchanges | exact | cost compared | exact | what the others are |',
    '| --- | --- | --- | ---: | ---: | ---: | ---: | --- |',
    ...rows,
    '',
  ].join('\n')
}

const INTRODUCTION = `# Conformance

What an import says of recorded traffic of real providers, against the provider's own usage, bucket by bucket: uncached input, cache reads, cache writes by life, output, and the number of billed inferences. The recordings are HTTP exchanges that the tests of other projects keep; they are not part of this repository. Written by \`test/integration/corpus.test.ts\` (\`COSTFLAME_WRITE_CONFORMANCE=1\`), which maps the provider's fields to buckets with code of its own.

- **exact**: every bucket equals what the provider says; a field that it leaves out is \`null\` with us, never 0.
- **cost compared**: calls for which the provider says the cost itself, or the public catalogue and the providers' list prices agree on it; **exact** then is equal to the pico-dollar.
`

function sentence(judged: readonly Judged[]): string {
  const count = (kind: Verdict['kind']) => judged.filter(({ verdict }) => verdict.kind === kind).length
  const compared = judged.filter(({ cost }) => cost.kind !== 'notCompared')
  const exactCosts = compared.filter(({ cost }) => cost.kind === 'exact').length
  const withUsage = count('exact') + count('inexact')
  return `Of ${judged.length} exchanges ${withUsage} report billed usage: ${count('exact')} are exact. ${exactCosts} of ${compared.length} compared costs are exact.`
}

function groupOf({ provider, endpoint, isStream }: RecordedRow): string {
  return [provider, endpoint, isStream ? 'yes' : 'no'].join(' | ')
}

function tableRow(group: readonly Judged[]): string {
  const [first] = group
  const compared = group.filter(({ cost }) => cost.kind !== 'notCompared')
  const cells = [
    first ? groupOf(first.row) : '',
    group.length,
    group.filter(({ verdict }) => verdict.kind === 'exact').length,
    compared.length,
    compared.filter(({ cost }) => cost.kind === 'exact').length,
    othersOf(group),
  ]
  return `| ${cells.join(' | ')} |`
}

/** `2 × HTTP 404, not billed; 1 × no usage in the reply: unknown`. */
function othersOf(group: readonly Judged[]): string {
  const reasons = group.flatMap(({ verdict, cost }) => [...reasonOf(verdict), ...costReasonOf(cost)])
  return Object.entries(Object.groupBy(reasons, (reason) => reason))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([reason, of = []]) => `${of.length} × ${reason}`)
    .join('; ')
}

function reasonOf(verdict: Verdict): string[] {
  switch (verdict.kind) {
    case 'exact':
      return []
    case 'unbilled':
      return [`not billed: ${verdict.reason}`]
    case 'withoutUsage':
      return ['no usage in the reply: unknown']
    case 'notRead':
      return ['shown as `other`']
    case 'inexact':
      return [`not exact: ${verdict.reason}`]
    default:
      return verdict satisfies never
  }
}

function costReasonOf(cost: CostVerdict): string[] {
  return cost.kind === 'inexact' ? [`cost not exact: ${cost.reason}`] : []
}

// The page docs/proof.md out of what the pairs of agents cost.

import { formatUsd } from '../../profiler-agent/model/money'
import type { Proof } from './proof-rig'

export interface Verdict {
  /** Pico-dollars that the findings of the wasteful run promise. */
  readonly predicted: number
  /** Pico-dollars that the fixed run cost less. */
  readonly realised: number
  /** Difference as a share of what was realised. */
  readonly error: number
}

export function verdictOf({ cause, wasteful, fixed }: Proof): Verdict {
  const predicted = wasteful.findings
    .filter(({ rule }) => rule === `cache/${cause}`)
    .reduce((sum, { saving }) => sum + (saving?.picoUsd ?? 0), 0)
  const realised = wasteful.picoUsd - fixed.picoUsd
  return { predicted, realised, error: realised === 0 ? Number.POSITIVE_INFINITY : predicted / realised - 1 }
}

/** A page without its amounts, which are at the prices of the day. */
export function withoutAmounts(page: string): string {
  return page.replaceAll(/\$[\d.]+/g, '$')
}

/** The whole page, in Markdown. */
export function proofPage(proofs: readonly Proof[]): string {
  return [
    INTRODUCTION,
    '| cause | rule set | wasteful | fixed | predicted | realised | error |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: |',
    ...proofs.map(rowOf),
    '',
  ].join('\n')
}

function rowOf(proof: Proof): string {
  const { cause, set, wasteful, fixed } = proof
  const { predicted, realised, error } = verdictOf(proof)
  const money = [wasteful.picoUsd, fixed.picoUsd, predicted, realised].map((picoUsd) => formatUsd(picoUsd))
  return `| [\`cache/${cause}\`](rules.md) | ${set} | ${money.join(' | ')} | ${percent(error)} |`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1).replace(/^-0\.0$/, '0.0')} %`
}

const INTRODUCTION = `# Proof of the savings

For every cause of a prompt-cache miss that has a fix, a pair of agents (\`test/agents/proof/\`), wasteful and fixed, on each rule set in which the cause can occur. Both run with the provider's own SDK against the embedded model server, whose caches follow the same dated rules as the findings, in code of their own ([simulator](simulator.md)). Amounts are at the prices of the day of writing. **Predicted** is the saving that the finding in the wasteful run promises, **realised** what the fixed run cost less. Agents that have to wait for hours are recorded on the server's clock and imported. \`cache/below-minimum\`, \`cache/evicted\` and \`cache/unknown\` have no fix and are not here. Written by \`test/integration/proof.test.ts\` (\`COSTFLAME_WRITE_PROOF=1\`).
`

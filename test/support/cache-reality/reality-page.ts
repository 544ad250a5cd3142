// The page docs/cache-reality.md out of what was found for each recorded chain. Names no file and no machine.
import type { JudgedChain } from './cache-reality'
import type { JudgedTurn, Verdict } from './cache-verdict'

const INTRODUCTION = `# The embedded server's caches and reality

Every recorded chain of calls in which a provider's prompt cache was read or written, sent to the embedded server ([simulator.md](simulator.md)) in its order and at its times, and what was read from and written to the cache: as the provider reported it, and as the server does. The recordings are HTTP exchanges that the tests of other projects keep; they are not part of this repository. Written by \`test/integration/cache-reality.test.ts\` (\`COSTFLAME_WRITE_CACHE_REALITY=1\`).

The server counts tokens with a tokenizer that is not the provider's. For each chain its counts are scaled until its prompts are as long as the provider says. Then:

- **equal**: what was read is the same, to one increment of the cache (128 tokens at OpenAI and DeepSeek). Where caches have breakpoints, the same breakpoint was read and the same one written; its length must be, to the token, what the provider itself had reported of it before, or within 5 % of the server's where it had not.
- **warm**: equal, if the same call had been made once before the recording began, as it had when a test was recorded again.
- Anything else has a reason, which the test checks against the numbers and the requests.
`

/** The whole page, in Markdown. */
export function realityPage(chains: readonly JudgedChain[]): string {
  const replayed = chains.filter(({ turns }) => turns.length > 0)
  const others = chains.filter(({ turns }) => turns.length === 0)
  return [
    INTRODUCTION,
    `${sentence(replayed)}\n`,
    '| API | model | calls | recorded: read + written | server: read + written | verdict |',
    '| --- | --- | ---: | --- | --- | --- |',
    ...replayed.map(chainRow).sort(),
    '',
    '## Not replayed',
    '',
    '| API | chains | why |',
    '| --- | ---: | --- |',
    ...otherRows(others),
    '',
  ].join('\n')
}

function sentence(chains: readonly JudgedChain[]): string {
  const turns = chains.flatMap((chain) => chain.turns)
  const of = (kind: Verdict['kind']) => turns.filter(({ verdict }) => verdict.kind === kind).length
  const whole = chains.filter((chain) => chain.turns.every(isAlike)).length
  return `${chains.length} chains with ${turns.length} calls: ${whole} chains agree in every call; ${of('equal')} calls are equal, ${of('warm')} equal once warm, ${of('explained')} are not for the reason given, ${of('unexplained')} for none.`
}

function isAlike({ verdict }: JudgedTurn): boolean {
  return verdict.kind === 'equal' || verdict.kind === 'warm'
}

function chainRow({ turns }: JudgedChain): string {
  const models = new Set(turns.map(({ turn }) => turn.row.model))
  const cells = [
    apiOf(turns.map(({ turn }) => turn)),
    [...models].join(', '),
    turns.length,
    turns.map(({ turn }) => `${turn.read}+${turn.written}`).join(' · '),
    turns.map(serverSaid).join(' · '),
    verdictOf(turns),
  ]
  return `| ${cells.join(' | ')} |`
}

function serverSaid({ replayed, verdict }: JudgedTurn): string {
  const { read, written } = (verdict.kind === 'warm' && replayed.again) || replayed
  return `${read}+${written}`
}

/** Verdicts with the numbers of their calls, where there are several. */
function verdictOf(turns: readonly JudgedTurn[]): string {
  const words = turns.map(({ verdict }) => ('reason' in verdict ? verdict.reason : verdict.kind))
  const groups = Map.groupBy(
    words.map((word, index) => ({ word, call: index + 1 })),
    ({ word }) => word,
  )
  if (groups.size === 1) return words[0] ?? ''
  return [...groups].map(([word, calls]) => `${calls.map(({ call }) => call).join(', ')}: ${word}`).join('; ')
}

function otherRows(chains: readonly JudgedChain[]): string[] {
  const groups = Map.groupBy(chains, ({ chain, reason }) => `${apiOf(chain.turns)} | ${reason}`)
  return [...groups]
    .map(([key, group]) => {
      const [api, reason] = key.split(' | ')
      return `| ${api} | ${group.length} | ${reason} |`
    })
    .sort()
}

function apiOf(turns: JudgedChain['chain']['turns']): string {
  return [...new Set(turns.map(({ row }) => `${row.provider} ${row.endpoint}`))].join(', ')
}

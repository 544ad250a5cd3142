// Runs the pairs of agents in agents/proof against the embedded model server and tells what each run cost and what was found in it.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../../profiler-agent/model/finding'
import type { Run } from '../../profiler-agent/model/span'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { loadAgentSdk } from './agent-sdks'
import { Playground } from './costflame'
import { tokenizerFolder } from './tokenizer-folder'

export type RuleSet = 'anthropic' | 'openai-5.4' | 'openai-5.6' | 'gemini' | 'deepseek'

type Ask = (request: object) => Promise<unknown>

interface Client {
  readonly baseUrl: string
  readonly key: string
  readonly fetch?: typeof fetch
}

interface PairOptions {
  readonly isFixed: boolean
  readonly name: RuleSet
  /** True where prompts are cached only up to a mark. */
  readonly marks: boolean
  readonly wait: (minutes: number) => void
}

interface Pair {
  readonly sets: readonly RuleSet[]
  readonly isTimed?: boolean
  readonly run: (ask: Ask, options: PairOptions) => Promise<void>
}

const { PAIRS } = loadAgentSdk<{ PAIRS: Readonly<Record<string, Pair>> }>('./proof/pairs.mjs')

/** How the provider's SDK is pointed at a proxy or a server: what follows the provider's own part of the address. */
const ROUTES = {
  anthropic: { provider: 'anthropic', suffix: '' },
  'openai-5.4': { provider: 'openai', suffix: '/v1' },
  'openai-5.6': { provider: 'openai', suffix: '/v1' },
  gemini: { provider: 'google', suffix: '' },
  deepseek: { provider: 'deepseek', suffix: '' },
} as const satisfies Record<RuleSet, { provider: string; suffix: string }>

export type Variant = 'wasteful' | 'fixed'

export interface Trial {
  readonly cause: string
  readonly set: RuleSet
}

/** Every cause with every rule set in which it can occur. */
export const TRIALS: readonly Trial[] = Object.entries(PAIRS).flatMap(([cause, { sets }]) =>
  sets.map((set) => ({ cause, set })),
)

export interface Outcome {
  readonly picoUsd: number
  readonly findings: readonly Finding[]
}

/** What both agents of a trial cost, and what was found. */
export interface Proof extends Trial {
  readonly wasteful: Outcome
  readonly fixed: Outcome
}

/** Runs all trials: through `costflame serve`, those that need hours through recordings and `costflame import`. */
export async function proveAll(trials: readonly Trial[] = TRIALS): Promise<Proof[]> {
  const rig = await ProofRig.start()
  try {
    return await rig.prove(trials)
  } finally {
    await rig.end()
  }
}

const VARIANTS = ['wasteful', 'fixed'] as const satisfies readonly Variant[]

class ProofRig {
  private constructor(
    readonly playground: Playground,
    readonly clock: { shiftMs: number },
    readonly simulator: Simulator,
  ) {}

  static async start(): Promise<ProofRig> {
    const { count } = await loadTokenizer(tokenizerFolder())
    const clock = { shiftMs: 0 }
    const simulator = await startSimulator({
      port: 0,
      countTokens: count,
      now: () => Date.now() + clock.shiftMs,
      script: {
        replies: [
          ...Array.from({ length: 7 }, (_, step) => ({
            when: { lastUserContains: `Report ${step}:` },
            text: `Report ${step} is read.`,
            times: Number.POSITIVE_INFINITY,
          })),
          // Long enough for all that is asked at once to come before the first answer, on any machine.
          {
            when: { lastUserContains: 'At once:' },
            text: 'Done.',
            times: Number.POSITIVE_INFINITY,
            latencyMs: 3_100,
            firstTokenMs: 3_000,
          },
          { text: 'Done.', times: Number.POSITIVE_INFINITY },
        ],
        pace: { latencyMs: 10, firstTokenMs: 5, chunks: 1 },
        otherwise: 'error',
      },
    })
    return new ProofRig(new Playground(), clock, simulator)
  }

  async prove(trials: readonly Trial[]): Promise<Proof[]> {
    const isTimed = ({ cause }: Trial) => PAIRS[cause]?.isTimed === true
    await this.#live(trials.filter((trial) => !isTimed(trial)))
    for (const trial of trials.filter(isTimed)) await this.#recorded(trial)
    const runs = await this.playground.exported('all')
    return trials.map((trial) => ({
      ...trial,
      wasteful: outcomeOf(runs, runId(trial, 'wasteful')),
      fixed: outcomeOf(runs, runId(trial, 'fixed')),
    }))
  }

  async #live(trials: readonly Trial[]): Promise<void> {
    const trialsByCause = Map.groupBy(trials, ({ cause }) => cause).values()
    const upstreams = [...new Set(Object.values(ROUTES).map(({ provider }) => provider))]
    const { child, ended, ready } = await this.playground.serve(
      ...upstreams.flatMap((provider) => ['--upstream', `${provider}=${this.#upstream(provider)}`]),
    )
    const run = (trial: Trial) =>
      Promise.all(
        VARIANTS.map((variant) => {
          const { provider, suffix } = ROUTES[trial.set]
          return runPair(trial, variant, {
            baseUrl: `${ready.proxy}/r/${runId(trial, variant)}/${provider}${suffix}`,
            key: `key-of-${runId(trial, variant)}`,
          })
        }),
      )
    for (const trials of trialsByCause) await Promise.all(trials.map(run))
    child.kill('SIGTERM')
    const { code, stderr } = await ended
    if (code !== 0) throw new Error(stderr)
  }

  /** Waits on the server's clock; the times of the calls are those in the recorded `date` headers. */
  async #recorded(trial: Trial): Promise<void> {
    for (const variant of VARIANTS) {
      const exchanges: object[] = []
      const { provider, suffix } = ROUTES[trial.set]
      // A recording is of the past, and ends there.
      this.clock.shiftMs = -RECORDED_AGO_MS
      const wait = (minutes: number) => {
        this.clock.shiftMs += minutes * 60_000
      }
      const client = {
        baseUrl: `${this.#upstream(provider)}${suffix}`,
        key: `key-of-${runId(trial, variant)}`,
        fetch: recordingFetch(exchanges, ORIGINS[provider] ?? '', this.#upstream(provider)),
      }
      await runPair(trial, variant, client, wait)
      const name = `${runId(trial, variant)}.json`
      writeFileSync(join(this.playground.path, name), JSON.stringify({ exchanges }))
      const { code, stderr } = await this.playground.run(['import', '--format', 'exchanges', name])
      if (code !== 0) throw new Error(stderr)
    }
  }

  /** The model server as one provider. */
  #upstream(provider: string): string {
    return provider === 'deepseek' ? `${this.simulator.url}/deepseek` : this.simulator.url
  }

  async end(): Promise<void> {
    await this.simulator.close()
    await this.playground.remove()
  }
}

const RECORDED_AGO_MS = 24 * 60 * 60_000

const ORIGINS: Readonly<Record<string, string>> = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com',
}

function runId({ cause, set }: Trial, variant: Variant): string {
  return `${cause}.${set}.${variant}`
}

async function runPair(
  { cause, set }: Trial,
  variant: Variant,
  client: Client,
  wait: (minutes: number) => void = () => undefined,
): Promise<void> {
  const { PROVIDERS } = loadAgentSdk<{ PROVIDERS: Readonly<Record<RuleSet, (client: Client) => Ask>> }>(
    './proof/providers.mjs',
  )
  const marks = set === 'anthropic' || set === 'openai-5.6'
  await PAIRS[cause]?.run(PROVIDERS[set](client), {
    isFixed: variant === 'fixed',
    name: set,
    marks,
    wait,
  })
}

/** A `fetch` that writes each exchange down as if it had been with the provider itself. */
function recordingFetch(exchanges: object[], origin: string, upstream: string): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const requestBody = await request.clone().text()
    const response = await fetch(request)
    exchanges.push({
      method: request.method,
      url: request.url.replace(upstream, origin),
      request_headers: Object.fromEntries(request.headers),
      request_body: requestBody,
      status: response.status,
      response_headers: Object.fromEntries(response.headers),
      response_body: await response.clone().text(),
    })
    return response
  }
}

function outcomeOf(runs: readonly Run[], id: string): Outcome {
  const run = runs.find(({ id: known, name }) => known === id || name.includes(id))
  if (!run) throw new Error(`no run ${id}`)
  if (run.totals.cost === null || run.totals.unpricedCalls > 0) throw new Error(`${id} is not priced`)
  return { picoUsd: run.totals.cost.picoUsd, findings: run.findings }
}

// Runs an agent of test/agents/sdks beside the stand-ins of its providers: alone, under `costflame run`, and under it without the hook.

import { spawn } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import type { Run, Span } from '../../profiler-agent/model/span'
import { BedrockServer, type SignedCall } from './bedrock-server'
import { type Ended, Playground } from './costflame'
import { AGENTS, TSX } from './hooked-program'
import type { Buckets } from './recorded-usage'
import { inRepository } from './repository'
import { SdkProviders } from './sdk-providers'
import type { SdkCase } from './sdk-table'
import { TEST_CERTIFICATE } from './test-certificate'

const FOLDER = join(AGENTS, 'sdks')
/** Stands in for DNS and the provider's certificate. */
const OTHER_HOSTS = inRepository('test', 'support', 'other-hosts.mjs')

/** The Node of the tests first: tsx takes the one on PATH. */
const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter)
const KEYS = {
  OPENAI_API_KEY: 'sk-test-0123456789',
  ANTHROPIC_API_KEY: 'sk-ant-test-0123456789',
  GEMINI_API_KEY: 'gemini-test-0123456789',
  GOOGLE_GENERATIVE_AI_API_KEY: 'gemini-test-0123456789',
  MISTRAL_API_KEY: 'mistral-test-0123456789',
  CO_API_KEY: 'cohere-test-0123456789',
  COHERE_API_KEY: 'cohere-test-0123456789',
  AWS_REGION: 'us-east-1',
}
const SIGNING_KEYS = {
  AWS_ACCESS_KEY_ID: 'AKIATESTTESTTESTTEST',
  AWS_SECRET_ACCESS_KEY: 'test-secret-0123456789',
  AWS_SESSION_TOKEN: 'canary-session-token-0123',
}
const BEARER_KEY = { AWS_BEARER_TOKEN_BEDROCK: 'bedrock-api-key-0123456789' }

/** As the provider said them; `null` where it did not. */
export type Tokens = Pick<Buckets, 'uncached' | 'read' | 'written' | 'output'>

/** Stand-ins of every provider, and a user's repository to run in. */
export class SdkBench {
  private constructor(
    readonly playground: Playground,
    readonly providers: SdkProviders,
    readonly bedrock: BedrockServer,
  ) {}

  static async start(): Promise<SdkBench> {
    const playground = new Playground({ 'ca.pem': TEST_CERTIFICATE })
    return new SdkBench(playground, await SdkProviders.start(), await BedrockServer.start())
  }

  async stop(): Promise<void> {
    await this.providers.stop()
    this.bedrock.stop()
    await this.playground.remove()
  }

  /** Without Costflame. */
  async alone(sdk: SdkCase): Promise<Ended> {
    const [command = '', ...args] = commandOf(sdk)
    const environment = { ...this.#environment(sdk), ...this.#hosts(), ...this.#bedrockHost() }
    const child = spawn(command, args, { cwd: this.playground.path, env: environment })
    const said = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        said[name] += text
      })
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve({ code, signal, ...said }))
    })
  }

  /** Under `costflame run`. Without the hook, calls that no variable led to the proxy reach the stand-ins all the same. */
  async profiled(sdk: SdkCase, { hook = true } = {}): Promise<Ended> {
    const upstreams = {
      ...this.providers.origins(),
      ...(isSigned(sdk) ? {} : { bedrock: this.bedrock.origin }),
    }
    const named = Object.entries(upstreams).flatMap(([provider, url]) => ['--upstream', `${provider}=${url}`])
    const environment = {
      ...this.#environment(sdk),
      ...(isSigned(sdk) ? this.#bedrockHost() : {}),
      ...(hook ? {} : this.#hosts()),
    }
    const options = [...named, ...(hook ? [] : ['--no-hook'])]
    return this.playground.run(['run', ...options, '--', ...commandOf(sdk)], environment)
  }

  /** What was said of each call so far, in their order. */
  said(): Tokens[] {
    const others = this.providers.said.map(({ uncached, read, written, output }) => {
      return { uncached, read, written, output }
    })
    return [...others, ...this.bedrock.calls.map(saidByBedrock)]
  }

  #environment(sdk: SdkCase): Record<string, string> {
    const ca = { NODE_EXTRA_CA_CERTS: join(this.playground.path, 'ca.pem') }
    return { PATH, ...KEYS, ...(isSigned(sdk) ? SIGNING_KEYS : BEARER_KEY), ...ca }
  }

  #hosts(): Record<string, string> {
    return { NODE_OPTIONS: `--import ${OTHER_HOSTS}`, TEST_HOSTS: JSON.stringify(this.providers.hosts()) }
  }

  #bedrockHost(): Record<string, string> {
    return { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: this.bedrock.origin }
  }
}

/** What the stand-in counts, whatever it is asked. */
function saidByBedrock({ path }: SignedCall): Tokens {
  const counts = path.endsWith('-stream') ? { uncached: 200, output: 30 } : { uncached: 100, output: 20 }
  return { ...counts, read: null, written: null }
}

const isSigned = ({ means }: SdkCase): boolean => means === 'copy'

function commandOf({ agent, args = [] }: SdkCase): string[] {
  return [agent.endsWith('.ts') ? TSX : process.execPath, agentFile(agent), ...args]
}

/** Absolute path of a program. */
export function agentFile(agent: string): string {
  return join(FOLDER, agent)
}

/** By start, then by end. */
export function byTime(left: Span, right: Span): number {
  return left.startTime.localeCompare(right.startTime) || left.endTime.localeCompare(right.endTime)
}

/**
 * Spans below the run, indented, children by time: `agent NAME`, `step N`, `tool NAME`, `chat MODEL [streamed] PLACE`, where `placeOf`
 * says where the call was made. What is no model call is left out: OpenAI Agents tells its traces when it likes.
 */
export function treeOf({ spans }: Run, placeOf: (span: Span) => string): string {
  const root = spans.find(({ kind }) => kind === 'run')
  const draw = (parentId: string, depth: number): string[] =>
    spans
      .filter((span) => span.parentId === parentId && span.kind !== 'other')
      .sort(byTime)
      .flatMap((span) => [`${'  '.repeat(depth)}${titleOf(span, placeOf)}`, ...draw(span.id, depth + 1)])
  return root ? draw(root.id, 0).join('\n') : ''
}

function titleOf(span: Span, placeOf: (span: Span) => string): string {
  const { kind, name, modelCall } = span
  if (modelCall === undefined) return name.startsWith(kind) ? name : `${kind} ${name}`
  return [kind, modelCall.requestModel, ...(modelCall.stream ? ['streamed'] : []), placeOf(span)].join(' ')
}

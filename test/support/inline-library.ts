// The desks of agents/inline-*, as a user has them in a repository, and a model server that says what each of them was billed.
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { decodeScript } from '../../profiler-agent/simulator/script-decoder'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { type Bill, BilledUpstream } from './billed-upstream'
import { PYTHON } from './python'
import { inRepository } from './repository'

export type LibraryLanguage = 'typescript' | 'python'

/** Each desk asks a model of its own, so that the bill of a model is the bill of a desk. */
const DESK_MODELS = {
  catalogue: 'gpt-5.4',
  loans: 'gpt-5.5',
  fines: 'claude-sonnet-4-6',
  notices: 'claude-sonnet-5',
  letters: 'claude-opus-4-8',
  stock: 'claude-opus-5',
} as const satisfies Readonly<Record<string, string>>

export type Desk = keyof typeof DESK_MODELS

export const DESKS: readonly Desk[] = ['catalogue', 'loans', 'fines', 'notices', 'letters', 'stock']

/** Pico-dollars a token, from the providers' price lists of November 2026. */
const PRICES: Readonly<Record<Desk, Readonly<Record<keyof Bill, number>>>> = {
  catalogue: { uncached: 2_500_000, read: 250_000, written: 0, output: 15_000_000 },
  loans: { uncached: 5_000_000, read: 500_000, written: 0, output: 30_000_000 },
  fines: { uncached: 3_000_000, read: 300_000, written: 3_750_000, output: 15_000_000 },
  notices: { uncached: 2_000_000, read: 200_000, written: 2_500_000, output: 10_000_000 },
  letters: { uncached: 5_000_000, read: 500_000, written: 6_250_000, output: 25_000_000 },
  stock: { uncached: 5_000_000, read: 500_000, written: 6_250_000, output: 25_000_000 },
}

/** Tokens that do not overlap, and what they cost together. */
export interface DeskBill extends Bill {
  readonly picoUsd: number
}

const PARTS = ['uncached', 'read', 'written', 'output'] as const
const NOTHING: Bill = { uncached: 0, read: 0, written: 0, output: 0 }

function folderOf(language: LibraryLanguage): string {
  return inRepository('test', 'agents', `inline-${language}`)
}

/** What runs all desks of a library, from its folder. */
export const LIBRARY_COMMANDS: Readonly<Record<LibraryLanguage, readonly [string, string]>> = {
  typescript: [process.execPath, 'library.ts'],
  python: [PYTHON, 'library.py'],
}

/** The files of a library by relative path. */
export function libraryFiles(language: LibraryLanguage): Record<string, string> {
  const folder = folderOf(language)
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
    .map(({ parentPath, name }) => join(parentPath, name))
  return Object.fromEntries(names.map((name) => [name.slice(folder.length + 1), readFileSync(name, 'utf8')]))
}

/** What `npm install` would leave in the workspace. */
export function installSdks(workspace: string): void {
  const modules = join(workspace, 'node_modules')
  mkdirSync(modules)
  symlinkSync(inRepository(), join(modules, 'costflame'), 'dir')
  for (const name of ['openai', '@anthropic-ai'])
    symlinkSync(inRepository('test', 'agents', 'node_modules', name), join(modules, name), 'dir')
}

/** The embedded model server, and what it billed. */
export class LibraryModels {
  #before: ReadonlyMap<string, Bill> = new Map()
  #key = 0

  private constructor(
    readonly simulator: Simulator,
    readonly upstream: BilledUpstream,
  ) {}

  static async start(): Promise<LibraryModels> {
    const { count } = await loadTokenizer(inRepository('dist'))
    const file = join(folderOf('typescript'), 'library.script.json')
    const script = decodeScript(readFileSync(file, 'utf8'), file)
    const simulator = await startSimulator({ port: 0, countTokens: count, script })
    return new LibraryModels(simulator, await BilledUpstream.start(simulator.url))
  }

  /** Where SDKs find the models. */
  get addresses(): Readonly<Record<string, string>> {
    const { url } = this.upstream
    return { OPENAI_BASE_URL: `${url}/v1`, ANTHROPIC_BASE_URL: url }
  }

  /** Keys that nobody has used before: their caches are empty. */
  newKeys(): Readonly<Record<string, string>> {
    this.#key++
    const key = `demo-0123456789-${this.#key}`
    return { OPENAI_API_KEY: `sk-${key}`, ANTHROPIC_API_KEY: `sk-ant-${key}` }
  }

  /** What each desk was billed since this was asked last. */
  takeBills(): ReadonlyMap<Desk, DeskBill> {
    const bills = new Map(DESKS.map((desk) => [desk, this.#billOf(desk)]))
    this.#before = new Map(this.upstream.bills)
    return bills
  }

  #billOf(desk: Desk): DeskBill {
    const now = this.upstream.bills.get(DESK_MODELS[desk]) ?? NOTHING
    const then = this.#before.get(DESK_MODELS[desk]) ?? NOTHING
    const bill = {
      uncached: now.uncached - then.uncached,
      read: now.read - then.read,
      written: now.written - then.written,
      output: now.output - then.output,
    }
    return { ...bill, picoUsd: PARTS.reduce((sum, part) => sum + bill[part] * PRICES[desk][part], 0) }
  }

  async close(): Promise<void> {
    await this.upstream.close()
    await this.simulator.close()
  }
}

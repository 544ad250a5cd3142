// A user's repository with the larger demo agents in it, profiled before anybody opens it in VS Code.
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Run } from '../../profiler-agent/model/span'
import { decodeScript } from '../../profiler-agent/simulator/script-decoder'
import { startSimulator } from '../../profiler-agent/simulator/server'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { Playground } from './costflame'
import { inRepository } from './repository'

export type DemoAgent = 'coding-agent' | 'support-desk'

export class DemoWorkspace {
  readonly #playground: Playground

  /** Each agent in a folder of its name, and what they import. */
  constructor() {
    this.#playground = new Playground({ ...filesOf('coding-agent'), ...filesOf('support-desk') })
    const modules = join(this.path, 'node_modules')
    mkdirSync(modules)
    symlinkSync(inRepository(), join(modules, 'costflame'), 'dir')
    for (const name of ['openai', '@anthropic-ai'])
      symlinkSync(inRepository('test', 'agents', 'node_modules', name), join(modules, name), 'dir')
  }

  get path(): string {
    return this.#playground.path
  }

  write(files: Readonly<Record<string, string>>) {
    this.#playground.write(files)
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), 'utf8')
  }

  /** Runs an agent to its end under the profiler, before a model server that plays its script. */
  async profile(agent: DemoAgent, ...flags: readonly string[]): Promise<void> {
    const { count } = await loadTokenizer(inRepository('dist'))
    const script = decodeScript(this.read(`${agent}/${agent}.script.json`), agent)
    const simulator = await startSimulator({ port: 0, countTokens: count, script })
    try {
      const args = ['run', ...flags, '--', process.execPath, `${agent}/${agent}.mjs`]
      const { code, stderr } = await this.#playground.run(args, {
        ...{ OPENAI_BASE_URL: `${simulator.url}/v1`, OPENAI_API_KEY: 'sk-demo-0123456789' },
        ...{ ANTHROPIC_BASE_URL: simulator.url, ANTHROPIC_API_KEY: 'sk-ant-demo-0123456789' },
      })
      assert.equal(code, 0, stderr)
    } finally {
      await simulator.close()
    }
  }

  /** What was profiled of an agent, newest first, as exported. */
  async runsOf(agent: DemoAgent): Promise<readonly Run[]> {
    const runs = await this.#playground.exported('all')
    return runs
      .filter(({ name }) => name.includes(agent))
      .sort((a, b) => b.startTime.localeCompare(a.startTime))
  }

  remove(): Promise<void> {
    return this.#playground.remove()
  }
}

function filesOf(agent: DemoAgent): Record<string, string> {
  const folder = inRepository('test', 'agents', agent)
  const names = readdirSync(folder).filter((name) => name !== 'node_modules')
  return Object.fromEntries(
    names.map((name) => [`${agent}/${name}`, readFileSync(join(folder, name), 'utf8')]),
  )
}

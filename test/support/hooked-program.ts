// Runs a program of test/agents as a user would under Costflame: its environment points at a proxy, the built hook is loaded.

import { type ChildProcess, spawn } from 'node:child_process'
import { delimiter, dirname, join, resolve } from 'node:path'
import { profiledEnvironment } from '../../profiler-agent/capture/hooks/environment'
import { DebuggerClient } from './debugger-client'

export const AGENTS = resolve('test/agents')
export const CALL_SITES = join(AGENTS, 'callsites')
export const HOOK = resolve('dist/hooks/node.cjs')
/** The Node that the programs run on; `COSTFLAME_TEST_NODE` names another one. */
export const NODE = process.env.COSTFLAME_TEST_NODE ?? process.execPath
export const TSX = join(AGENTS, 'node_modules/.bin/tsx')

export interface Program {
  /** Arguments of node, or of `command`. */
  readonly args: readonly string[]
  readonly command?: string
  readonly cwd?: string
  readonly debug?: boolean | { readonly breakpoint: { readonly file: string; readonly line: number } }
  readonly environment?: Readonly<Record<string, string>>
}

export interface Finished {
  readonly exitCode: number | null
  readonly stdout: string
  /** Without what Node itself says about its debugger. */
  readonly stderr: string
  readonly debugger: DebuggerClient | undefined
}

export interface Endpoints {
  readonly proxy: string
  readonly provider: string
}

/** What a user's shell would have, SDK base URLs at `provider`, and on top what Costflame sets. */
export function hookedEnvironment({ proxy, provider }: Endpoints): Record<string, string> {
  const environment = {
    PATH: `${dirname(NODE)}${delimiter}${process.env.PATH ?? ''}`,
    HOME: process.env.HOME ?? '',
    OPENAI_API_KEY: 'sk-test',
    ANTHROPIC_API_KEY: 'sk-ant-test',
    OPENAI_BASE_URL: `${provider}/v1`,
    ANTHROPIC_BASE_URL: provider,
  }
  const { variables } = profiledEnvironment({ environment, proxy, token: 'test-token', hookFile: HOOK })
  return { ...environment, ...variables }
}

/** Runs the program to its end. */
export async function runProgram(program: Program, endpoints: Endpoints): Promise<Finished> {
  const isDebugged = program.debug !== undefined && program.debug !== false
  const inspect = isDebugged ? ['--inspect-brk=127.0.0.1:0'] : []
  const child = spawn(program.command ?? NODE, [...inspect, ...program.args], {
    cwd: program.cwd ?? CALL_SITES,
    env: { ...hookedEnvironment(endpoints), ...program.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const breakpoint = typeof program.debug === 'object' ? program.debug.breakpoint : undefined
  return finish(child, (url) => new DebuggerClient(url, breakpoint))
}

function finish(child: ChildProcess, attach: (url: string) => DebuggerClient): Promise<Finished> {
  const output = { stdout: '', stderr: '' }
  let client: DebuggerClient | undefined
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk
    const url = /Debugger listening on (ws:\S+)\n/.exec(output.stderr)?.[1]
    if (url !== undefined && client === undefined) client = attach(url)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => {
      client?.close()
      resolve({ exitCode, stdout: output.stdout, stderr: withoutInspector(output.stderr), debugger: client })
    })
  })
}

const INSPECTOR_LINES =
  /^(?:Debugger (?:listening on|attached|ending on)|For help, see: https:\/\/nodejs|Waiting for the debugger to disconnect).*\n/gm

function withoutInspector(stderr: string): string {
  return stderr.replace(INSPECTOR_LINES, '')
}

// Runs the `run:` steps of a GitHub workflow as its runner would, without the service: bash, GITHUB_ENV, a summary, `!cancelled()`.

import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import * as z from 'zod'

const env = z.record(z.string(), z.string()).optional()
const step = z.looseObject({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  env,
})
const workflow = z.looseObject({
  name: z.string(),
  on: z.unknown(),
  jobs: z.record(z.string(), z.looseObject({ 'runs-on': z.string(), env, steps: z.array(step).min(1) })),
})

export type Step = z.infer<typeof step>
export interface Job {
  readonly env: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
}

/** The one job of a workflow file. Throws where the file is no workflow with one job. */
export function jobOf(text: string): Job {
  const [job, ...others] = Object.values(workflow.parse(load(text)).jobs)
  if (!job || others.length > 0) throw new Error('the workflow has not exactly one job')
  return { env: job.env ?? {}, steps: job.steps }
}

export interface StepResult {
  readonly name: string
  readonly code: number | null
  /** stdout and stderr. */
  readonly output: string
}

export interface JobResult {
  readonly steps: readonly StepResult[]
  readonly summary: string
}

/**
 * Runs the steps in `folder`, in order; after one that failed only those with `if: ${{ !cancelled() }}`. Steps that use an action
 * are left out. What a step leaves running is ended with the job. `values` replaces expressions, `${{ github.token }}`.
 */
export async function runJob(
  { env: jobEnv, steps }: Job,
  folder: string,
  environment: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>,
): Promise<JobResult> {
  const files = { GITHUB_ENV: join(folder, 'github-env'), GITHUB_STEP_SUMMARY: join(folder, 'summary.md') }
  for (const file of Object.values(files)) writeFileSync(file, '')
  const results: StepResult[] = []
  const groups: number[] = []
  try {
    for (const { name = '', run, if: condition, env: stepEnv } of steps) {
      const hasFailed = results.some(({ code }) => code !== 0)
      if (run === undefined || (hasFailed && !condition?.includes('!cancelled()'))) continue
      const told = Object.fromEntries(
        Object.entries({ ...jobEnv, ...stepEnv }).map(([key, value]) => [key, filled(value, values)]),
      )
      const env = { ...environment, ...files, ...exported(files.GITHUB_ENV), ...told }
      results.push({ name, ...(await runStep(filled(run, values), { folder, env, groups })) })
    }
  } finally {
    for (const group of groups) endGroup(group)
  }
  return { steps: results, summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8') }
}

interface StepOptions {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly groups: number[]
}

/** What the step leaves running keeps its output open: that goes into a file, and only the shell is waited for. */
function runStep(script: string, { folder, env, groups }: StepOptions): Promise<Omit<StepResult, 'name'>> {
  const log = join(folder, `step-${groups.length}.log`)
  const output = openSync(log, 'w')
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      ...{ cwd: folder, env, detached: true },
      stdio: ['ignore', output, output],
    })
    closeSync(output)
    if (child.pid !== undefined) groups.push(child.pid)
    child.once('error', reject)
    child.once('exit', (code) => resolve({ code, output: readFileSync(log, 'utf8') }))
  })
}

function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // All of it has ended.
  }
}

/** `NAME=value` lines. */
function exported(file: string): Record<string, string> {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)))
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{\s*([^}]*?)\s*\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`the workflow asks for ${name}`)
    return value
  })
}

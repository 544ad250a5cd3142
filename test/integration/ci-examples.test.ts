// The example workflows of docs/ci, executed: a real agent against the embedded model server, recorded and held against its budget.

import assert from 'node:assert/strict'
import { chmodSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { COSTFLAME, Playground } from '../support/costflame'
import { inRepository } from '../support/repository'
import { jobOf, runJob } from '../support/workflow'

/** The repository of the example, with the commands that a CI machine has: ours as built, others that only say they were called. */
class ExampleRepository extends Playground {
  readonly environment: Readonly<Record<string, string>>

  constructor() {
    super()
    cpSync(inRepository('docs', 'ci', 'example'), this.path, { recursive: true })
    this.#command('costflame', `exec "${process.execPath}" "${COSTFLAME}" "$@"`)
    for (const name of ['npm', 'gh']) this.#command(name, `echo "${name} $*" >> "$HOME/called.txt"`)
    const path = [join(this.path, 'bin'), dirname(process.execPath), process.env.PATH ?? ''].join(delimiter)
    this.environment = { PATH: path, HOME: this.path }
  }

  /** Makes each prompt 200 words longer. */
  regress(): void {
    const agent = join(this.path, 'agent.mjs')
    const text = readFileSync(agent, 'utf8')
    const longer = text.replace("'You are", `'${'Be very polite to everybody. '.repeat(40)}You are`)
    assert.notEqual(longer, text)
    writeFileSync(agent, longer)
  }

  called(): string {
    const file = join(this.path, 'called.txt')
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }

  #command(name: string, script: string): void {
    this.write({ [`bin/${name}`]: `#!/bin/sh\n${script}\n` })
    chmodSync(join(this.path, 'bin', name), 0o755)
  }
}

describe('examples for CI', function () {
  this.timeout(180_000)
  let repository: ExampleRepository

  beforeEach(() => {
    repository = new ExampleRepository()
  })
  afterEach(() => repository.remove())

  describe('check.sh', () => {
    const script = inRepository('docs', 'ci', 'check.sh')
    const run = async () => {
      const job = { env: {}, steps: [{ name: 'check', run: `sh "${script}"` }] }
      const [result] = (await runJob(job, repository.path, repository.environment, {})).steps
      assert.ok(result)
      return result
    }

    it('passes within the limits', async () => {
      const { code, output } = await run()
      assert.equal(code, 0, output)
      assert.match(output, /3 .*\(1 run, \.costflame\/budgets\.jsonc\)/)
    })

    it('fails beyond them, and names the limit, the growth and the line', async () => {
      repository.regress()
      const { code, output } = await run()
      assert.equal(code, 1, output)
      assert.match(output, /^over: /m)
      assert.match(
        output,
        /^over {2}order-desk {2}totalTokens {2}p95 \d{3} of 540 \(6 invocations\) {2}\.costflame\/budgets\.jsonc:7:39\n +tokens per call \+\d{3} an invocation \(100 % at agent\.mjs:19\)$/m,
      )
    })
  })

  describe('github-workflow.yml', () => {
    const job = jobOf(readFileSync(inRepository('docs', 'ci', 'github-workflow.yml'), 'utf8'))
    const run = () =>
      runJob(job, repository.path, repository.environment, {
        'github.token': 'a-token',
        'github.event.pull_request.number': '7',
      })
    const codes = (steps: readonly { readonly name: string; readonly code: number | null }[]) =>
      steps.map(({ name, code }) => [name, code])

    it('is silent where nothing got worse', async () => {
      const { steps, summary } = await run()
      assert.deepEqual(
        codes(steps),
        [
          ['Install', 0],
          ['Start the model server', 0],
          ['Record the agent', 0],
          ['Check the budgets', 0],
          ['Write the reports', 0],
          ['Comment, if anything got worse', 0],
        ],
        steps.map(({ output }) => output).join('\n'),
      )
      assert.equal(summary, '')
      assert.equal(repository.called(), 'npm install --global costflame\n')
    })

    it('fails and comments with the reason where a limit is exceeded', async () => {
      repository.regress()
      const { steps, summary } = await run()
      assert.deepEqual(codes(steps).slice(3), [
        ['Check the budgets', 1],
        ['Write the reports', 0],
        ['Comment, if anything got worse', 0],
      ])
      assert.match(summary, /^### Costflame: 2 limits exceeded/)
      assert.match(summary, /tokens per call/)
      assert.match(
        repository.called(),
        /gh pr comment 7 --body-file costflame\.md --edit-last --create-if-none/,
      )
      const junit = readFileSync(join(repository.path, 'costflame.xml'), 'utf8')
      assert.match(junit, /<testsuite name="costflame check" tests="3" failures="2" errors="0" time="0">/)
      const sarif = JSON.parse(readFileSync(join(repository.path, 'costflame.sarif'), 'utf8'))
      assert.equal(sarif.runs[0].automationDetails.id, 'costflame/check/')
      assert.equal(sarif.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri, 'agent.mjs')
    })

    it('names actions and permissions that exist in what it does without a script', () => {
      assert.deepEqual(
        job.steps.flatMap(({ uses }) => uses ?? []),
        ['actions/checkout@v5', 'actions/setup-node@v5', 'github/codeql-action/upload-sarif@v4'],
      )
    })
  })
})

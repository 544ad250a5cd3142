// `costflame check`: exit codes, what it does with budget files of all sorts, and each of its formats.

import assert from 'node:assert/strict'
import { type CheckOptions, check } from '../../../profiler-agent/cli/check'
import { UsageError } from '../../../profiler-agent/cli/io'
import { ranIn } from '../../support/command-io'
import { runsOf, type SaidInvocation } from '../../support/recorded-invocations'
import { sarifLog } from '../../support/sarif-log'
import { type TestFolder, temporaryFolder, writeFiles } from '../../support/test-folders'
import { parseXml } from '../../support/xml'

/** Five invocations with 500 tokens in and 50 out each. */
const FIVE = Array.from({ length: 5 }, (): SaidInvocation => ({ calls: [500] }))

describe('costflame check', () => {
  let folder: TestFolder
  beforeEach(() => {
    folder = temporaryFolder('check')
    record('head.costflame.json', FIVE)
  })
  afterEach(() => folder.remove())

  const record = (name: string, invocations: readonly SaidInvocation[]) =>
    writeFiles(folder.path, {
      [name]: JSON.stringify({ schema: 'costflame.run/1', runs: runsOf(...invocations) }),
    })
  const budgets = (text: string) => writeFiles(folder.path, { '.costflame/budgets.jsonc': text })
  const limits = (values: object) =>
    budgets(`{\n  "version": 1,\n  "agents": { "desk": {\n    "limits": ${JSON.stringify(values)}\n  } }\n}`)
  const checked = (options: Partial<CheckOptions> = {}) =>
    ranIn(folder.path, (io) => check(io, { run: 'head.costflame.json', format: 'text', ...options }))
  const refused = async (expected: RegExp) => {
    await assert.rejects(checked(), (error) => error instanceof UsageError && expected.test(error.message))
  }

  it('exits with 0 where all is fine, in one line', async () => {
    limits({ inputTokens: 1000, modelCalls: 2 })
    assert.deepEqual(await checked(), {
      code: 0,
      stdout: 'fine: 2 limits are kept (5 runs, .costflame/budgets.jsonc)\n',
      stderr: '',
    })
  })

  it('exits with 1 where a limit is exceeded: the verdict, a line for each that is not fine, the others as one', async () => {
    limits({ inputTokens: 400, outputTokens: 52, modelCalls: 2, retries: 1 })
    const { code, stdout } = await checked()
    assert.equal(code, 1)
    assert.equal(
      stdout,
      [
        'over: 1 of 4 limits is exceeded, 1 near, 2 fine (5 runs, .costflame/budgets.jsonc)',
        'over  desk  inputTokens  p95 500 of 400 (5 invocations)  .costflame/budgets.jsonc:4:16',
        '      100 % of it at desk.mjs:7',
        'near  desk  outputTokens  p95 50 of 52 (5 invocations)  .costflame/budgets.jsonc:4:34',
        '      100 % of it at desk.mjs:7',
        'fine  2 other limits',
        '',
      ].join('\n'),
    )
  })

  it('exits with 3 where it cannot be said, and with 1 where another limit is exceeded all the same', async () => {
    const agents = (more: object) =>
      budgets(JSON.stringify({ version: 1, agents: { nobody: { limits: { modelCalls: 1 } }, ...more } }))
    agents({})
    assert.equal((await checked()).code, 3)
    agents({ desk: { limits: { inputTokens: 1 } } })
    assert.equal((await checked()).code, 1)
  })

  it('says what to do where there is no budget file', async () => {
    await refused(
      /there is no budget file .*budgets\.jsonc\. Make one .*"costflame budgets export".*"costflame budgets init"/,
    )
  })

  it('names line and column of a file of which nothing can be used', async () => {
    budgets('{\n  "version": 1,\n  "agents": { "desk": { "limits": { "inputTokens": -4 } } }\n}')
    await refused(/^no limit can be read in the budget file:\n\.costflame\/budgets\.jsonc:3:\d+: /)
    budgets('not JSON')
    await refused(/\.costflame\/budgets\.jsonc:1:1: /)
  })

  it('checks the rest of a file with mistakes, says so, and does not call it fine', async () => {
    budgets(
      '{\n  "version": 1,\n  "agents": { "desk": {\n    "limits": { "inputTokens": 1000, "outputTokens": "many" }\n  } }\n}',
    )
    const { code, stdout, stderr } = await checked()
    assert.equal(code, 3)
    assert.match(
      stdout,
      /^fine: 1 limit is kept \(5 runs, \.costflame\/budgets\.jsonc\)\n\.costflame\/budgets\.jsonc:4:\d+: not read: /,
    )
    assert.equal(stderr, 'costflame: 1 mistake in .costflame/budgets.jsonc; the rest of it was checked\n')
    limits({ inputTokens: 1 })
    assert.equal((await checked()).code, 1)
  })

  it('has nothing to say of a file without limits', async () => {
    budgets('{ "version": 1 }')
    const { code, stdout } = await checked()
    assert.equal(code, 0)
    assert.match(stdout, /^fine: the budget file sets no limits, so nothing was checked/)
  })

  it('as JSON is costflame.check/1', async () => {
    limits({ inputTokens: 400, modelCalls: 2 })
    const { stdout } = await checked({ format: 'json' })
    const { schema, verdict, results, problems } = JSON.parse(stdout)
    assert.deepEqual([schema, verdict, problems], ['costflame.check/1', 'over', []])
    assert.deepEqual(results[0], {
      ...{ agent: 'desk', scope: 'agent', limit: 'inputTokens', allowed: 400, value: 500 },
      ...{ percentile: 'p95', n: 5, verdict: 'over', why: ['100 % of it at desk.mjs:7'] },
      runId: 'r4',
      cause: { place: { file: 'desk.mjs', line: 7 }, agent: 'desk', share: 1, isGrowth: false },
      worse: true,
      location: { file: '.costflame/budgets.jsonc', line: 4, column: 16, endLine: 4, endColumn: 29 },
    })
    assert.deepEqual([results[1].limit, results[1].verdict, results[1].worse], ['modelCalls', 'fine', false])
  })

  it('as SARIF stands at the line that spends, with the limit beside it', async () => {
    limits({ inputTokens: 400, outputTokens: 52 })
    const { code, stdout } = await checked({ format: 'sarif' })
    assert.equal(code, 1)
    const [run] = sarifLog.parse(JSON.parse(stdout)).runs
    assert.deepEqual(
      run.results.map(({ ruleId, level, locations, relatedLocations }) => [
        ...[ruleId, level, locations[0]?.physicalLocation.artifactLocation.uri],
        relatedLocations?.[0]?.physicalLocation.region.startLine,
      ]),
      [
        ['budget/inputTokens', 'error', 'desk.mjs', 4],
        ['budget/outputTokens', 'warning', 'desk.mjs', 4],
      ],
    )
    assert.equal(run.automationDetails.id, 'costflame/check/')
  })

  it('as JUnit has a test case for each limit, whatever names hold', async () => {
    budgets(
      JSON.stringify({
        version: 1,
        agents: {
          desk: { limits: { inputTokens: 400, outputTokens: 52, modelCalls: 2 } },
          'a "b" <c> & d\u0007': { limits: { toolCalls: 1 } },
        },
      }),
    )
    const suites = parseXml((await checked({ format: 'junit' })).stdout.trimEnd())
    const [suite] = suites.children
    assert.deepEqual([suites.name, suite?.name], ['testsuites', 'testsuite'])
    const counts = { tests: '4', failures: '1', errors: '1', time: '0' }
    assert.deepEqual(suites.attributes, counts)
    assert.deepEqual(suite?.attributes, { name: 'costflame check', ...counts })
    assert.deepEqual(
      suite?.children.map(({ name, attributes, children }) => [
        ...[name, attributes.classname, attributes.name],
        children.map((child) => child.name).join(),
      ]),
      [
        ['testcase', 'desk', 'inputTokens', 'failure'],
        ['testcase', 'desk', 'outputTokens', 'system-out'],
        ['testcase', 'desk', 'modelCalls', ''],
        ['testcase', 'a "b" <c> & d�', 'toolCalls', 'error'],
      ],
    )
    assert.deepEqual(suite?.children[0]?.children[0]?.attributes, {
      type: 'over',
      message: 'p95 of 5 invocations is 500, allowed 400',
    })
  })

  it('as Markdown says nothing where nothing got worse, else one table', async () => {
    limits({ inputTokens: 1000 })
    assert.equal((await checked({ format: 'markdown' })).stdout, '')
    limits({ inputTokens: 400, modelCalls: 2 })
    const { stdout } = await checked({ format: 'markdown' })
    assert.equal(
      stdout,
      [
        '### Costflame: 1 limit exceeded',
        '',
        '|  | limit | before | now | allowed | why | what it costs more |',
        '| --- | --- | --: | --: | --: | --- | --- |',
        '| 🛑 over | desk<br>`inputTokens`<br>`.costflame/budgets.jsonc:4:16` |  | p95 500 | 400 | 100 % of it at desk.mjs:7 |  |',
        '',
      ].join('\n'),
    )
  })

  it('with --base holds against other runs what grew within its limits, too', async () => {
    limits({ inputTokens: 5000 })
    record(
      'base.costflame.json',
      FIVE.map(() => ({ calls: [300] })),
    )
    const { code, stdout } = await checked({ base: 'base.costflame.json', format: 'markdown' })
    assert.equal(code, 0)
    assert.match(stdout, /^### Costflame: more expensive, within the limits/)
    // 200 tokens of 1,000 and 20 of 5,000 pico-dollars.
    assert.match(
      stdout,
      /costs \+\$0\.0000003 an invocation: your change \+\$0\.0000003 \(tokens per call \+\$0\.0000003\) \|$/m,
    )
  })

  it('says what it costs more once for all limits of an agent', async () => {
    limits({ inputTokens: 400, totalTokens: 400 })
    record(
      'base.costflame.json',
      FIVE.map(() => ({ calls: [300] })),
    )
    const { stdout } = await checked({ base: 'base.costflame.json' })
    assert.equal(stdout.match(/costs \+/g)?.length, 1)
    assert.equal(stdout.match(/tokens per call \+2[02]0 an invocation/g)?.length, 2)
  })
})

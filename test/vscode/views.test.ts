// The side bar's commands in a real extension host: recorded traffic comes in as runs, rows are chosen by command, runs are deleted by id.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import * as vscode from 'vscode'
import type { CostflameApi } from '../../extension/extension'
import { writeFiles } from '../support/test-folders'
import { activeApi, runsWhen, workspacePath } from './recorded-call'

/** More than a profiler tells of by itself. */
const MANY = 105

function run(command: string, ...args: readonly unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(`costflame.${command}`, ...args)
}

/** A file of recorded traffic with one call: 40 tokens in and 10 out with gpt-4.1, so 0.00016 USD. */
function recording(id: string): string {
  const exchange = {
    method: 'POST',
    url: 'https://api.openai.com/v1/chat/completions',
    request_headers: { 'content-type': 'application/json' },
    request_body: { model: 'gpt-4.1', messages: [{ role: 'user', content: `Where is parcel ${id}?` }] },
    status: 200,
    response_headers: { 'content-type': 'application/json' },
    response_body: {
      id: `chatcmpl-${id}`,
      model: 'gpt-4.1',
      choices: [{ message: { role: 'assistant', content: 'On its way.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 40, completion_tokens: 10, total_tokens: 50 },
    },
  }
  return JSON.stringify({ exchanges: [exchange] })
}

describe('the side bar in VS Code', () => {
  let api: CostflameApi

  before(async () => {
    api = await activeApi()
    const many = Array.from({ length: MANY }, (_, index) => [
      `traffic/many/${index}.json`,
      recording(`m${index}`),
    ])
    writeFiles(workspacePath(), {
      'traffic/parcel.json': recording('parcel'),
      'traffic/other.json': recording('other'),
      'traffic/notes.txt': 'nothing to import',
      ...Object.fromEntries(many),
    })
    await run('startProfiler')
  })
  after(async () => {
    await run('clearRuns')
    await run('stopProfiler')
    rmSync(workspacePath('traffic'), { recursive: true })
  })

  it('imports recorded traffic by path, and lists it as a run with its cost', async () => {
    const ids = await run('importTraffic', { paths: ['traffic/parcel.json'], format: 'exchanges' })
    assert.ok(Array.isArray(ids) && ids.length === 1)
    const runs = await runsWhen(api, (listed) => listed.some(({ id }) => id === ids[0]))
    const imported = runs.find(({ id }) => id === ids[0])
    assert.equal(imported?.totals.calls, 1)
    assert.equal(imported?.totals.cost?.picoUsd, 160_000_000)
    assert.equal(await run('deleteRuns', ids), 1)
    await runsWhen(api, (listed) => !listed.some(({ id }) => id === ids[0]))
  })

  it('takes what the Explorer hands over: the file that was clicked, and all that are selected', async () => {
    const uris = ['parcel.json', 'other.json'].map((name) => vscode.Uri.file(workspacePath('traffic', name)))
    const ids = await run('importTraffic', uris[0], uris)
    assert.ok(Array.isArray(ids) && ids.length === 2)
    assert.equal(await run('deleteRuns', ids), 2)
  })

  it('fails with the reason where there is nothing to import', async () => {
    assert.equal(await run('importTraffic', 'traffic/notes.txt'), undefined)
    assert.equal(await run('importTraffic', 'traffic/missing.json'), undefined)
  })

  it('deletes runs that are below the end of the list, too', async () => {
    const ids = await run('importTraffic', 'traffic/many')
    assert.ok(Array.isArray(ids))
    assert.equal(ids.length, MANY)
    await runsWhen(api, (listed) => listed.length === 100)
    await run('showOlderRuns')
    assert.equal(await run('deleteRuns', ids), MANY)
    await runsWhen(api, (listed) => listed.length < 100)
  })

  it('groups, sorts and filters each view by command, without asking', async () => {
    for (const [command, choice] of [
      ...[['groupRuns', 'day'], ['sortRuns', 'cost'], ['filterRuns', 'desk'], ['clearRunsFilter']],
      ...[
        ['groupFindings', 'file'],
        ['sortFindings', 'severity'],
        ['filterFindings', 'x'],
        ['clearFindingsFilter'],
      ],
      ...[
        ['groupBudgets', 'verdict'],
        ['sortBudgets', 'used'],
        ['filterBudgets', 'x'],
        ['clearBudgetsFilter'],
      ],
      ...[['sortAgents', 'name'], ['filterAgents', 'x'], ['clearAgentsFilter']],
      ...[
        ['groupRuns', 'none'],
        ['sortRuns', 'time'],
      ],
      ...[
        ['groupFindings', 'rule'],
        ['sortFindings', 'saving'],
        ['groupBudgets', 'agent'],
        ['sortBudgets', 'file'],
      ],
    ] as const)
      await run(command, choice)
  })
})

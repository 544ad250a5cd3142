// Traps of what a program says of itself and of what people read and open of its run: the API, the last words of a run, exports.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { LiveSpan } from '../../../profiler-agent/api/live-span'
import { headersOf, type Scope, scopeFrom } from '../../../profiler-agent/api/scope'
import { createScopes } from '../../../profiler-agent/api/scopes'
import { gapsOf, whyNothingWasCaptured } from '../../../profiler-agent/cli/capture-gaps'
import { speedscopeExport } from '../../../profiler-agent/formats/speedscope'
import { attributesOfHook } from '../../../profiler-agent/model/hook-report'
import { callStacksOf } from '../../../profiler-agent/profile/call-stacks'
import { callSpan, costOf, modelCallOf, runOf, spanOf } from '../../support/spans'
import { trap } from './trap'

function declared(kind: 'agent' | 'step' | 'tool', name: string, outer: Scope | undefined): LiveSpan {
  return new LiveSpan({ kind, name, labels: { tags: {} }, attributes: {}, callSite: [] }, outer)
}

/** Headers of a call in a worker thread that is started here. */
async function headersInThread(): Promise<ReadonlyMap<string, string>> {
  const source = `const { getEnvironmentData, parentPort } = require('node:worker_threads')
    parentPort.postMessage(getEnvironmentData('costflame.context').headers)`
  const [headers] = await once(new Worker(source, { eval: true }), 'message')
  return new Map(headersOf(scopeFrom(new Map(headers))))
}

export function programTraps(): void {
  trap(
    36,
    'tools side by side, and threads that they start, stay in the step that asked for them',
    async () => {
      const scopes = createScopes()
      const desk = declared('agent', 'desk', undefined)
      const plan = declared('step', 'plan', desk.scope)
      const run = async (name: string) => {
        const tool = declared('tool', name, scopes.current())
        return scopes.run(tool.scope, async () => {
          await new Promise(setImmediate)
          const here = new Map(headersOf(scopes.current()))
          const line = tool.line({}) as { readonly parentId?: string }
          return { id: tool.id, parentId: line.parentId, here, thread: await headersInThread() }
        })
      }
      const tools = await scopes.run(plan.scope, () => Promise.all(['search', 'read', 'write'].map(run)))
      for (const { id, parentId, here, thread } of tools) {
        assert.equal(parentId, plan.id)
        assert.deepEqual(
          ['agent', 'step', 'parent'].map((name) => here.get(`x-costflame-${name}`)),
          [`desk;${desk.id}`, `plan;${plan.id}`, id],
        )
        assert.deepEqual(thread, here)
      }
    },
  )

  trap(45, 'a run without a call says so, and which calls went around it', () => {
    const report = (around: { host: string; calls: number; why: string }[]) => {
      const hook = { runId: 'run', pid: 7, runtime: 'node 24.0.0', calls: 0, around }
      return runOf([spanOf({ id: 'run', kind: 'run', attributes: attributesOfHook(hook) })], { id: 'run' })
    }
    const around = { host: 'api.openai.com', calls: 2, why: 'the program set the connection up itself' }
    assert.deepEqual(whyNothingWasCaptured(report([around])), [
      'no model call was captured.',
      '2 calls went around the profiler, to api.openai.com: the program set the connection up itself',
    ])
    assert.deepEqual(whyNothingWasCaptured(report([])), [
      'no model call was captured.',
      '1 process (node 24.0.0) ran with the hook, and none called a model provider that Costflame knows.',
    ])
    assert.match(whyNothingWasCaptured(undefined).join('\n'), /no hook told of itself/)
    const isolated = runOf([callSpan('a')], { id: 'run', command: 'python3 -I agent.py' })
    assert.match(gapsOf(isolated).join(), /^no call has its line: no hook told of itself .*python -I/)
    assert.deepEqual(gapsOf({ ...isolated, command: './agent-in-go' }), [])
  })

  trap(
    50,
    'a speedscope file, which knows no currency, has costs as plain numbers whose name says the unit',
    () => {
      const run = runOf([callSpan('a', modelCallOf({ cost: costOf(3_000_000, 500_000) }))])
      const file = JSON.parse(speedscopeExport(callStacksOf([run]), { name: 'a', exporter: 'costflame' }))
      const [cost] = file.profiles
      // 3,500,000 pico-dollars are 3.5 micro-dollars.
      assert.deepEqual([cost.name, cost.unit, cost.weights], ['cost in micro-USD', 'none', [3.5]])
    },
  )
}

// Takes exchanges through the pipeline into a real store, and gives the run as the outside sees it.

import assert from 'node:assert/strict'
import type { HttpExchange } from '../../../profiler-agent/model/exchange'
import type { ModelCall, Run, Span } from '../../../profiler-agent/model/span'
import { hasModelCall } from '../../../profiler-agent/model/totals'
import { RunView } from '../../../profiler-agent/run-view'
import { openStore } from '../../../profiler-agent/store/store'
import { loadTokenizer } from '../../../profiler-agent/tokens/tokenizer'
import { temporaryFolder } from '../../support/test-folders'
import { pipelineOver } from '../../support/test-pipeline'
import { tokenizerFolder } from '../../support/tokenizer-folder'

/** The run of these exchanges, stored and read back with all its segments. */
export async function storedRun(exchanges: readonly HttpExchange[]): Promise<Run> {
  const folder = temporaryFolder('trap')
  const store = openStore(folder.path)
  const pipeline = pipelineOver(store)
  try {
    for (const exchange of exchanges) pipeline.add(exchange)
    const run = await new RunView(store, () => loadTokenizer(tokenizerFolder())).run('r1', {
      segments: 'full',
    })
    return run ?? assert.fail('no run')
  } finally {
    store.close()
    folder.remove()
  }
}

export function callsOf(run: Run): (Span & { readonly modelCall: ModelCall })[] {
  return run.spans.filter(hasModelCall)
}

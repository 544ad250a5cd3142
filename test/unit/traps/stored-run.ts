// Takes exchanges through the pipeline into a real store, and gives the run as the outside sees it.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { HttpExchange } from '../../../profiler-agent/model/exchange'
import type { ModelCall, Run, Span } from '../../../profiler-agent/model/span'
import { hasModelCall } from '../../../profiler-agent/model/totals'
import { Pipeline } from '../../../profiler-agent/pipeline'
import { openPriceBook, priceInference } from '../../../profiler-agent/pricing/price'
import { readExchange } from '../../../profiler-agent/providers'
import { RunView } from '../../../profiler-agent/run-view'
import { hasBilledResponse, readRun } from '../../../profiler-agent/store/reader'
import { openStore } from '../../../profiler-agent/store/store'
import { loadTokenizer } from '../../../profiler-agent/tokens/tokenizer'
import { RunTrace } from '../../../profiler-agent/trace/trace'
import { temporaryFolder } from '../../support/test-folders'
import { tokenizerFolder } from '../../support/tokenizer-folder'

/** The run of these exchanges, stored and read back with all its segments. */
export async function storedRun(exchanges: readonly HttpExchange[]): Promise<Run> {
  const folder = temporaryFolder('trap')
  const store = openStore(folder.path)
  const hashOf = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
  const book = openPriceBook()
  const pipeline = new Pipeline(
    {
      readExchange,
      priceInference: (exchange, inference) => priceInference(book, exchange, inference),
      resolveCallSite: () => undefined,
      hashOf,
      findRun: (id) => readRun(store, id),
      addRun: (run) => store.addRun(run),
      isBilledAlready: (runId, responseId, usage) => hasBilledResponse(store, runId, responseId, usage),
      write: (runId, batch, activeAt) => store.write(runId, batch, activeAt),
      traceOf: (run) => new RunTrace(run),
      findingsFor: () => ({ add: () => undefined, findings: () => [] }),
      changed: () => undefined,
    },
    undefined,
  )
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

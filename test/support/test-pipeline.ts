// The pipeline over a real store, put together as the worker does it, with the shipped prices.

import { hash } from 'node:crypto'
import { attributionOfCall } from '../../profiler-agent/call-attribution'
import { SecretMemory } from '../../profiler-agent/capture/redact'
import { earlierExchanges, earlierTrace } from '../../profiler-agent/earlier-exchanges'
import { Pipeline, type TracedExchange } from '../../profiler-agent/pipeline'
import { openPriceBook, priceInference } from '../../profiler-agent/pricing/price'
import { readExchange } from '../../profiler-agent/providers'
import { KeptFindings, type Yardsticks } from '../../profiler-agent/run-findings'
import { hasBilledResponse, readContent, readRun } from '../../profiler-agent/store/reader'
import type { Store } from '../../profiler-agent/store/store'
import { storedLimits } from '../../profiler-agent/stored-limits'

const hashOf = (content: string | Uint8Array) => hash('sha256', content)

/** `told` hears what the analysis is told of each exchange. */
export function pipelineOver(
  store: Store,
  told: (exchange: TracedExchange) => void = () => undefined,
  yardsticks: () => Yardsticks = () => ({}),
): Pipeline {
  const book = openPriceBook()
  return new Pipeline(
    {
      readExchange,
      attributionOf: (exchange, reading, defaults) =>
        attributionOfCall(exchange, reading, defaults, { rules: [], secrets: new SecretMemory() }),
      priceInference: (exchange, inference) => priceInference(book, exchange, inference),
      resolveCallSite: () => undefined,
      hashOf,
      findRun: (id) => readRun(store, id),
      addRun: (run) => store.addRun(run),
      isBilledAlready: (runId, responseId, usage) => hasBilledResponse(store, runId, responseId, usage),
      write: (runId, batch, activeAt) => {
        store.write(runId, batch, activeAt)
        return batch.spans
      },
      traceOf: (run) => earlierTrace(store, run),
      findingsFor: (runId, isNew) => {
        const kept = new KeptFindings({
          ...{ runId, isNew, hashOf, yardsticks, limits: storedLimits(store, runId) },
          earlier: () => earlierExchanges(store, runId),
          textOf: (contentHash) => readContent(store, contentHash),
        })
        return {
          put: (spans) => kept.put(spans),
          add: (exchange) => {
            told(exchange)
            kept.add(exchange)
          },
          findings: () => kept.findings(),
        }
      },
      changed: () => undefined,
    },
    undefined,
  )
}

// A thread that is started within a span, and one that was there before and is handed the place.
import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { agent, headers, step, within } from 'costflame/api'
import { ask } from './ask.mjs'

if (!isMainThread && workerData === 'job') await step('in its own thread', () => ask('own'))
else if (!isMainThread)
  parentPort.once('message', async (place) => {
    await within(place, () => step('in the pool', () => ask('pool')))
    parentPort.postMessage('done')
  })
else {
  const here = new URL(import.meta.url)
  const pool = new Worker(here, { workerData: 'pool' })
  await agent('desk', { intent: 'count' }, async () => {
    pool.postMessage(headers())
    await once(pool, 'message')
    await once(new Worker(here, { workerData: 'job' }), 'exit')
  })
}

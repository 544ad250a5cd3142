// Preloaded into a process under test: tells on request what memory it takes and how late its main thread is. Answers on the IPC channel.

const { monitorEventLoopDelay } = require('node:perf_hooks')
const { isMainThread } = require('node:worker_threads')

/** The histogram measures from one tick to the next, so the length of a tick is part of each value. */
const TICK_MS = 1

if (isMainThread && process.send) {
  const delays = monitorEventLoopDelay({ resolution: TICK_MS })
  process.on('message', (message) => {
    if (message === 'start') {
      delays.reset()
      delays.enable()
    }
    const withoutTick = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - TICK_MS)
    const loopDelayMs = withoutTick(delays.percentile(99))
    process.send({ rss: process.memoryUsage.rss(), loopDelayMs, longestDelayMs: withoutTick(delays.max) })
  })
  // The process ends when it would without us.
  process.channel.unref()
}

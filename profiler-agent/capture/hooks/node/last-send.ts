// Hands bytes to a local server while the program is exiting and nothing asynchronous happens any more: a thread does it, and this one waits.

/** A program may end so long after it meant to. */
const MAX_WAIT_MS = 180

/** Runs in the thread; says when the operating system has the bytes, or never will. */
const SCRIPT = `
const { workerData: { host, port, bytes, done } } = require('node:worker_threads')
const isDone = () => {
  Atomics.store(done, 0, 1)
  Atomics.notify(done, 0)
}
const socket = require('node:net').connect({ host, port }, () => socket.write(bytes, isDone))
socket.on('error', isDone)
`

/** Gives up after a while; throws where there are no threads. Only for a program that did not live long enough to connect. */
export function sendWhileExiting(origin: string, bytes: Uint8Array): void {
  const { Worker } = require('node:worker_threads') as typeof import('node:worker_threads')
  const { hostname, port } = new URL(origin)
  const done = new Int32Array(new SharedArrayBuffer(4))
  const place = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) }
  // Its own environment: no hook, and nothing else of the program's, is loaded for this.
  const thread = new Worker(SCRIPT, {
    ...{ eval: true, env: {}, execArgv: [], stdout: true, stderr: true },
    workerData: { ...place, bytes, done },
  })
  thread.unref()
  Atomics.wait(done, 0, 0, MAX_WAIT_MS)
}

// Which of its own requests the program is answering: each request that one of its HTTP servers takes gets an id, which follows
// the asynchronous work that it starts.

import type { AsyncLocalStorage } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'
import { quietly } from './quietly'

let storage: AsyncLocalStorage<string> | undefined
let count = 0

/** Id of the request that is being answered here; undefined outside of any. */
export function currentContext(): string | undefined {
  return storage?.getStore()
}

/**
 * From the first request on. Following asynchronous work costs Nodes before 24 a part of their speed, so there only while
 * `mayCallModels`.
 */
export function followServerRequests(mayCallModels: () => boolean): void {
  const isFree = Number.parseInt(process.versions.node, 10) >= 24
  // By Node's own channels: servers stay as they are.
  for (const name of ['http.server.request.start', 'http2.server.stream.start'])
    channel(name).subscribe(() => {
      if (isFree || mayCallModels()) quietly(enter)
    })
}

function enter(): void {
  if (storage === undefined) {
    const { AsyncLocalStorage } = require('node:async_hooks') as typeof import('node:async_hooks')
    storage = new AsyncLocalStorage()
  }
  storage.enterWith(`c-${process.pid.toString(36)}-${START}-${(++count).toString(36)}`)
}

/** Tells apart the threads of a process, and processes that had the same id. */
const START = Math.random().toString(36).slice(2, 10)

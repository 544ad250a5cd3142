// Lets other threads go first where cores are scarce: the calls of the user's program before our recording of them.

import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'

/** It still gets a quarter of a core that others want, and a whole one that nobody does: what is recorded must not wait long. */
const GIVES_WAY = 5

/** Lowers the priority of the calling thread and of no other. Linux alone knows such priorities; elsewhere nothing happens. */
export function giveWay(): void {
  if (process.platform !== 'linux') return
  try {
    const [processId, , threadId] = readlinkSync('/proc/thread-self').split('/')
    // Another numbering of processes (a container's) would make it the thread of somebody else.
    if (Number(processId) === process.pid) setPriority(Number(threadId), GIVES_WAY)
  } catch {
    // It was a courtesy: without it everything works.
  }
}

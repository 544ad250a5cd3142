// Who answers where a profiler should: asked over the socket, because a port outlives the process that had it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeReadyLine } from '../feed/codec'
import type { ReadyLine } from '../feed/protocol'
import { livingProfilers } from '../live-file'
import { HEADERS } from '../model/headers'

export type Answer = 'ours' | 'other' | 'nobody'

const PATIENCE_MS = 2000

/** Hands nothing over, and looks who takes it: only a profiler with this token says that it took nothing. */
export async function answerAt(proxy: string, token: string | undefined): Promise<Answer> {
  try {
    const response = await fetch(`${proxy}/ingest`, {
      method: 'POST',
      headers: token === undefined ? {} : { [HEADERS.token]: token },
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const body: unknown = await response.json().catch(() => undefined)
    return response.ok && typeof body === 'object' && body !== null && 'accepted' in body ? 'ours' : 'other'
  } catch {
    return 'nobody'
  }
}

/** The profilers of this folder whose process lives, as they announced themselves. */
export function announcedProfilers(data: string): { readonly pid: number; readonly ready: ReadyLine }[] {
  return livingProfilers(data).flatMap((pid) => {
    const ready = announcementOf(join(data, 'live', `${pid}.json`))
    return ready ? [{ pid, ready }] : []
  })
}

/** Undefined where it is gone by now, or nothing that a profiler wrote. */
function announcementOf(file: string): ReadyLine | undefined {
  try {
    const decoded = decodeReadyLine(readFileSync(file, 'utf8'))
    return decoded.ok ? decoded.value : undefined
  } catch {
    return undefined
  }
}

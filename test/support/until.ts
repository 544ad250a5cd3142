// Waiting for something on the screen that has no event of its own.
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Asks until the answer is neither undefined nor false, and gives it.
 * Rejects after `timeoutMs` with what was awaited; `seen` may tell what was there instead.
 */
export async function until<Answer>(
  awaited: string,
  ask: () => Promise<Answer | undefined | false> | Answer | undefined | false,
  { timeoutMs = 60_000, seen = () => '' as unknown }: { timeoutMs?: number; seen?: () => unknown } = {},
): Promise<Answer> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > deadline) {
      const instead = JSON.stringify(await seen())
      throw new Error(
        `waited ${timeoutMs / 1000} s for ${awaited}${instead === '""' ? '' : `; saw ${instead}`}`,
      )
    }
    await delay(50)
  }
}

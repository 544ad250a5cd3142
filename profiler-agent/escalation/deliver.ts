// Hands the summary of a violation to the command or the webhook of the user. A bundle of its own: most profilers never load it.

import type { EscalationResult, EscalationTarget } from '../model/escalation'
import { commandEnvironment } from './command-environment'
import { postWebhook } from './post-webhook'
import { runCommand } from './run-command'

export interface Delivery {
  readonly target: EscalationTarget
  /** JSON. */
  readonly summary: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isSecret: (text: string) => boolean
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly warn: (message: string) => void
}

/** Rejects never. */
export function deliver({ target, summary, env, isSecret, ...options }: Delivery): Promise<EscalationResult> {
  if ('url' in target) return postWebhook(target, summary, { ...options, env })
  return runCommand(target.command, `${summary}\n`, {
    ...options,
    env: commandEnvironment(env, { isSecret }),
  })
}

// Escalations as the worker has them: with the user's settings, the store's runs and what is known of credentials. Only wires.

import { readFileSync } from 'node:fs'
import { redactText, type SecretMemory } from './capture/redact'
import { mapStrings } from './capture/redact-record'
import { escalationNamed, undefinedText } from './config/escalations'
import { readUserSettings } from './config/user-settings'
import { Escalations } from './escalation/escalations'
import type { RunView } from './run-view'
import { isStored } from './store/reader'
import type { Store } from './store/store'
import type { WorkerOptions } from './worker-messages'

export interface EscalationParts {
  readonly options: WorkerOptions
  readonly store: Store
  readonly view: RunView
  readonly secrets: SecretMemory
  readonly hashOf: (text: string) => string
  readonly log: (message: string) => void
  readonly changed: (runId: string) => void
}

export function escalationsFor({ options, store, view, secrets, ...rest }: EscalationParts): Escalations {
  const { data, settingsFile } = options
  return new Escalations({
    ...rest,
    data,
    root: options.root ?? process.cwd(),
    env: process.env,
    targetNamed: (name) => escalationNamed(name, process.env, definedIn(settingsFile)),
    undefinedText: (name) => undefinedText(name, settingsFile ?? 'the user settings'),
    isRecorded: (runId, callId) => isStored(store, runId, callId),
    runOf: (runId) => view.run(runId, { segments: 'none' }),
    deliver: async (delivery) => (await import('./escalation/deliver')).deliver(delivery),
    masked: <T>(value: T) => mapStrings(value, (text) => redactText(text, secrets)) as T,
    isSecret: (text) => secrets.isIn(text),
  })
}

/** Read each time: a user who defines what was missing need not start anything again. */
function definedIn(settingsFile: string | undefined) {
  try {
    return settingsFile === undefined ? {} : readUserSettings(readFileSync(settingsFile, 'utf8')).escalations
  } catch {
    return {} // Most users have no such file; one that cannot be read is told when the profiler starts.
  }
}

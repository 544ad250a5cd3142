// Escalations as the worker has them: with the user's settings, the store's runs and what is known of credentials. Only wires.

import { redactText, type SecretMemory } from './capture/redact'
import { mapStrings } from './capture/redact-record'
import { escalationNamed, undefinedText } from './config/escalations'
import { readUserSettings, type UserSettings } from './config/user-settings'
import { Escalations } from './escalation/escalations'
import type { RunView } from './run-view'
import { isStored } from './store/reader'
import type { Store } from './store/store'
import { WatchedFile } from './watched-file'
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
  // A user who defines what was missing need not start anything again.
  const settings = new WatchedFile(settingsFile, undefined, (_, text) => readUserSettings(text).escalations)
  return new Escalations({
    ...rest,
    data,
    root: options.root ?? process.cwd(),
    env: process.env,
    targetNamed: (name) => targetNamed(name, settings),
    undefinedText: (name) => undefinedText(name, settingsFile ?? 'the user settings'),
    isRecorded: (runId, callId) => isStored(store, runId, callId),
    runOf: (runId) => view.run(runId, { segments: 'none' }),
    deliver: async (delivery) => (await import('./escalation/deliver')).deliver(delivery),
    masked: <T>(value: T) => mapStrings(value, (text) => redactText(text, secrets)) as T,
    isSecret: (text) => secrets.isIn(text),
  })
}

function targetNamed(name: string, settings: WatchedFile<UserSettings['escalations']>) {
  try {
    return escalationNamed(name, process.env, settings.current() ?? {})
  } catch (error) {
    return { wrong: `${settings.path} cannot be read: ${error instanceof Error ? error.message : error}` }
  }
}

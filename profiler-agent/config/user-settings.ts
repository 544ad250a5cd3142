// Reads the user's own `settings.jsonc`: what no committed file may decide. One mistake never hides the rest of the file. No Node.

import type { ContentMode } from '../model/content-mode'
import type { EscalationTarget } from '../model/escalation'
import { present } from '../model/present'
import { isKnownProvider } from '../model/provider'
import { type Problem, type ReadJsonc, readJsonc, soundValue, valueAt, versionProblems } from '../wire/jsonc'
import { contentOf } from './content'
import { type EscalationValue, targetOf } from './escalations'
import { USER_SETTINGS_SHAPE, USER_SETTINGS_VERSION } from './user-settings-shape'

/** Absent keys were not set. */
export interface UserSettings {
  readonly content?: ContentMode
  /** http or https URLs by provider id. */
  readonly upstreams: Readonly<Record<string, string>>
  readonly allowedOrigins: readonly string[]
  readonly spliceUsage?: boolean
  readonly spliceUsageOnCustomHosts?: boolean
  readonly retention: { readonly days?: number; readonly maxBytes?: number }
  /** By the name that budget files use. */
  readonly escalations: Readonly<Record<string, EscalationTarget>>
  readonly problems: readonly Problem[]
}

type SettingsValue = Partial<Omit<UserSettings, 'problems' | 'content' | 'escalations'>> & {
  readonly escalations?: Readonly<Record<string, EscalationValue>>
}

/** Never throws: whatever is wrong is a problem with its line and column, and the rest counts. */
export function readUserSettings(text: string): UserSettings {
  const read = readJsonc(text, USER_SETTINGS_SHAPE)
  const { root } = read
  // The shape leaves out whatever is not as it describes.
  const value = (root === undefined ? {} : (soundValue(root, USER_SETTINGS_SHAPE) ?? {})) as SettingsValue
  const upstreams = Object.entries(value.upstreams ?? {})
  const origins = value.allowedOrigins ?? []
  const escalations = Object.entries(value.escalations ?? {}).map(
    ([name, escalation]) => [name, targetOf(escalation)] as const,
  )
  return {
    ...present({
      content: contentOf(text, read),
      spliceUsage: value.spliceUsage,
      spliceUsageOnCustomHosts: value.spliceUsageOnCustomHosts,
    }),
    upstreams: Object.fromEntries(
      upstreams
        .filter(([provider, url]) => upstreamProblem(provider, url) === undefined)
        .map(([provider, url]) => [provider, url.replace(/\/$/, '')]),
    ),
    allowedOrigins: origins.filter((origin) => ORIGIN.test(origin)),
    retention: value.retention ?? {},
    escalations: Object.fromEntries(
      escalations.flatMap(([name, target]) => ('wrong' in target ? [] : [[name, target]])),
    ),
    problems: [
      ...read.problems,
      ...versionProblems(read, USER_SETTINGS_VERSION),
      ...upstreams.flatMap(([provider, url]) =>
        problemAt(read, ['upstreams', provider], upstreamProblem(provider, url)),
      ),
      ...origins.flatMap((origin) => problemAt(read, ['allowedOrigins'], originProblem(origin))),
      ...escalations.flatMap(([name, target]) =>
        'wrong' in target
          ? problemAt(read, ['escalations', name], `escalations.${name}: ${target.wrong}`)
          : [],
      ),
    ],
  }
}

function upstreamProblem(provider: string, url: string): string | undefined {
  if (!isKnownProvider(provider)) return `upstreams.${provider}: there is no such provider`
  return /^https?:\/\/[^/?#@\s]+(?:[/?#]|$)/.test(url)
    ? undefined
    : `upstreams.${provider} must be an http or https URL without a password`
}

/** As browsers send it: no path, no slash at the end, and never `*`, which would let every web page in. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@*\s]+$/

function originProblem(origin: string): string | undefined {
  return ORIGIN.test(origin)
    ? undefined
    : `allowedOrigins: "${origin}" is no origin; write scheme, host and port, such as http://localhost:5173`
}

function problemAt({ root, at }: ReadJsonc, path: readonly string[], message: string | undefined): Problem[] {
  const node = root && valueAt(root, path)
  return node && message !== undefined ? [{ ...at(node), message }] : []
}

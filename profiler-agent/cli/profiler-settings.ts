// What a profiler is told of the user's wishes: flags of `run` and `serve` over the user's settings file.

import type { UserSettings } from '../config/user-settings'
import type { ContentMode } from '../model/content-mode'
import { present } from '../model/present'
import type { Retention } from '../model/retention'
import { type Io, UsageError } from './io'
import { retentionOf } from './retention-text'
import { parseUpstreams } from './upstreams'
import { userSettings } from './user-settings'

/** As commander gives them. */
export interface SettingsFlags {
  readonly content?: ContentMode
  readonly upstream: readonly string[]
  readonly allowOrigin: readonly string[]
  readonly spliceUsage?: SpliceUsage
  readonly retentionDays?: string
  readonly retentionSize?: string
}

export const SPLICE_USAGE = ['on', 'off', 'everywhere'] as const
type SpliceUsage = (typeof SPLICE_USAGE)[number]

export interface ProfilerSettings {
  readonly content: ContentMode
  readonly upstreams: Readonly<Record<string, string>>
  readonly allowedOrigins: readonly string[]
  readonly spliceUsage: boolean
  readonly spliceUsageOnCustomHosts: boolean
  readonly retention: Retention
}

/** Throws UsageError for flags that make no sense; mistakes in the file are said and passed over. */
export async function profilerSettings(io: Io, flags: SettingsFlags): Promise<ProfilerSettings> {
  const named = parseUpstreams(flags.upstream)
  const origins = flags.allowOrigin.map(originOf)
  const settings = await userSettings(io)
  return {
    content: flags.content ?? settings.content ?? 'full',
    upstreams: { ...settings.upstreams, ...named },
    allowedOrigins: [...settings.allowedOrigins, ...origins],
    ...spliceOf(settings, flags.spliceUsage),
    retention: retentionOf(settings, { days: flags.retentionDays, size: flags.retentionSize }),
  }
}

function spliceOf(settings: UserSettings, flag: SpliceUsage | undefined) {
  return {
    spliceUsage: flag === undefined ? (settings.spliceUsage ?? true) : flag !== 'off',
    spliceUsageOnCustomHosts:
      flag === undefined ? (settings.spliceUsageOnCustomHosts ?? false) : flag === 'everywhere',
  }
}

function originOf(text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text) return text
  throw new UsageError(`--allow-origin ${text}: write scheme, host and port, such as http://localhost:5173`)
}

/** These flags alone, for a profiler that is started as a process of its own. */
export function settingsFlags(flags: SettingsFlags): SettingsFlags {
  const { upstream, allowOrigin, content, spliceUsage, retentionDays, retentionSize } = flags
  return { upstream, allowOrigin, ...present({ content, spliceUsage, retentionDays, retentionSize }) }
}

// The user's own settings file: where it stands, and what it says.

import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { isForbiddenHost } from '../capture/proxy/forbidden-address'
import type { UserSettings } from '../config/user-settings'
import { type Io, note } from './io'

const NO_SETTINGS: UserSettings = {
  upstreams: {},
  allowedOrigins: [],
  retention: {},
  escalations: {},
  problems: [],
}

/** `costflame/settings.jsonc` in the folder that the platform has for settings of a user. Absolute. */
export function userSettingsFile(io: Io): string {
  return join(userConfigFolder(io), 'costflame', 'settings.jsonc')
}

/** Mistakes are said with their place, and the rest counts. Without a file nothing is set. */
export async function userSettings(io: Io): Promise<UserSettings> {
  const path = userSettingsFile(io)
  if (!existsSync(path)) return NO_SETTINGS
  const settings = await read(io, path)
  for (const { line, column, message } of settings.problems)
    note(io, `costflame: ${path}:${line}:${column}: ${message}`)
  return {
    ...settings,
    upstreams: Object.fromEntries(Object.entries(settings.upstreams).filter(isAllowed(io, path))),
  }
}

/** Who cannot tell what the user wants kept keeps less. */
async function read(io: Io, path: string): Promise<UserSettings> {
  try {
    // Most users have no such file, and `run` stands before somebody's program.
    const { readUserSettings } = await import('../config/user-settings')
    return readUserSettings(readFileSync(path, 'utf8'))
  } catch (error) {
    note(io, `costflame: ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    return { ...NO_SETTINGS, content: 'hashes' }
  }
}

function isAllowed(io: Io, path: string) {
  return ([provider, url]: [string, string]): boolean => {
    if (URL.canParse(url) && !isForbiddenHost(new URL(url).hostname)) return true
    note(
      io,
      `costflame: ${path}: upstreams.${provider}: a link-local or cloud-metadata address is never an upstream`,
    )
    return false
  }
}

function userConfigFolder({ env }: Io): string {
  const home = env.HOME ?? homedir()
  if (process.platform === 'win32') return env.APPDATA ?? join(homedir(), 'AppData', 'Roaming')
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support')
  return env.XDG_CONFIG_HOME ?? join(home, '.config')
}

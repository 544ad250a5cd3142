// `config.jsonc`, read again when it has changed. Knows nothing of prices, so that whoever needs only the rest of it starts fast.

import { type ConfigFile, readConfigFile } from './config/config-file'
import { WatchedFile } from './watched-file'

/** `config.jsonc` as read; `path` is relative to the root where inside it. */
export interface LoadedConfig {
  readonly path: string
  readonly file: ConfigFile
}

/** `configFile` is absolute and may not exist yet; names of files are relative to `root`, for people. */
export function watchedConfig(
  configFile: string | undefined,
  root: string | undefined,
): WatchedFile<LoadedConfig> {
  return new WatchedFile(configFile, root, (path, text) => ({ path, file: readConfigFile(text, path) }))
}

// The JSON Schemas of `config.jsonc` and `settings.jsonc`, made from the shapes that the readers check, so that the editor and the reader agree.

import { fileSchema, type Schema } from '../wire/json-schema'
import { CONFIG_SHAPE, CONFIG_VERSION } from './config-shape'
import { USER_SETTINGS_SHAPE, USER_SETTINGS_VERSION } from './user-settings-shape'

/** JSON Schema (draft 2020-12) of version 1 of `config.jsonc`. */
export function configJsonSchema(): Schema {
  return fileSchema('Costflame configuration', CONFIG_SHAPE, CONFIG_VERSION)
}

/** JSON Schema (draft 2020-12) of version 1 of the user's `settings.jsonc`. */
export function userSettingsJsonSchema(): Schema {
  return fileSchema('Costflame user settings', USER_SETTINGS_SHAPE, USER_SETTINGS_VERSION)
}

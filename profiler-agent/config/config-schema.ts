// The JSON Schemas of `config.jsonc` and `settings.jsonc`, made from the shapes that the readers check, so that the editor and the reader agree.

import type { Shape } from '../wire/jsonc'
import { CONFIG_SHAPE, CONFIG_VERSION } from './config-shape'
import { USER_SETTINGS_SHAPE, USER_SETTINGS_VERSION } from './user-settings-shape'

type Schema = Readonly<Record<string, unknown>>

/** JSON Schema (draft 2020-12) of version 1 of `config.jsonc`. */
export function configJsonSchema(): Schema {
  return fileSchema('Costflame configuration', CONFIG_SHAPE, CONFIG_VERSION)
}

/** JSON Schema (draft 2020-12) of version 1 of the user's `settings.jsonc`. */
export function userSettingsJsonSchema(): Schema {
  return fileSchema('Costflame user settings', USER_SETTINGS_SHAPE, USER_SETTINGS_VERSION)
}

function fileSchema(title: string, shape: Shape, version: number): Schema {
  const schema = schemaOf(shape)
  const properties = schema.properties as Record<string, Schema>
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    ...schema,
    properties: {
      ...properties,
      version: { const: version, description: properties.version?.description },
    },
  }
}

function schemaOf(shape: Shape): Schema {
  return {
    ...(shape.description === undefined ? {} : { description: shape.description }),
    ...bareSchemaOf(shape),
  }
}

function bareSchemaOf(shape: Shape): Schema {
  switch (shape.kind) {
    case 'any':
      return {}
    case 'number':
      return { type: 'number', minimum: 0 }
    case 'share':
      return { type: 'number', minimum: 0, maximum: 1 }
    case 'string':
    case 'boolean':
      return { type: shape.kind }
    case 'moment':
      return { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}' }
    case 'strings':
      return { type: 'array', items: { type: 'string' } }
    case 'choice':
      return { enum: shape.of }
    case 'list':
      return { type: 'array', items: schemaOf(shape.of) }
    case 'either':
      return { anyOf: shape.of.map(schemaOf) }
    case 'named':
      return { type: 'object', additionalProperties: schemaOf(shape.value) }
    case 'object':
      return {
        type: 'object',
        additionalProperties: false,
        ...(shape.required ? { required: shape.required } : {}),
        properties: Object.fromEntries(
          Object.entries(shape.keys).map(([key, value]) => [key, schemaOf(value)]),
        ),
      }
    default:
      return shape satisfies never
  }
}

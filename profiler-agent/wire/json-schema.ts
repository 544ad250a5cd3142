// JSON Schemas made from the shapes that readers check, so that the editor and the reader agree. No Node.

import type { Shape } from './jsonc'

export type Schema = Readonly<Record<string, unknown>>

/** JSON Schema (draft 2020-12) of a file whose top is an object with a `version`. */
export function fileSchema(title: string, shape: Shape, version: number): Schema {
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
      return numberSchema(shape)
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

function numberSchema({ whole, most }: Extract<Shape, { kind: 'number' }>): Schema {
  return {
    type: whole ? 'integer' : 'number',
    minimum: 0,
    ...(most === undefined ? {} : { maximum: most }),
  }
}

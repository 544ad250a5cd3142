// JSON Schemas made from the shapes that readers check, so that the editor and the reader agree. No Node.

import type { Shape } from './jsonc'

export type Schema = Readonly<Record<string, unknown>>

/** JSON Schema (draft 2020-12) of a file whose top is an object with a `version`. */
export function fileSchema(title: string, shape: Shape, version: number): Schema {
  const definitions = new Map<string, Schema>()
  const schema = schemaOf(shape, definitions)
  const properties = schema.properties as Record<string, Schema>
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    ...schema,
    properties: {
      ...properties,
      version: { const: version, description: properties.version?.description },
    },
    ...(definitions.size > 0 ? { $defs: Object.fromEntries(definitions) } : {}),
  }
}

function schemaOf(shape: Shape, definitions: Map<string, Schema>): Schema {
  const { name } = shape
  if (name !== undefined && definitions.has(name)) return reference(name)
  const schema = {
    ...(shape.description === undefined ? {} : { description: shape.description }),
    ...bareSchemaOf(shape, definitions),
  }
  if (name === undefined) return schema
  definitions.set(name, schema)
  return reference(name)
}

function reference(name: string): Schema {
  return { $ref: `#/$defs/${name}` }
}

function bareSchemaOf(shape: Shape, definitions: Map<string, Schema>): Schema {
  const inner = (below: Shape) => schemaOf(below, definitions)
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
      return { type: 'array', items: inner(shape.of) }
    case 'either':
      return { anyOf: shape.of.map(inner) }
    case 'named':
      return { type: 'object', additionalProperties: inner(shape.value) }
    case 'object':
      return {
        type: 'object',
        additionalProperties: false,
        ...(shape.required ? { required: shape.required } : {}),
        properties: Object.fromEntries(Object.entries(shape.keys).map(([key, value]) => [key, inner(value)])),
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

// SARIF 2.1.0 as far as we write it, strictly: a property that the standard does not know, or that code scanning lacks, fails.

import * as z from 'zod'

const uri = z.string().regex(/^[^\s<>"{}|\\^`]+$/)
const message = z.strictObject({ text: z.string().min(1) })
const region = z.strictObject({
  startLine: z.int().min(1),
  startColumn: z.int().min(1),
  endLine: z.int().min(1).optional(),
  endColumn: z.int().min(1).optional(),
})
const artifactLocation = z.strictObject({ uri, uriBaseId: z.literal('%SRCROOT%').optional() })
const physicalLocation = z.strictObject({ artifactLocation, region })
const result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.int().min(0),
  level: z.enum(['none', 'note', 'warning', 'error']),
  message,
  locations: z.array(z.strictObject({ physicalLocation })).length(1),
  relatedLocations: z.array(z.strictObject({ id: z.int().min(0), physicalLocation, message })).optional(),
  partialFingerprints: z.record(z.string(), z.string()),
  fixes: z
    .array(
      z.strictObject({
        description: message,
        artifactChanges: z
          .array(
            z.strictObject({
              artifactLocation,
              replacements: z
                .array(
                  z.strictObject({
                    deletedRegion: region,
                    insertedContent: message.extend({ text: z.string() }),
                  }),
                )
                .min(1),
            }),
          )
          .min(1),
      }),
    )
    .optional(),
  properties: z.looseObject({}),
})
const notification = z.strictObject({
  level: z.enum(['none', 'note', 'warning', 'error']),
  message,
  associatedRule: z.strictObject({ id: z.string(), index: z.int().min(0) }),
  properties: z.looseObject({}),
})
const rule = z.strictObject({
  id: z.string(),
  name: z.string(),
  shortDescription: message,
  fullDescription: message,
  help: message.extend({ markdown: z.string() }),
  defaultConfiguration: z.strictObject({ level: z.enum(['none', 'note', 'warning', 'error']) }),
  properties: z.looseObject({ tags: z.array(z.string()) }),
})
/** What we write, in the words of the standard; it is narrower than the standard in what it leaves out alone. */
export const sarifLog = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({ name: z.string(), semanticVersion: z.string(), rules: z.array(rule) }),
      }),
      automationDetails: z.strictObject({ id: z.string() }),
      originalUriBaseIds: z.record(z.string(), z.strictObject({ description: message })),
      invocations: z.tuple([
        z.strictObject({
          executionSuccessful: z.boolean(),
          toolExecutionNotifications: z.array(notification),
        }),
      ]),
      columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
      results: z.array(result),
    }),
  ]),
})

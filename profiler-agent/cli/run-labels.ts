// What a run is labelled with: the flags of `costflame run`, then what the environment says of the service in OpenTelemetry's words.

import { baggageOf } from '../capture/foreign-headers'
import { redactTag, redactText } from '../capture/redact'
import type { Attribution } from '../model/exchange'
import { boundedTags, labelOf, MAX_TAGS, mergedAttribution, tagNameOf } from '../model/labels'
import { present } from '../model/present'
import type { RunRecord } from '../model/record'
import { type Io, UsageError } from './io'

export interface LabelFlags {
  readonly agent?: string
  readonly agentVersion?: string
  readonly intent?: string
  readonly tenant?: string
  readonly tag: readonly string[]
}

/** Throws UsageError for a flag whose value cannot be kept as it is. */
export function runLabels({ env }: Pick<Io, 'env'>, flags: LabelFlags): Pick<RunRecord, 'tags' | 'defaults'> {
  const said = present({
    agent: label('--agent', flags.agent),
    agentVersion: label('--agent-version', flags.agentVersion),
    intent: label('--intent', flags.intent),
    tenant: label('--tenant', flags.tenant),
  })
  const { tags: resourceTags = {}, ignored: _, ...resource } = resourceLabels(env.OTEL_RESOURCE_ATTRIBUTES)
  return { tags: { ...resourceTags, ...tagsOf(flags.tag) }, defaults: mergedAttribution([said, resource]) }
}

function label(flag: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const text = labelOf(redactText(value))
  if (text === undefined) throw new UsageError(`${flag} ${JSON.stringify(value)}: it needs a plain text`)
  return text
}

function tagsOf(values: readonly string[]): Record<string, string> {
  const tags = new Map<string, string>()
  for (const text of values) {
    const [key = '', value = ''] = text.split(/=(.*)/s)
    const name = tagNameOf(key)
    const said = labelOf(redactTag(key.trim(), value))
    if (name === undefined || said === undefined)
      throw new UsageError(
        `--tag ${text}: write it as --tag name=value; a name has letters, digits, ".", "_" and "-"`,
      )
    tags.set(name, said)
  }
  if (tags.size > MAX_TAGS)
    throw new UsageError(`${tags.size} tags are more than the ${MAX_TAGS} that a run can have`)
  return boundedTags(tags).tags ?? {}
}

/** `service.version=1.4.0,tenant.id=acme`: written as baggage is. What cannot be read was not meant for us. */
function resourceLabels(attributes: string | undefined): Attribution {
  const { own, other } = baggageOf(attributes)
  const version = /(?:^|,)\s*service\.version\s*=([^,;]*)/.exec(attributes ?? '')?.[1]
  return mergedAttribution([own, other, present({ agentVersion: labelOf(version ?? '') })])
}

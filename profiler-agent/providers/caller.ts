// What the body of a request says of who calls and for whom: metadata, labels, end user, conversation. The same fields whoever serves them.

import type { ExchangeReading } from '../model/call'
import type { Attribution } from '../model/exchange'
import { labelOf, labelsOfPairs, mergedAttribution } from '../model/labels'
import { present } from '../model/present'
import { decodeJson, isObject, type JsonObject, objectOf, textOf } from '../wire/json'

/** Fields with pairs: OpenAI, Mistral and others · Vertex · Bedrock Converse · Codex. */
const PAIR_FIELDS = ['metadata', 'labels', 'requestMetadata', 'client_metadata'] as const

/** Nothing where the body says nothing. Throws nothing. */
export function callerIn(request: JsonObject): Pick<ExchangeReading, 'caller'> {
  const caller = mergedAttribution([
    anthropicUser(objectOf(request.metadata).user_id),
    ...PAIR_FIELDS.map((field) => pairsOf(request, field)),
    conversationOf(request),
    endUserOf(request),
  ])
  return Object.keys(caller).length === 0 ? {} : { caller }
}

/** Claude Code packs its session into the one field there is: `user_…_account_…_session_…`, later as JSON. */
const CLAUDE_CODE = /^user_.*_account_(.*)_session_(.+)$/

/** Anthropic's `metadata.user_id`, read 2026-11-22 in recorded calls of both versions of Claude Code. */
function anthropicUser(value: unknown): Attribution {
  const text = textOf(value)
  if (text === undefined) return {}
  const [, account, session] = CLAUDE_CODE.exec(text) ?? []
  if (session !== undefined) return userInSession(account, session)
  const json = text.startsWith('{') ? decodeJson(text) : undefined
  const packed = json?.ok ? objectOf(json.value) : {}
  const packedSession = textOf(packed.session_id)
  if (packedSession !== undefined) return userInSession(textOf(packed.account_uuid), packedSession)
  return userInSession(text, undefined)
}

function userInSession(user: string | undefined, session: string | undefined): Attribution {
  const label = labelOf(user ?? '')
  return {
    ...present({ session: labelOf(session ?? '') }),
    ...(label === undefined ? {} : { tags: { user: label } }),
  }
}

/** Texts, numbers and truth values of an object; the user of Anthropic's metadata is read apart. */
function pairsOf(request: JsonObject, field: (typeof PAIR_FIELDS)[number]): Attribution {
  const pairs = Object.entries(objectOf(request[field])).flatMap(([key, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value) && !(field === 'metadata' && key === 'user_id')
      ? [[key, String(value)] as const]
      : [],
  )
  return labelsOfPairs(pairs, field)
}

/** A conversation that the server holds (OpenAI), or that the caller names (OpenRouter). */
function conversationOf({ conversation, session_id }: JsonObject): Attribution {
  const held = textOf(conversation) ?? (isObject(conversation) ? textOf(conversation.id) : undefined)
  return userInSession(undefined, textOf(session_id) ?? held)
}

/** OpenAI's `safety_identifier`, which took the place of `user`. */
function endUserOf({ safety_identifier, user }: JsonObject): Attribution {
  return userInSession(textOf(safety_identifier) ?? textOf(user), undefined)
}

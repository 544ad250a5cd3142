// Masks credentials in what is about to be stored: texts as they were read, which the bytes on the wire may have held in pieces.

import type { Content, RunRecord, SpanRecord } from '../model/record'
import { credentialsInText } from './credentials'
import { redactText, type SecretMemory } from './redact'
import { redactCommandLine } from './redact-command'

interface Texts {
  readonly spans: readonly SpanRecord[]
  readonly contents: readonly Content[]
}

/** Remembers what JSON in the contents names as a credential, and masks every secret that is known by then. */
export function maskedTexts({ spans, contents }: Texts, secrets: SecretMemory): Texts {
  for (const { text } of contents) if (text !== null) secrets.remember(credentialsInText(text))
  if (secrets.isEmpty) return { spans, contents }
  return {
    spans: spans.map((span) => maskedSpan(span, secrets)),
    contents: contents.map((content) =>
      content.text === null ? content : { hash: content.hash, text: secrets.maskText(content.text) },
    ),
  }
}

/** Prompt and reply are hashes and places; everything else may quote what was sent. */
function maskedSpan({ call, ...span }: SpanRecord, secrets: SecretMemory): SpanRecord {
  const masked = maskedStrings(span, secrets)
  return call ? { ...masked, call: { ...call, modelCall: maskedStrings(call.modelCall, secrets) } } : masked
}

/** Whoever announces a run says of it what they like: what is only shaped like a key is masked, too. Its id stays, for its calls. */
export function maskedRun(run: RunRecord, secrets: SecretMemory): RunRecord {
  const masked = mapStrings(run, (text) => redactText(text, secrets)) as RunRecord
  const command = run.command === undefined ? {} : { command: redactCommandLine(run.command, secrets) }
  return { ...masked, id: secrets.maskText(run.id), ...command }
}

/** The same value with every text in it masked, names included: a tag's may be anything. */
function maskedStrings<T>(value: T, secrets: SecretMemory): T {
  return mapStrings(value, (text) => secrets.maskText(text)) as T
}

/** The same value with every text in it changed, names included. */
export function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [change(key), mapStrings(item, change)]),
  )
}

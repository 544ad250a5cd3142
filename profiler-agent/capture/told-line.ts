// Lines of `/ingest` that tell what a program declared, and what its hook saw: checked field by field, bounded, credentials masked.

import { withoutControl } from '../model/control-characters'
import type { Attribution } from '../model/exchange'
import { RUN_ID } from '../model/headers'
import type { HookReport } from '../model/hook-report'
import { MAX_LABEL_LENGTH, MAX_TAGS, tagNameOf } from '../model/labels'
import { present } from '../model/present'
import type { DeclaredKind, DeclaredOutcome, DeclaredSpan } from '../model/record'
import type { Frame, Outcome } from '../model/span'
import { REDACTED, redactText, type SecretMemory } from './redact'
import { redactCommandLine } from './redact-command'

const KINDS = ['agent', 'step', 'tool', 'retrieval'] as const satisfies readonly DeclaredKind[]
const ID = RUN_ID
const MAX_TEXT = MAX_LABEL_LENGTH
const MAX_COMMAND = 4096
const MAX_FILE = 4096
/** The end of the year 9999: what is later has no date that others could read. */
const LATEST = Date.UTC(10_000, 0, 1) - 1
/** Of tags, details of an outcome, attributes: the rest is left out. */
const MAX_ENTRIES = MAX_TAGS
const MAX_FRAMES = 100
const MAX_HOSTS = 100

type Message = Readonly<Record<string, unknown>>

export interface LineTools {
  readonly secrets: SecretMemory
  /** The run of a line that names none. */
  readonly nameRun: (runId: string | undefined) => string
}

/** A field that is missing or of the wrong kind; the message names it. */
export class FieldProblem extends Error {}

/** The span of `{"type":"span", …DeclaredSpan}`. Throws FieldProblem. */
export function declaredSpanOf(message: Message, { secrets, nameRun }: LineTools): DeclaredSpan {
  const fields = new Fields(message, secrets)
  const kind = KINDS.find((each) => each === message.kind)
  if (kind === undefined) throw new FieldProblem(`kind is none of ${KINDS.join(', ')}`)
  const endedAt = fields.optional('endedAt', (name) => fields.moment(name))
  const status = fields.optional('status', (name) => fields.oneOf(name, ['ok', 'error'] as const))
  return {
    id: fields.id('id'),
    runId: nameRun(fields.optional('runId', (name) => fields.id(name))),
    kind,
    name: fields.text('name'),
    startedAt: fields.moment('startedAt'),
    attribution: {
      ...fields.optional('attribution', (name) => attributionOf(fields.inner(name))),
      ...commandOf(fields),
    },
    ...present({
      parentId: fields.optional('parentId', (name) => fields.id(name)),
      endedAt,
      status,
      outcome: fields.optional('outcome', (name) => outcomeOf(fields.inner(name))),
      callSite: fields.optional('callSite', (name) => framesOf(fields.list(name), secrets)),
      attributes: fields.optional('attributes', (name) => fields.inner(name).entries()),
    }),
  }
}

/** The outcome of `{"type":"outcome", "runId"?, "at", "outcome"}`. Throws FieldProblem. */
export function declaredOutcomeOf(message: Message, { secrets, nameRun }: LineTools): DeclaredOutcome {
  const fields = new Fields(message, secrets)
  return {
    runId: nameRun(fields.optional('runId', (name) => fields.id(name))),
    at: fields.moment('at'),
    outcome: outcomeOf(fields.inner('outcome')),
    ...commandOf(fields),
  }
}

/** The report of `{"type":"hook", …HookReport}`. Throws FieldProblem. */
export function hookReportOf(message: Message, { secrets }: LineTools): HookReport {
  const fields = new Fields(message, secrets)
  return {
    runId: fields.id('runId'),
    pid: fields.count('pid'),
    runtime: fields.text('runtime'),
    calls: fields.count('calls'),
    around: fields
      .list('around')
      .slice(0, MAX_HOSTS)
      .map((each, index) => {
        const host = new Fields(objectOf(each, `around[${index}]`), secrets, `around[${index}].`)
        return { host: host.text('host'), calls: host.count('calls'), why: host.text('why') }
      }),
  }
}

/** Reads the fields of one object; whatever is not as it should be is a FieldProblem with the field's name. */
class Fields {
  constructor(
    readonly message: Message,
    readonly secrets: SecretMemory,
    readonly path = '',
  ) {}

  /** `null` is as good as absent: some languages write it for what they do not have. */
  optional<Value>(name: string, read: (name: string) => Value): Value | undefined {
    return this.message[name] === undefined || this.message[name] === null ? undefined : read(name)
  }

  id(name: string): string {
    const value = this.message[name]
    if (typeof value === 'string' && ID.test(value)) return value
    throw this.#problem(name, 'is no id: 1 to 64 letters, digits, `.`, `_` or `-`')
  }

  text(name: string): string {
    const value = this.message[name]
    if (typeof value !== 'string') throw this.#problem(name, 'is no text')
    const text = this.masked(value)
    if (text === '') throw this.#problem(name, 'is empty')
    return text
  }

  moment(name: string): number {
    const value = this.message[name]
    if (typeof value === 'number' && value >= 0 && value <= LATEST) return value
    throw this.#problem(name, 'is no time in ms since the epoch')
  }

  count(name: string): number {
    const value = this.message[name]
    if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value)
    throw this.#problem(name, 'is no whole number')
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    const value = values.find((each) => each === this.message[name])
    if (value !== undefined) return value
    throw this.#problem(name, `is none of ${values.join(', ')}`)
  }

  list(name: string): readonly unknown[] {
    const value = this.message[name]
    if (Array.isArray(value)) return value
    throw this.#problem(name, 'is no list')
  }

  inner(name: string): Fields {
    const path = this.path + name
    return new Fields(objectOf(this.message[name], path), this.secrets, `${path}.`)
  }

  /** Names with texts, numbers and booleans. */
  entries(): Record<string, string | number | boolean> {
    const entries: Record<string, string | number | boolean> = {}
    for (const [name, value] of Object.entries(this.message).slice(0, MAX_ENTRIES)) {
      const kept = typeof value === 'string' ? this.masked(value) : value
      if (!isScalar(kept)) throw this.#problem(name, 'is no text, number or boolean')
      entries[this.masked(name)] = kept
    }
    return entries
  }

  /** Tags by the names that they have in a header, too. */
  tags(): Record<string, string> {
    const tags: Record<string, string> = {}
    for (const [name, value] of Object.entries(this.entries())) {
      const tag = tagNameOf(name.replaceAll(REDACTED, 'redacted'))
      if (tag === undefined) throw this.#problem(name, 'is no tag: 1 to 64 letters, digits, `.`, `_` or `-`')
      tags[tag] = String(value)
    }
    return tags
  }

  /** Without credentials and control characters, cut to length. */
  masked(text: string): string {
    return withoutControl(redactText(text.slice(0, 2 * MAX_TEXT), this.secrets))
      .trim()
      .slice(0, MAX_TEXT)
      .toWellFormed()
  }

  #problem(name: string, what: string): FieldProblem {
    return new FieldProblem(`${this.path}${name} ${what}`)
  }
}

function attributionOf(fields: Fields): Omit<Attribution, 'callSite' | 'ignored'> {
  const text = (name: string) => fields.optional(name, (each) => fields.text(each))
  return present({
    agentVersion: text('agentVersion'),
    intent: text('intent'),
    tenant: text('tenant'),
    session: text('session'),
    tags: fields.optional('tags', (name) => fields.inner(name).tags()),
  })
}

function outcomeOf(fields: Fields): Outcome {
  const status = fields.text('status')
  const { value, ...details } = fields.entries()
  if (value !== undefined && typeof value !== 'number')
    throw new FieldProblem(`${fields.path}value is no number`)
  return { ...details, ...present({ value }), status }
}

function framesOf(frames: readonly unknown[], secrets: SecretMemory): Frame[] {
  return frames.slice(0, MAX_FRAMES).map((each, index) => {
    const fields = new Fields(objectOf(each, `callSite[${index}]`), secrets, `callSite[${index}].`)
    const { file, function: name } = fields.message
    if (typeof file !== 'string' || file === '' || file.length > MAX_FILE)
      throw new FieldProblem(`${fields.path}file is no path`)
    const line = fields.count('line')
    if (line < 1) throw new FieldProblem(`${fields.path}line is below 1`)
    const column = fields.optional('column', (field) => fields.count(field))
    return {
      file,
      line,
      ...(column ? { column } : {}),
      ...(typeof name === 'string' && name !== '' ? { function: fields.masked(name) } : {}),
    }
  })
}

function commandOf(fields: Fields): { readonly command?: string } {
  const { command } = fields.message
  if (typeof command !== 'string' || command === '') return {}
  return { command: redactCommandLine(withoutControl(command.slice(0, MAX_COMMAND)), fields.secrets) }
}

function objectOf(value: unknown, path: string): Message {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Message
  throw new FieldProblem(`${path} is no object`)
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'number' ? Number.isFinite(value) : /^(?:string|boolean)$/.test(typeof value)
}

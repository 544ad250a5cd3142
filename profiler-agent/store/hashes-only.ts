// What is stored where only hashes are kept (`content: hashes`): the same records without any text of prompts, replies, errors and command arguments. Pure.

import type { Finding } from '../model/finding'
import type { Content, RunRecord, SpanRecord } from '../model/record'
import type { Batch } from './store'

const NOT_KEPT = 'text not kept (content: hashes)'

/** The spans and contents of an exchange: contents keep their hash and length, errors their status and code. */
export function hashesOnly({ spans, contents }: Batch): Batch {
  return {
    spans: spans.map((span) => withoutErrorText(withoutCommand(span))),
    contents: contents.map(withoutText),
  }
}

/** A run is called by its command. */
function withoutCommand(span: SpanRecord): SpanRecord {
  return span.kind === 'run' ? { ...span, name: programOf(span.name) } : span
}

function withoutText(content: Content): Content {
  if (content.text === null) return content
  return { hash: content.hash, text: null, characters: content.text.length }
}

/** Providers quote what was sent in their error messages. */
function withoutErrorText(span: SpanRecord): SpanRecord {
  const { call } = span
  if (!call?.modelCall.error) return span
  const { status, code } = call.modelCall.error
  const error = { status, ...(code !== undefined && isName(code) ? { code } : {}), message: NOT_KEPT }
  return { ...span, call: { ...call, modelCall: { ...call.modelCall, error } } }
}

function isName(code: string): boolean {
  return /^[\w.-]{1,64}$/.test(code)
}

/** The run, called by its program and script: prompts are handed over as arguments, too. */
export function withoutArguments(run: RunRecord): RunRecord {
  return {
    ...run,
    name: programOf(run.name),
    ...(run.command === undefined ? {} : { command: programOf(run.command) }),
  }
}

/** `node agent.mjs …`: a first argument counts as the script when it looks like a file. */
function programOf(command: string): string {
  const [program = '', script = '', ...rest] = command.split(' ')
  if (script === '') return program
  const isFile = /^[\w@./\\-]+\.\w{1,5}$/.test(script)
  if (!isFile) return `${program} …`
  return rest.length === 0 ? `${program} ${script}` : `${program} ${script} …`
}

/** Says in the findings what cannot be found without the texts. */
export function textsMissing(runId: string): Finding {
  return {
    id: 'profiler-content-hashes',
    rule: 'profiler/content-hashes',
    severity: 'hint',
    message:
      'Texts of prompts are not kept here (content: hashes), so text that changes inside a prompt cannot be found, and shares of a prompt go by length. Totals and costs are exact.',
    runId,
    spanIds: [],
    relatedLocations: [],
    evidence: {},
  }
}

// What of a finding is looked for in the repository, read out of its rule and evidence.

import type { Finding } from '../model/finding'
import type { Frame } from '../model/span'
import { arrayOf, decodeJson, endOfText, type JsonObject, objectOf, textOf } from '../wire/json'
import type { DeclaredTool } from './tool-declaration'
import { type Needle, needleOf } from './volatile-origin'

/** Where changing text comes from; where a tool is declared; which option of the call is meant; or nothing but the call itself. */
export type Sought =
  | { readonly what: 'text'; readonly needle: Needle }
  | { readonly what: 'tool'; readonly tools: readonly DeclaredTool[] }
  | { readonly what: 'option'; readonly names: readonly string[] }

/** What is known of a call that a finding is about. */
export interface CallFacts {
  /** Lines that led to it, innermost first; their files are looked into before all others. */
  readonly frames: readonly Frame[]
  readonly provider: string
  readonly agent?: string
  /** Of its blocks, in render order; texts only where they are kept. */
  readonly prompt: () => readonly PromptBlock[]
}

export interface PromptBlock {
  readonly path: string
  readonly name?: string
  readonly text: () => string | undefined
}

export interface Subject {
  readonly finding: Finding
  readonly call: CallFacts
  /** Of some of the finding's calls: the texts of the block that it names, where they are kept. */
  readonly prompts: () => readonly string[]
  /** In this order; the first that is found counts. */
  readonly sought: readonly Sought[]
  /** Set where the cause is a text of the user's, so that not finding it is to be said. */
  readonly missing?: string
}

/** Request fields that hold a part of the prompt, in the words of all providers. */
const OPTIONS_OF_PART: Readonly<Record<string, readonly string[]>> = {
  tools: ['tools', 'toolConfig', 'functions'],
  system: [
    'system',
    'instructions',
    'systemInstruction',
    'system_instruction',
    'messages',
    'input',
    'config',
  ],
  messages: ['messages', 'input', 'contents', 'prompt'],
}

/** `undefined` for findings that are not about a prompt. */
export function subjectOf(
  finding: Finding,
  call: CallFacts,
  prompts: Subject['prompts'] = () => [],
): Subject | undefined {
  if (!finding.rule.startsWith('cache/')) return undefined
  const sought = soughtOf(finding, call)
  const missing = missingText(finding, sought)
  return { finding, call, prompts, sought, ...(missing === undefined ? {} : { missing }) }
}

function soughtOf(finding: Finding, call: CallFacts): Sought[] {
  const needle = needleOfVolatile(objectOf(finding.evidence.volatile)) ?? needleOfWriting(finding, call)
  const tools = toolsOf(finding, call)
  const names = optionsOf(finding)
  return [
    ...(needle ? [{ what: 'text', needle } as const] : []),
    ...(tools.length > 0 ? [{ what: 'tool', tools } as const] : []),
    ...(names.length > 0 ? [{ what: 'option', names } as const] : []),
  ]
}

const CHANGED_TEXT = /^cache\/(?:volatile-prefix|unstable-serialisation|system-changed)$/

function missingText({ rule }: Finding, sought: readonly Sought[]): string | undefined {
  if (!CHANGED_TEXT.test(rule)) return undefined
  return sought.some(({ what }) => what === 'text')
    ? 'no text of the repository stands around it, or several do'
    : 'too little of the text around it is known'
}

/** Of one entry of a finding's evidence: with the constant text around what changes, and only that, since values are in no source. */
export function needleOfVolatile(evidence: JsonObject): Needle | undefined {
  const { textBefore, textAfter, before, after, path } = evidence
  if (typeof textBefore !== 'string' || typeof textAfter !== 'string' || typeof after !== 'string')
    return undefined
  if (textBefore.trim() === '' && textAfter.trim() === '') return undefined
  const isJson = String(path).startsWith('tools')
  const plain = (text: string) => (isJson ? withoutJsonEscapes(text) : text)
  const kept = equalEnds(typeof before === 'string' ? before : '', after)
  return needleOf({
    before: plain(textBefore + after.slice(0, kept.start)),
    value: plain(after.slice(kept.start, after.length - kept.end)),
    after: plain(after.slice(after.length - kept.end) + textAfter),
  })
}

const SHOWN_TEXT = 200

/** JSON that is written in several ways changes as a whole: the text around it is what its template has. */
function needleOfWriting({ evidence }: Finding, { prompt }: CallFacts): Needle | undefined {
  const { path, at } = objectOf(evidence.writing)
  if (typeof path !== 'string' || typeof at !== 'number') return undefined
  const text = prompt()
    .find((block) => block.path === path)
    ?.text()
  const json = text === undefined ? undefined : jsonAround(text, at)
  if (text === undefined || json === undefined) return undefined
  const [before, after] = [text.slice(0, json.start), text.slice(json.end)]
  if (before.trim() === '' && after.trim() === '') return undefined
  return needleOf({
    before: before.slice(-SHOWN_TEXT),
    value: text.slice(json.start, json.end),
    after: after.slice(0, SHOWN_TEXT),
  })
}

/** The outermost brackets around a place of a text. */
function jsonAround(text: string, at: number): { readonly start: number; readonly end: number } | undefined {
  let depth = 0
  let start = 0
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? ''
    if (character === '"' && depth > 0) index = endOfText(text, index)
    else if ('{['.includes(character)) {
      if (depth++ === 0) start = index
    } else if (']}'.includes(character) && depth > 0 && --depth === 0 && index >= at)
      return start <= at ? { start, end: index + 1 } : undefined
  }
  return undefined
}

/** Words are shown whole; what really differs may be less, and constant text may be part of a word. */
function equalEnds(before: string, after: string): { readonly start: number; readonly end: number } {
  const shortest = Math.min(before.length, after.length)
  let start = 0
  while (start < shortest && before[start] === after[start]) start++
  let end = 0
  while (end < shortest - start && before.at(-1 - end) === after.at(-1 - end)) end++
  return { start, end }
}

/** Tools are JSON in the prompt, and something else in the source. */
function withoutJsonEscapes(text: string): string {
  return text.replace(/\\([nrt"\\/])/g, (_, code: string) => ({ n: '\n', r: '\r', t: '\t' })[code] ?? code)
}

function toolsOf(finding: Finding, { prompt }: CallFacts): DeclaredTool[] {
  const names = toolNames(finding)
  if (names.length === 0) return []
  const declared = prompt()
  return names.map((name) => {
    const text = declared.find((block) => block.path.startsWith('tools') && block.name === name)?.text()
    const description = descriptionOf(text ?? '')
    return { name, ...(description === undefined ? {} : { description }) }
  })
}

/** The tool that the finding is about; of a list that changes, those that changed first, then those that came or went. */
function toolNames({ rule, evidence }: Finding): string[] {
  const [, about] = /^tools:(.+)$/s.exec(textOf(evidence.part) ?? '') ?? []
  if (about !== undefined) return [about]
  if (rule !== 'cache/tools-changed') return []
  const { changed, added, removed } = evidence
  return [changed, added, removed].flatMap(arrayOf).flatMap((name) => textOf(name) ?? [])
}

/** Of a tool's JSON, in whichever notation. */
function descriptionOf(text: string): string | undefined {
  const reading = decodeJson(text)
  const tool = objectOf(reading.ok ? reading.value : undefined)
  return textOf(tool.description) ?? textOf(objectOf(tool.function ?? tool.toolSpec).description)
}

function optionsOf({ rule, evidence }: Finding): readonly string[] {
  if (rule === 'cache/settings-changed') {
    // `thinking.type` stands in the option `thinking`.
    const parameter = textOf(evidence.parameter) ?? textOf(evidence.part)
    return parameter === undefined ? [] : [parameter, parameter.split('.')[0] ?? '']
  }
  if (rule === 'cache/tools-reordered' || rule === 'cache/tools-changed') return OPTIONS_OF_PART.tools ?? []
  if (rule === 'cache/system-changed') return OPTIONS_OF_PART.system ?? []
  if (rule === 'cache/history-edited') return OPTIONS_OF_PART.messages ?? []
  if (/breakpoint|look-back|write-never-read/.test(rule))
    return OPTIONS_OF_PART[breakpointPart(evidence)] ?? []
  return []
}

/** The part of the prompt that the breakpoint would end, else the one that the finding is about. */
function breakpointPart({ breakpointPlaces, breakpointAt, path }: Finding['evidence']): string {
  const [place] = arrayOf(breakpointPlaces)
  if (place === 'last') return 'messages'
  if (place === 'system' || place === 'tools') return place
  const stable = textOf(breakpointAt) ?? textOf(path) ?? 'system'
  if (stable.startsWith('tools')) return 'tools'
  return /^(?:messages|input|contents)/.test(stable) ? 'messages' : 'system'
}

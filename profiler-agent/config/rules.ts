// The key `rules` of `config.jsonc`: what calls are labelled with by what they say. Reads the rules, and asks them about one call.

import type { Node } from 'jsonc-parser'
import type { Attribution } from '../model/exchange'
import { boundedTags, labelOf, mergedAttribution, tagNameOf } from '../model/labels'
import { present } from '../model/present'
import { type Problem, type ReadJsonc, type Shape, soundValue, valueAt } from '../wire/jsonc'
import { compilePattern } from './pattern'
import { PatternError } from './pattern-syntax'

/** What rules look at in one call. */
export interface RuleSubject {
  readonly system: string
  readonly model: string
  /** Of the URL, without query. */
  readonly path: string
  /** The first message of the user's in the prompt. */
  readonly user: string
}

export interface AttributionRule {
  /** Absent where the rule says what holds for calls of which nothing else is known. */
  readonly matches?: (call: RuleSubject) => boolean
  readonly labels: Attribution
}

/** What the rules that match say, and what those without `match` do. The first rule that says a label counts. */
export function ruledAttribution(
  rules: readonly AttributionRule[],
  call: RuleSubject,
): { readonly matched: Attribution; readonly fallback: Attribution } {
  const matched = rules.filter(({ matches }) => matches?.(call))
  const fallback = rules.filter(({ matches }) => matches === undefined)
  return {
    matched: mergedAttribution(matched.map(({ labels }) => labels)),
    fallback: mergedAttribution(fallback.map(({ labels }) => labels)),
  }
}

const textShape = (description: string): Shape => ({
  kind: 'either',
  expected: 'a text, a list of texts, or {"regex": "…"}',
  description: `${description} A text that must stand in it, a list of which one must, or a regular expression. Letter case does not matter.`,
  of: [
    { kind: 'string' },
    { kind: 'strings' },
    {
      kind: 'object',
      required: ['regex'],
      keys: {
        regex: {
          kind: 'string',
          description: 'Without look-around and back-references; it looks at the first 8,192 characters.',
        },
      },
    },
  ],
})

const label = (description: string): Shape => ({ kind: 'string', description })

const RULE_SHAPE: Shape = {
  kind: 'object',
  keys: {
    match: {
      kind: 'object',
      description:
        'What a call must be like: all that is named. Without it the rule says what holds where nothing else does.',
      keys: {
        system: textShape('The system prompt.'),
        model: textShape('The model that is asked for.'),
        path: textShape("The path of the URL at the provider's."),
        user: textShape('The first message of the user.'),
      },
    },
    agent: label('The agent that makes the call.'),
    agentVersion: label('Its version.'),
    intent: label('What it was asked to do.'),
    tenant: label('Whom it works for.'),
    step: label('The step of the agent.'),
    tags: { kind: 'named', description: 'Tags of your own.', value: { kind: 'string' } },
    note: { kind: 'string', description: 'For people; not read.' },
  },
}

export const RULES_SHAPE: Shape = {
  kind: 'list',
  description:
    'Labels for calls, by what they say. Each label comes from the first rule that fits and has it.',
  of: RULE_SHAPE,
}

type TextValue = string | readonly string[] | { readonly regex: string }

interface RuleValue extends Pick<Attribution, 'agent' | 'agentVersion' | 'intent' | 'tenant' | 'step'> {
  readonly match?: Partial<Record<keyof RuleSubject, TextValue>>
  readonly tags?: Readonly<Record<string, string>>
}

interface ReadRule {
  readonly rule?: AttributionRule
  readonly problems: readonly Problem[]
}

/** The rules of a file and what is wrong with them. One with a mistake in its `match` is left out: it would fit other calls than it means. */
export function readRules(read: ReadJsonc): { rules: AttributionRule[]; problems: Problem[] } {
  const list = read.root && valueAt(read.root, ['rules'])
  const nodes = list?.type === 'array' ? (list.children ?? []) : []
  const all = nodes.map((node) => readRule(node, read))
  return {
    rules: all.flatMap(({ rule }) => rule ?? []),
    problems: all.flatMap(({ problems }) => problems),
  }
}

function readRule(node: Node, read: ReadJsonc): ReadRule {
  const value = soundValue(node, RULE_SHAPE) as RuleValue | undefined
  if (value === undefined) return { problems: [] }
  const { tests, problems } = testsOf(valueAt(node, ['match']), value.match ?? {}, read)
  if (tests === undefined) return { problems }
  const labels = labelsOf(value)
  const message = (name: string) => `${name} cannot be used as it is written`
  return {
    rule: {
      ...(tests.length > 0 ? { matches: (call) => tests.every((test) => test(call)) } : {}),
      labels: labels.attribution,
    },
    problems: labels.unusable.map((name) => ({ ...read.at(node), message: message(name) })),
  }
}

interface ReadMatch {
  /** Undefined where something in `match` is not as it should be. */
  readonly tests?: readonly ((call: RuleSubject) => boolean)[]
  readonly problems: readonly Problem[]
}

function testsOf(node: Node | undefined, match: NonNullable<RuleValue['match']>, read: ReadJsonc): ReadMatch {
  if (node === undefined) return { tests: [], problems: [] }
  const names = Object.keys(match) as (keyof RuleSubject)[]
  // What is unknown or of a wrong type has been left out, and said, already.
  const isWhole = node.type === 'object' && node.children?.length === names.length
  const tests: ((call: RuleSubject) => boolean)[] = []
  const problems = names.flatMap((name) => {
    try {
      const test = textTest(match[name] ?? '')
      tests.push((call) => test(call[name]))
      return []
    } catch (error) {
      if (!(error instanceof PatternError)) throw error
      const message = `this regular expression cannot be used: ${error.message}`
      return [{ ...read.at(valueAt(node, [name, 'regex']) ?? node), message }]
    }
  })
  return isWhole && problems.length === 0 ? { tests, problems } : { problems }
}

/** Throws PatternError. */
function textTest(wanted: TextValue): (text: string) => boolean {
  if (typeof wanted === 'string') return contains(wanted)
  if (Array.isArray(wanted)) {
    const tests = wanted.map(contains)
    return (text) => tests.some((test) => test(text))
  }
  return compilePattern('regex' in wanted ? wanted.regex : '')
}

function contains(part: string): (text: string) => boolean {
  const needle = part.toLowerCase()
  return (text) => text.toLowerCase().includes(needle)
}

const LABELS = ['agent', 'agentVersion', 'intent', 'tenant', 'step'] as const

function labelsOf(value: RuleValue): {
  readonly attribution: Attribution
  readonly unusable: readonly string[]
} {
  const labels = LABELS.map((name) => [name, value[name]] as const)
  const tags = Object.entries(value.tags ?? {})
  const cleaned = new Map<string, string>()
  const unusable = labels.flatMap(([name, text]) =>
    text !== undefined && labelOf(text) === undefined ? [name as string] : [],
  )
  for (const [key, text] of tags) {
    const [name, tag] = [tagNameOf(key), labelOf(text)]
    if (name === undefined || tag === undefined) unusable.push(`tags.${key}`)
    else cleaned.set(name, tag)
  }
  const { ignored: tooMany = [], ...bounded } = boundedTags(cleaned)
  const attribution = {
    ...present(Object.fromEntries(labels.map(([name, text]) => [name, labelOf(text ?? '')]))),
    ...bounded,
  }
  return { attribution, unusable: [...unusable, ...tooMany] }
}

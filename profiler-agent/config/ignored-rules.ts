// `findings.ignore` of `config.jsonc`: findings that somebody wants to hear no more of, where no comment in the code can say so.

import { present } from '../model/present'
import { type Problem, type ReadJsonc, type Shape, soundValue, valueAt } from '../wire/jsonc'

export interface IgnoredRule {
  /** A rule or a family of rules. */
  readonly rule: string
  /** Relative to the root; with a `/` at its end all that is below it. Absent: wherever it is. */
  readonly file?: string
  /** Of the entry in `config.jsonc`. */
  readonly line: number
}

const ENTRY: Shape = {
  kind: 'object',
  required: ['rule'],
  keys: {
    rule: {
      kind: 'string',
      description: 'A rule (cache/expired) or a family of rules (cache). Limits are not ignored: raise them.',
    },
    file: {
      kind: 'string',
      description:
        'Only findings in this file, or below this folder (with a / at its end), relative to the root.',
    },
    note: { kind: 'string', description: 'For people; not read.' },
  },
}

export const IGNORED_SHAPE: Shape = {
  kind: 'list',
  description:
    'Findings that are kept and not told. In code a comment above the line does the same: costflame-ignore-next-line <rule>.',
  of: ENTRY,
}

/** Entries that are not as the shape describes count for nothing, which is told as a problem. */
export function readIgnored(read: ReadJsonc): {
  readonly ignored: readonly IgnoredRule[]
  readonly problems: readonly Problem[]
} {
  const nodes = (read.root && valueAt(read.root, ['findings', 'ignore'])?.children) ?? []
  const entries = nodes.flatMap((node) => {
    // The shape leaves out whatever is not as it describes.
    const { rule, file } = (soundValue(node, ENTRY) ?? {}) as Partial<IgnoredRule>
    // With a file that cannot be read as one it would ignore more than was meant.
    const isWhole = rule !== undefined && (file !== undefined || valueAt(node, ['file']) === undefined)
    return isWhole ? [{ rule, ...present({ file }), position: read.at(node) }] : []
  })
  return {
    ignored: entries
      .filter(({ rule }) => !isLimit(rule))
      .map(({ position: { line }, ...entry }) => ({ ...entry, line })),
    problems: entries
      .filter(({ rule }) => isLimit(rule))
      .map(({ position }) => ({
        ...position,
        message: 'a limit is not ignored: raise it in budgets.jsonc, or take it out there',
      })),
  }
}

function isLimit(rule: string): boolean {
  return rule === 'budget' || rule.startsWith('budget/')
}

/** The entry that speaks of a finding of this rule in this file; a finding without a place has no file. */
export function ignoringRule(
  ignored: readonly IgnoredRule[],
  isNamed: (rule: string) => boolean,
  file: string | undefined,
): IgnoredRule | undefined {
  return ignored.find(
    (entry) =>
      isNamed(entry.rule) &&
      (entry.file === undefined ||
        entry.file === file ||
        (entry.file.endsWith('/') && file?.startsWith(entry.file) === true)),
  )
}

// A finding as an assistant is told of it: its rule, place, numbers and saving. Texts of prompts are in it only where the user allows that.

import { ruleText } from '../../formats/rule-texts'
import type { Finding, Location } from '../../model/finding'
import { usdOf } from '../../model/money'
import { present } from '../../model/present'

export interface ToldPlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface ToldFinding {
  readonly id: string
  readonly rule: string
  readonly severity: Finding['severity']
  /** What the rule says of itself; the finding's own words may quote a prompt. */
  readonly title: string
  readonly help: string
  readonly run: string
  readonly place?: ToldPlace
  readonly related: readonly ToldPlace[]
  readonly calls: number
  readonly evidence: Readonly<Record<string, unknown>>
  readonly saving?: {
    readonly usd: number
    readonly per: 'run' | 'call'
    readonly certainty: 'expected' | 'upTo'
  }
  readonly fix?: {
    readonly title: string
    readonly safety: 'safe' | 'review'
    /** Whether costflame_apply_fix can make the change. */
    readonly mechanical: boolean
  }
  /** The finding in its own words; only where the user allows prompt text. */
  readonly message?: string
}

/** Evidence that is no text of a prompt: numbers, and words of our own, of the provider, or of the user's code. */
const PLAIN_WORDS: ReadonlySet<string> = new Set([
  'model',
  'provider',
  'part',
  'path',
  'kind',
  'fix',
  'limit',
])

export function toldFinding(finding: Finding, allowsPrompts: boolean): ToldFinding {
  const { id, rule, severity, runId, location, saving, fix, message } = finding
  const { title, help } = ruleText(rule)
  return {
    ...{ id, rule, severity, title, help, run: runId },
    ...present({ place: location && placeOf(location) }),
    related: finding.relatedLocations.map(placeOf),
    calls: finding.spanIds.length,
    evidence: plainPart(finding.evidence),
    ...(saving
      ? {
          saving: {
            usd: usdOf(saving.picoUsd),
            per: saving.perRun ? 'run' : 'call',
            certainty: saving.certainty,
          },
        }
      : {}),
    ...(fix
      ? { fix: { title: fix.title, safety: fix.safety, mechanical: (fix.edits ?? []).length > 0 } }
      : {}),
    ...(allowsPrompts ? { message } : {}),
  }
}

export function placeOf({ file, line, column }: Location): ToldPlace {
  return { file, line, column }
}

/** Numbers, yes and no, and the words that are known to be none of a prompt's; objects in it likewise. */
function plainPart(evidence: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(evidence).flatMap(([key, value]): [string, unknown][] => {
      if (typeof value === 'number' || typeof value === 'boolean') return [[key, value]]
      if (typeof value === 'string') return PLAIN_WORDS.has(key) ? [[key, value]] : []
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
      const inner = plainPart(value as Readonly<Record<string, unknown>>)
      return Object.keys(inner).length === 0 ? [] : [[key, inner]]
    }),
  )
}

// Stretches of a text that change by their nature: moments, ids, paths, counters. Finds them by their looks and hides them. Pure.

/** What such a stretch is, as findings name it. */
export const VOLATILE_KINDS = {
  dateTime: 'a date or time',
  epoch: 'a time in seconds or milliseconds',
  uuid: 'a UUID',
  id: 'an id',
  hex: 'a hexadecimal id',
  gitSha: 'a commit hash',
  path: 'a path',
  port: 'a port',
  email: 'an e-mail address',
  duration: 'a duration',
  percentage: 'a percentage',
  counter: 'a number',
  text: 'text',
} as const
export type VolatileKind = keyof typeof VOLATILE_KINDS

export interface VolatileSpan {
  readonly kind: VolatileKind
  /** Characters from the start of the text. */
  readonly at: number
  readonly text: string
}

const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}'
const DAY = '(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?'
const CLOCK = String.raw`\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s?[AaPp]\.?[Mm]\b)?`
const ZONE = String.raw`(?:\s?(?:Z|UTC|GMT)(?:[+-]\d{4})?\b|\s?[+-]\d{2}:?\d{2}\b)?`
const DATE = [
  String.raw`\d{4}[-/]\d{2}[-/]\d{2}(?!\d)`,
  String.raw`\d{1,2}[/.]\d{1,2}[/.]\d{4}(?!\d)`,
  String.raw`(?:${DAY},? )?(?:\d{1,2}(?:st|nd|rd|th)? ${MONTH},?|${MONTH} \d{1,2}(?:st|nd|rd|th)?,?)(?: \d{4})?(?!\w)`,
  String.raw`${DAY}\b`,
].join('|')

/** The most telling first. Repetitions are bounded, so that no text takes more than its length in time. */
const PATTERNS: readonly (readonly [VolatileKind, string])[] = [
  ['email', String.raw`[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}`],
  ['uuid', String.raw`\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b`],
  ['dateTime', String.raw`\b(?:${DATE})(?:(?:[T ]|, | at )${CLOCK}${ZONE})?|\b${CLOCK}${ZONE}`],
  ['port', String.raw`(?<=\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]):)\d{2,5}\b`],
  [
    'path',
    String.raw`(?<![\w:/])/(?:tmp|var/folders|private|home|Users|root|workspaces?)/[\w.@+/-]{1,200}(?<!\.)`,
  ],
  ['path', String.raw`\b[A-Z]:\\[\w.@+\\-]{1,200}(?<!\.)`],
  ['epoch', String.raw`\b(?:1[4-9]|20)\d{8}(?:\d{3})?\b`],
  ['id', String.raw`\b[a-zA-Z]{2,12}[_-](?=[A-Za-z_-]{0,40}\d)[\w-]{4,80}`],
  ['id', String.raw`\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b`],
  ['gitSha', String.raw`\b(?=[a-f]{0,40}\d)(?=\d{0,40}[a-f])(?:[0-9a-f]{40}|[0-9a-f]{7,12})\b`],
  ['hex', String.raw`\b(?=[a-fA-F]{0,128}\d)[0-9a-fA-F]{16,128}\b`],
  ['id', String.raw`\b(?=[\w-]{0,63}\d)(?=[\w-]{0,63}[A-Z])(?=[\w-]{0,63}[a-z])[\w-]{16,64}(?![\w-])`],
  ['percentage', String.raw`\b\d{1,20}(?:[.,]\d{1,10})?\s?%`],
  [
    'duration',
    String.raw`\b\d{1,20}(?:\.\d{1,10})?\s?(?:[mµn]?s|sec(?:ond)?s?|min(?:ute)?s?|h(?:ou)?rs?|h|days?|weeks?)\b`,
  ],
  ['counter', String.raw`\d{1,40}(?:[.,]\d{1,40}){0,8}`],
]

const ANY = new RegExp(PATTERNS.map(([, pattern]) => `(${pattern})`).join('|'), 'g')

/** All of them, in order and apart from each other. */
export function volatileSpans(text: string): VolatileSpan[] {
  return [...text.matchAll(ANY)].map((match) => ({ kind: kindOf(match), at: match.index, text: match[0] }))
}

/** Which of the patterns it was: the first group that took part. */
function kindOf(match: RegExpExecArray): VolatileKind {
  const index = match.findIndex((group, at) => at > 0 && group !== undefined)
  return PATTERNS[index - 1]?.[0] ?? 'text'
}

/** The text with each of them replaced by its kind: equal for texts that differ in nothing else. */
export function withoutVolatile(text: string, spans: readonly VolatileSpan[]): string {
  let masked = ''
  let end = 0
  for (const span of spans) {
    masked += `${text.slice(end, span.at)}\u0000${span.kind}\u0000`
    end = span.at + span.text.length
  }
  return masked + text.slice(end)
}

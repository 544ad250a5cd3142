// The exact change that fixes a finding, where it can be made mechanically and is sure to change nothing else; otherwise none.

import type { Finding, TextEdit } from '../../model/finding'
import { cacheRuleFor } from '../../rules/cache-rules'
import { arrayOf, objectOf } from '../../wire/json'
import { callOptionsAt } from '../call-options'
import type { ChangingHole } from '../changing-holes'
import { lexFile } from '../file-kind'
import { changingHoles } from '../hole-values'
import type { Place } from '../place-search'
import { templateHoles } from '../prompt-templates'
import { offsetOf, regionOf, type Span } from '../source-lines'
import { needleOfVolatile, type Subject } from '../subject'
import { matchOf } from '../volatile-origin'
import { addBreakpoints, type CertainEdits, cacheKey, dropBreakpoint, longerTtl } from './breakpoint-edits'
import type { EditedCall } from './edited-call'
import { moveIntoBlock, moveWithinText, writtenLiteral } from './move-edits'
import { sortKeys, sortTools } from './order-edits'
import { type FileEdits, isSound } from './source-edit'

/** What the edits are made from: files as they are now. */
export interface EditedFiles {
  readonly read: (file: string) => string | undefined
  /** SHA-256 of a text, hex. */
  readonly hashOf: (text: string) => string
  /** What changes in a file with this text, by all findings of the run. */
  readonly changingIn: (file: string, fileHash: string) => readonly Span[]
}

/** The finding with the edits of its fix; the same where there is none. `place` is what was found of it. Throws nothing. */
export function withEdits(
  finding: Finding,
  subject: Subject,
  place: Place | undefined,
  files: EditedFiles,
): Finding {
  const { fix } = finding
  const found = fix && editsFor(subject, place, files)
  if (!fix || !found || !isSound(found)) return finding
  const safety = found.isCertain ? fix.safety : 'review'
  return { ...finding, fix: { ...fix, safety, edits: textEdits(found, files) } }
}

function textEdits({ file, source, edits }: FileEdits, { hashOf }: EditedFiles): TextEdit[] {
  const fileHash = hashOf(source)
  return edits.map((edit) => ({ ...regionOf(file, source, edit), newText: edit.newText, fileHash }))
}

function editsFor(subject: Subject, place: Place | undefined, files: EditedFiles): FileEdits | undefined {
  const { fix } = subject.finding.evidence
  if (fix === 'move-volatile') return moved(subject, place, files)
  if (fix === 'sort-keys') return sorted(place, files)
  const call = callOf(subject, files)
  const found = call && callEdits(call, subject)
  if (!call || !found || found.edits.length === 0) return undefined
  return { file: call.file, source: call.lexed.source, ...found }
}

function callEdits(
  call: EditedCall,
  { finding: { evidence }, call: facts }: Subject,
): CertainEdits | undefined {
  const places = arrayOf(evidence.breakpointPlaces).map(String)
  switch (evidence.fix) {
    case 'add-breakpoint':
      return addBreakpoints(
        call,
        places,
        facts.prompt().some(({ path }) => path === 'system'),
      )
    case 'drop-breakpoint':
      return dropBreakpoint(call)
    case 'longer-ttl':
      return longerTtl(call, places[0])
    case 'cache-key':
      return cacheKey(call, facts.agent)
    case 'sort-tools':
      // Where a breakpoint is missing besides, sorting alone gains nothing.
      return places.length === 0 ? sortTools(call) : undefined
    default:
      return undefined
  }
}

/** The innermost line's call. */
function callOf({ call: { frames } }: Subject, files: EditedFiles): EditedCall | undefined {
  const [frame] = frames
  const source = frame && files.read(frame.file)
  const lexed = source === undefined ? undefined : lexFile(frame?.file ?? '', source)
  const options = frame && lexed?.isClean ? callOptionsAt(lexed, frame) : undefined
  return frame && lexed && options && { file: frame.file, lexed, options }
}

function moved(subject: Subject, place: Place | undefined, files: EditedFiles): FileEdits | undefined {
  const own = changingHolesOf(subject, place, files)
  const source = own && files.read(own.file)
  if (!own?.isWhole || source === undefined) return undefined
  const { finding } = subject
  const { file, holes } = own
  const others = files.changingIn(file, files.hashOf(source))
  const origin = { file, source, changing: holes, others, leastStable: leastStable(finding) }
  const call = callOf(subject, files)
  const edits = needsBreakpoints(subject) ? call && moveIntoBlock(origin, call) : moveWithinText(origin)
  return edits && edits.length > 0 ? { file, source, edits, isCertain: true } : undefined
}

export interface FoundHoles {
  readonly file: string
  /** The first is the place of the finding. */
  readonly holes: readonly [ChangingHole, ...ChangingHole[]]
  /** False where a text that changes besides comes from elsewhere: what stays of it in front would spoil what a move gains. */
  readonly isWhole: boolean
}

/** Where the texts of a finding that change come from; `undefined` where its place is no text, or its file has changed since. */
export function changingHolesOf(
  { finding, prompts }: Subject,
  place: Place | undefined,
  files: Pick<EditedFiles, 'read' | 'hashOf'>,
): FoundHoles | undefined {
  if (place?.what !== 'text') return undefined
  const { file } = place.region
  const source = files.read(file)
  const span = source === undefined ? undefined : spanOf(source, place)
  if (source === undefined || !span) return undefined
  const fileHash = files.hashOf(source)
  const others = alsoChanging(file, source, finding)
  const seen = holesSeenToChange(file, source, span, prompts)
  const known = new Map([...others, ...seen].flatMap((other) => (other ? [[other.start, other]] : [])))
  known.delete(span.start)
  const named = (hole: Span) => ({ start: hole.start, end: hole.end, file, fileHash })
  return {
    file,
    holes: [named(span), ...[...known.values()].map(named)],
    isWhole: !others.includes(undefined),
  }
}

/** A text that holds much less than what is sent again and again is not the one that has to be the same. */
function leastStable({ evidence: { tokensPerCall } }: Finding): number {
  return typeof tokensPerCall === 'number' ? tokensPerCall * LEAST_CHARACTERS_PER_TOKEN : 0
}

/** Half of what a token of English text has. */
const LEAST_CHARACTERS_PER_TOKEN = 2

/** Caches that serve what stands before a mark, and nothing else; of one that nobody knows it is not to be said. */
function needsBreakpoints({ finding: { evidence }, call }: Subject): boolean {
  const rule = cacheRuleFor(call.provider, String(evidence.model ?? ''))
  return rule?.mechanism !== 'automatic'
}

/** The finding quotes one pair of calls; others of it may differ in other holes of the same text. */
function holesSeenToChange(file: string, source: string, span: Span, prompts: Subject['prompts']): Span[] {
  const lexed = lexFile(file, source)
  const literal = lexed && writtenLiteral(lexed, [span])
  return literal ? changingHoles(literal.lexeme.pieces, prompts()).map(({ inner }) => inner) : []
}

/** The holes of the same file that the other texts come from; `undefined` for one that is not found there. */
function alsoChanging(file: string, source: string, { evidence }: Finding): (Span | undefined)[] {
  const texts = arrayOf(evidence.alsoVolatile)
  const holes = texts.length > 0 ? templateHoles(file, source) : []
  return texts.map((text) => {
    const needle = needleOfVolatile(objectOf(text))
    const fitting = needle ? holes.flatMap((hole) => matchOf(hole, needle) ?? []) : []
    const [best] = fitting.sort((left, right) => right.letters - left.letters || left.slack - right.slack)
    return best?.hole.inner
  })
}

function sorted(place: Place | undefined, files: EditedFiles): FileEdits | undefined {
  const file = place?.what === 'text' ? place.region.file : undefined
  const source = file?.endsWith('.py') ? files.read(file) : undefined
  const lexed = file === undefined || source === undefined ? undefined : lexFile(file, source)
  const span = place && source !== undefined ? spanOf(source, place) : undefined
  const found = lexed && span && sortKeys(lexed, span)
  return found && file !== undefined && source !== undefined ? { file, source, ...found } : undefined
}

/** `undefined` where the file is not what it was when the place was found. */
function spanOf(source: string, { region, code }: Place): Span | undefined {
  const start = offsetOf(source, region.line, region.column)
  if (start === undefined || source.slice(start, start + code.length) !== code) return undefined
  return { start, end: start + code.length }
}

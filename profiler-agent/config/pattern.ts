// Regular expressions that never take long: the text is read once, whatever the pattern, so that a committed file cannot make calls wait.

import {
  type CharacterTest,
  isWordCharacter,
  type Pattern,
  PatternError,
  parsePattern,
} from './pattern-syntax'

/** What a pattern looks at, from the start of a text. */
export const MAX_PATTERN_TEXT = 8192
const MAX_STEPS = 300

type Step =
  | { readonly kind: 'character'; readonly test: CharacterTest; readonly next: number }
  | { readonly kind: 'either'; readonly next: number; readonly other: number }
  | { readonly kind: 'start'; readonly next: number }
  | { readonly kind: 'end'; readonly next: number }
  | { readonly kind: 'wordEdge'; readonly isEdge: boolean; readonly next: number }
  | { readonly kind: 'found' }

/**
 * Whether a text has a match of the pattern in its first MAX_PATTERN_TEXT characters; letters match in either case. All places
 * in the pattern that are possible are followed at once, so time grows with text × pattern and no faster. Throws PatternError.
 */
export function compilePattern(source: string): (text: string) => boolean {
  const program = new Program()
  const first = program.add(parsePattern(source), program.push({ kind: 'found' }))
  // The calls of an agent begin with the same text.
  let latest = { text: '', isFound: isFound(program.steps, first, '') }
  return (text) => {
    if (text !== latest.text) latest = { text, isFound: isFound(program.steps, first, text) }
    return latest.isFound
  }
}

/** Built from its end, so that each step knows the next. */
class Program {
  readonly steps: Step[] = []

  push(step: Step): number {
    if (this.steps.length >= MAX_STEPS) throw new PatternError('it is too large')
    return this.steps.push(step) - 1
  }

  /** The step with which `pattern`, and then the step `next`, begins. */
  add(pattern: Pattern, next: number): number {
    switch (pattern.kind) {
      case 'character':
        return this.push({ kind: 'character', test: quickly(pattern.test), next })
      case 'start':
      case 'end':
      case 'wordEdge':
        return this.push({ ...pattern, next })
      case 'sequence':
        return pattern.of.reduceRight((after, part) => this.add(part, after), next)
      case 'choice':
        return pattern.of
          .map((option) => this.add(option, next))
          .reduceRight((other, option) => this.push({ kind: 'either', next: option, other }))
      case 'repeat':
        return this.#addRepeat(pattern, next)
      default:
        return pattern satisfies never
    }
  }

  #addRepeat({ of, least, most }: Extract<Pattern, { kind: 'repeat' }>, next: number): number {
    let first = most === Number.POSITIVE_INFINITY ? this.#addLoop(of, next) : next
    for (let extra = least; extra < most && most !== Number.POSITIVE_INFINITY; extra++)
      first = this.push({ kind: 'either', next: this.add(of, first), other: next })
    for (let count = 0; count < least; count++) first = this.add(of, first)
    return first
  }

  /** The loop's own place is known before what it repeats is. */
  #addLoop(of: Pattern, next: number): number {
    const loop = this.push({ kind: 'either', next, other: next })
    this.steps[loop] = { kind: 'either', next: this.add(of, loop), other: next }
    return loop
  }
}

const ASCII = 128

/** The same test, its answers for the usual characters known beforehand. */
function quickly(test: CharacterTest): CharacterTest {
  const answers = Array.from({ length: ASCII }, (_, code) => test(String.fromCharCode(code)))
  return (unit) => answers[unit.charCodeAt(0)] ?? test(unit)
}

function isFound(steps: readonly Step[], first: number, text: string): boolean {
  /** At which character a step was last reached, so that none is followed twice there. */
  const reachedAt = new Int32Array(steps.length).fill(-1)
  let waiting: number[] = []
  for (let at = 0; at <= Math.min(text.length, MAX_PATTERN_TEXT); at++) {
    const reached: number[] = []
    const open = [...waiting, first]
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      const step = steps[index]
      if (step === undefined || reachedAt[index] === at) continue
      reachedAt[index] = at
      if (step.kind === 'found') return true
      if (step.kind === 'character') reached.push(index)
      else if (step.kind === 'either') open.push(step.other, step.next)
      else if (holds(step, text, at)) open.push(step.next)
    }
    waiting = nextSteps(steps, reached, text.charAt(at))
  }
  return false
}

function nextSteps(steps: readonly Step[], reached: readonly number[], unit: string): number[] {
  if (unit === '') return []
  return reached.flatMap((index) => {
    const step = steps[index]
    return step?.kind === 'character' && step.test(unit) ? [step.next] : []
  })
}

function holds(
  step: Exclude<Step, { kind: 'character' | 'either' | 'found' }>,
  text: string,
  at: number,
): boolean {
  if (step.kind === 'start') return at === 0
  if (step.kind === 'end') return at === text.length
  return (isWordCharacter(text[at - 1]) !== isWordCharacter(text[at])) === step.isEdge
}

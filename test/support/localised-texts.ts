// The texts that users read, as the sources name them: the first argument of every `l10n.t(…)`, `words.t(…)` and `t(…)`.
import { globSync, readFileSync } from 'node:fs'
import { inRepository, repositoryRoot } from './repository'

export interface NamedText {
  /** Relative path and line. */
  readonly at: string
  /** `undefined` where it is no plain literal, which no translation can be looked up by. */
  readonly text: string | undefined
}

/** In the order of files and lines. */
export function namedTexts(): readonly NamedText[] {
  return [
    ...textsIn('extension/**/*.ts', /\b(?:l10n|words)\.t\(\s*/g),
    ...['extension', 'webview'].flatMap((room) => textsIn(`${room}/**/*.ts`, T)),
  ]
}

export function readTexts(file: string): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(inRepository(file), 'utf8'))
}

/** `{0}`, `{1}`, …, each once, sorted. */
export function placeholdersOf(text: string): readonly string[] {
  return [...new Set(text.match(/\{\d+\}/g))].sort()
}

/** Commands and addresses that a text links to: they are the same in every language. */
export function linksOf(text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)]*)\)/g)].map(([, target = '']) => target)
}

/** `t` as a function of its own, wherever it was taken from. */
const T = /(?<!function |[\w.'"`])t\(\s*/g

function textsIn(pattern: string, call: RegExp): NamedText[] {
  return globSync(pattern, { cwd: repositoryRoot })
    .sort()
    .flatMap((file) => {
      const source = readFileSync(inRepository(file), 'utf8')
      return [...source.matchAll(call)].map((match) => ({
        at: `${file}:${source.slice(0, match.index).split('\n').length}`,
        text: literalAt(source, match.index + match[0].length),
      }))
    })
}

/** The text literal there, or the several that `+` joins. */
function literalAt(source: string, from: number): string | undefined {
  const [literal, quote] = /^(['"`])(?:\\.|(?!\1)[^\\])*\1/su.exec(source.slice(from)) ?? []
  if (literal === undefined || (quote === '`' && literal.includes('${'))) return undefined
  const text = unescaped(literal.slice(1, -1))
  const [more] = /^\s*\+\s*/u.exec(source.slice(from + literal.length)) ?? []
  if (more === undefined) return text
  const rest = literalAt(source, from + literal.length + more.length)
  return rest === undefined ? undefined : text + rest
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

function unescaped(inner: string): string {
  return inner.replace(
    /\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|(.))/gsu,
    (_, long, four, two, other) => {
      const code = long ?? four ?? two
      return code === undefined ? (ESCAPES[other] ?? other) : String.fromCodePoint(Number.parseInt(code, 16))
    },
  )
}

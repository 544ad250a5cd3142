// What a file of a repository is to the search for prompt texts, by its name: code that is cut into lexemes, or text as it stands.

import { lexJavaScript } from './javascript'
import type { Lexed } from './lexeme'
import { lexPython } from './python'

export type FileKind = 'javascript' | 'python' | 'json' | 'text'

const KINDS: Readonly<Record<FileKind, string>> = {
  javascript: 'js mjs cjs jsx ts mts cts tsx',
  python: 'py pyi',
  json: 'json jsonc json5',
  // Prompts in files of their own, and code whose literals are found by the text around them alone.
  text: 'md mdx txt prompt prompty j2 jinja jinja2 hbs handlebars mustache tmpl tpl liquid ejs erb yaml yml toml xml html vue svelte go rs java kt rb php cs swift scala ex lua',
}

const KIND_OF_ENDING = new Map(
  (['javascript', 'python', 'json', 'text'] as const).flatMap((kind) =>
    KINDS[kind].split(' ').map((ending) => [ending, kind] as const),
  ),
)

/** Bundles, type declarations and lock files hold no prompt that somebody wrote there. */
const NOT_WRITTEN = /\.min\.\w+$|\.d\.[mc]?ts$|(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$|-lock\.\w+$/

/** `undefined` for files that are not looked into. */
export function kindOfFile(file: string): FileKind | undefined {
  if (NOT_WRITTEN.test(file)) return undefined
  const ending = /\.(\w+)$/.exec(file)?.[1] ?? ''
  return KIND_OF_ENDING.get(ending.toLowerCase())
}

/** Lexemes of a file of code; `undefined` for text. */
export function lexFile(file: string, source: string): Lexed | undefined {
  switch (kindOfFile(file)) {
    case 'javascript':
    case 'json':
      return lexJavaScript(source)
    case 'python':
      return lexPython(source)
    default:
      return undefined
  }
}

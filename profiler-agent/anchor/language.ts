// What of a file's text is comment and what is string, by its name: as much of a language as it takes to cut its code into tokens.

export interface Language {
  /** `//` and `/* *\/`. */
  readonly hasSlashComments: boolean
  readonly hasHashComments: boolean
  /** Code with strings in quotes; else every sign stands for itself, as in prose. */
  readonly hasStrings: boolean
  /** A name in front of a bracket calls it on the same line only. */
  readonly endsLines: boolean
}

const SLASHES: Language = {
  hasSlashComments: true,
  hasHashComments: false,
  hasStrings: true,
  endsLines: false,
}
const HASHES: Language = { hasSlashComments: false, hasHashComments: true, hasStrings: true, endsLines: true }
const BOTH: Language = { ...SLASHES, hasHashComments: true }
const PROSE: Language = {
  hasSlashComments: false,
  hasHashComments: false,
  hasStrings: false,
  endsLines: false,
}

const LANGUAGES: readonly (readonly [Language, string])[] = [
  // A notebook's cells have its name: those of most are Python.
  [HASHES, 'py pyi pyw ipynb rb sh bash zsh r jl ex exs pl nim cr yaml yml toml'],
  [BOTH, 'php'],
  [PROSE, 'md mdx txt prompt prompty j2 jinja jinja2 hbs handlebars mustache tmpl tpl liquid ejs erb xml'],
]

const OF_ENDING = new Map(
  LANGUAGES.flatMap(([language, endings]) => endings.split(' ').map((ending) => [ending, language] as const)),
)

/** Files of an ending that is not listed are taken to be of C's relatives, as most code is. */
export function languageOf(file: string): Language {
  const ending = /\.(\w+)$/.exec(file)?.[1] ?? ''
  return OF_ENDING.get(ending.toLowerCase()) ?? SLASHES
}

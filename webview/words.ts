// What the page says, in the language of the editor. The translations come with the page; a saved page, or one in a language without any, is in English.

import { formatCount } from '../profiler-agent/model/quantity'

const translations = readTranslations()

/** The text in the reader's language, with `{0}`, `{1}`, … filled in. English texts are their own keys, so that nothing is ever missing. */
export function t(text: string, ...values: readonly (string | number)[]): string {
  const words = translations[text] ?? text
  return values.length === 0
    ? words
    : words.replace(/\{(\d+)\}/g, (place, index) => String(values[Number(index)] ?? place))
}

/** As much of the DOM as is needed: what words are used in is also tested where there is none. */
interface PageWithTranslations {
  readonly document?: { getElementById(id: string): { readonly textContent: string | null } | null }
}

/** Out of the element that `extension/panel/html.ts` writes; a saved page has no such element. */
function readTranslations(): Readonly<Record<string, string>> {
  const { document } = globalThis as PageWithTranslations
  const element = document?.getElementById('translations') ?? null
  return element === null ? {} : JSON.parse(element.textContent ?? '{}')
}

/** Texts of one and of several, for what the page counts. */
const COUNTED = {
  attempt: [t('{0} attempt'), t('{0} attempts')],
  block: [t('{0} block'), t('{0} blocks')],
  call: [t('{0} call'), t('{0} calls')],
  change: [t('{0} change'), t('{0} changes')],
  character: [t('{0} character'), t('{0} characters')],
  invocation: [t('{0} invocation'), t('{0} invocations')],
  'model call': [t('{0} model call'), t('{0} model calls')],
  run: [t('{0} run'), t('{0} runs')],
  span: [t('{0} span'), t('{0} spans')],
  token: [t('{0} token'), t('{0} tokens')],
} as const

/** `1 call`, `12 calls`. */
export function counted(count: number, thing: keyof typeof COUNTED): string {
  const [one, many] = COUNTED[thing]
  return (count === 1 ? one : many).replace('{0}', formatCount(count))
}

/** A heading as it reads within a sentence: English writes it small, other languages may not. */
export function withinText(heading: string): string {
  return Object.keys(translations).length === 0 ? heading.toLowerCase() : heading
}

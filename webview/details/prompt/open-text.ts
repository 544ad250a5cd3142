// The whole text of a block, in pieces that are drawn as they come on screen; of one that changed, what changed in it.

import { type Child, element } from '../../element'
import type { PageActions } from '../../page'
import { t } from '../../words'
import { textChunks } from './text-chunks'
import { type TextPiece, textDifference } from './text-difference'
import type { VirtualRow } from './virtual-rows'

/** What is known of a text so far; `null`: it was not kept. */
export type LoadedText = string | null | { readonly failure: string } | undefined

/** Asks for each text once, and says when it is there. */
export class Texts {
  readonly #texts = new Map<string, LoadedText>()

  constructor(
    readonly actions: PageActions,
    readonly arrived: () => void,
  ) {}

  /** `undefined` while it is on its way. */
  of(hash: string): LoadedText {
    if (!this.#texts.has(hash)) this.#ask(hash)
    return this.#texts.get(hash)
  }

  #ask(hash: string): void {
    this.#texts.set(hash, undefined)
    const keep = (text: LoadedText) => {
      this.#texts.set(hash, text)
      this.arrived()
    }
    this.actions.ask({ ask: 'text', hash }).then(
      ({ text }) => keep(text),
      (error: unknown) => keep({ failure: error instanceof Error ? error.message : String(error) }),
    )
  }
}

const LINE_HEIGHT = 18
const CHARACTERS_A_LINE = 90

/** Rows of a text, or one that says why there is none. */
export function textRows(key: string, text: LoadedText): VirtualRow[] {
  if (typeof text !== 'string') return [messageRow(`${key} state`, messageOf(text))]
  if (text === '') return [messageRow(`${key} state`, t('An empty text.'))]
  return textChunks(text).map((chunk, index) => ({
    key: `${key} text ${index}`,
    height: LINE_HEIGHT * Math.max(chunk.split('\n').length, chunk.length / CHARACTERS_A_LINE),
    render: () => item(element('pre', { class: 'block-text' }, chunk)),
  }))
}

/** One row with what went and what came. */
export function differenceRows(key: string, before: LoadedText, after: LoadedText): VirtualRow[] {
  if (typeof before !== 'string' || typeof after !== 'string') {
    const missing = typeof after === 'string' ? before : after
    return [messageRow(`${key} difference state`, messageOf(missing))]
  }
  const pieces = textDifference(before, after)
  const length = pieces.reduce((sum, { text }) => sum + text.length, 0)
  return [
    {
      key: `${key} difference`,
      height: LINE_HEIGHT * Math.max(2, length / CHARACTERS_A_LINE),
      render: () => item(element('pre', { class: 'block-text' }, ...pieces.flatMap(pieceOf))),
    },
  ]
}

/** So much of one change is drawn: a text that is another one altogether is read as a text. */
const MOST_SHOWN = 20_000

function pieceOf({ change, text, skipped }: TextPiece): Child[] {
  const left =
    skipped === undefined
      ? []
      : [
          element(
            'span',
            { class: 'text-skipped' },
            `⋯ ${t('{0} characters the same', skipped.toLocaleString('en'))} ⋯\n`,
          ),
        ]
  const shown = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
  if (change === 'same') return [...left, shown]
  return [...left, element(change === 'gone' ? 'del' : 'ins', {}, shown)]
}

function messageOf(text: LoadedText): string {
  if (text === undefined) return t('Loading …')
  if (text === null) return t('The text was not kept (content: hashes).')
  return typeof text === 'string' ? text : text.failure
}

function messageRow(key: string, message: string): VirtualRow {
  return {
    key: `${key} ${message}`,
    height: LINE_HEIGHT + 8,
    render: () => item(element('p', { class: 'block-text hint' }, message)),
  }
}

function item(child: HTMLElement): HTMLElement {
  return element('div', { class: 'text-row', role: 'listitem' }, child)
}

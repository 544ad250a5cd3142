// One block of a prompt as a row: what it is, what it came to, how it begins; and what stands between blocks.

import { formatUsd } from '../../../profiler-agent/model/money'
import { formatCompact } from '../../../profiler-agent/model/quantity'
import type {
  BlockChange,
  GoneText,
  PromptBlock,
  PromptText,
} from '../../../profiler-agent/model/run-questions'
import { type Child, element } from '../../element'
import { kindWord } from '../../labels'
import { counted, t } from '../../words'
import { CACHE_STATES } from './cache-strip'

export interface RowState {
  readonly key: string
  readonly isOpen: boolean
  /** Reached by Tab; the others by the arrow keys. */
  readonly isActive: boolean
  readonly position: number
  readonly count: number
}

const CHANGE_WORDS: Readonly<Record<Exclude<BlockChange, 'same'>, string>> = {
  changed: 'changed',
  moved: 'moved',
  new: 'new',
}

/** `share`: of the most expensive block of the prompt, 0 to 1. */
export function blockRow(block: PromptBlock, share: number, state: RowState): HTMLElement {
  const { cache, change, breakpoint, stretches } = block
  const tags: Child[] = [
    change === undefined || change === 'same' ? undefined : tag(CHANGE_WORDS[change], `tag-${change}`),
    breakpoint === undefined
      ? undefined
      : tag(`breakpoint${breakpoint === 'unknown' ? '' : ` ${breakpoint}`}`, 'tag-breakpoint'),
    stretches === undefined
      ? undefined
      : tag(stretches.map(({ cache }) => cacheWord(cache)).join(' → '), 'tag-split'),
  ]
  const weight = element('i', { class: 'block-weight', 'aria-hidden': 'true' })
  weight.style.width = `${Math.round(share * 1000) / 10}%`
  return row(
    state,
    { class: 'block-row', 'data-cache': cache },
    textHead(block, state, tags, amounts(block)),
    weight,
  )
}

/** A text of the request before. */
export function goneRow(gone: GoneText, state: RowState): HTMLElement {
  const amount = gone.characters === null ? '' : t('{0} chars', formatCompact(gone.characters))
  return row(
    state,
    { class: 'block-row block-gone', 'data-cache': 'none' },
    textHead(gone, state, [tag('gone', 'tag-gone')], element('span', { class: 'block-tokens dim' }, amount)),
  )
}

function row(state: RowState, attributes: Readonly<Record<string, string>>, ...children: readonly Child[]) {
  return element(
    'div',
    {
      ...attributes,
      role: 'listitem',
      'aria-setsize': String(state.count),
      'aria-posinset': String(state.position),
    },
    ...children,
  )
}

function textHead(
  { kind, name, path, text, characters, hash }: PromptText,
  { isOpen, isActive, key }: RowState,
  tags: readonly Child[],
  amount: HTMLElement,
): HTMLElement {
  // Of what has no text, or one that was not kept, there is nothing to open.
  const isText = hash !== '' && text !== null
  return element(
    isText ? 'button' : 'div',
    {
      class: 'block-head',
      'data-key': key,
      ...(isText ? { type: 'button', 'aria-expanded': String(isOpen), tabindex: isActive ? '0' : '-1' } : {}),
    },
    element(
      'span',
      { class: 'block-line' },
      element('span', { class: 'twisty', 'aria-hidden': 'true' }, isText ? '▸' : ''),
      element('span', { class: 'block-kind' }, name ?? kindWord(kind)),
      name === undefined ? undefined : element('span', { class: 'block-word dim' }, kindWord(kind)),
      element('span', { class: 'block-path dim', title: path }, path),
      amount,
    ),
    secondLine(tags, isText && !isOpen ? startText(kind, text, characters) : undefined),
  )
}

/** Tags and how the text begins; nothing where there is neither. */
function secondLine(tags: readonly Child[], start: Child): HTMLElement | undefined {
  if (start === undefined && tags.every((tag) => tag === undefined)) return undefined
  return element('span', { class: 'block-line block-second' }, ...tags, start)
}

function startText(kind: PromptText['kind'], text: string, characters: number | null): HTMLElement {
  return element(
    'span',
    {
      class: 'block-start dim',
      ...(characters === null ? {} : { title: counted(characters, 'character') }),
    },
    startOf(kind, text),
  )
}

/** What is said first in the JSON of a tool is the same for all of them. */
const PREAMBLES: Readonly<Partial<Record<PromptText['kind'], RegExp>>> = {
  tool_call: /^\{.{0,200}?"(?:input|arguments|args)"\s*:\s*/,
  tool_def: /^\{.{0,200}?"description"\s*:\s*/,
}

/** Line breaks would make a row higher; the rest is cut off by the style. */
function startOf(kind: PromptText['kind'], text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const preamble = PREAMBLES[kind]
  return preamble === undefined ? line : line.replace(preamble, '')
}

function amounts({ tokens, picoUsd, cache }: PromptBlock): HTMLElement {
  return element(
    'span',
    { class: 'block-amounts' },
    element('span', { class: 'sr-only' }, `${cacheWord(cache)}, `),
    element(
      'span',
      { class: 'block-tokens', title: `≈ ${counted(tokens, 'token')}` },
      `≈ ${formatCompact(tokens)} tok`,
    ),
    element(
      'span',
      { class: 'block-cost', title: t('An estimate: its share of the exact total') },
      picoUsd === null ? '–' : `≈ ${formatUsd(picoUsd)}`,
    ),
  )
}

function cacheWord(cache: PromptBlock['cache']): string {
  return CACHE_STATES.find((state) => state.cache === cache)?.short ?? ''
}

function tag(text: string, kind: string): HTMLElement {
  return element('span', { class: `tag ${kind}` }, text)
}

/** Stands for blocks that are the same in the request before. */
export function skippedRow(count: number, tokens: number, showAll: () => void): HTMLElement {
  const made = element(
    'button',
    { type: 'button', class: 'skipped-row' },
    t('{0} as before, ≈ {1}', counted(count, 'block'), counted(tokens, 'token')),
  )
  made.addEventListener('click', showAll)
  return element('div', { role: 'listitem' }, made)
}

// The field to search in, with how much was found and the way from one to the next.

import { formatCount } from '../profiler-agent/model/quantity'
import { element } from './element'
import { iconButton } from './icons'
import type { Page, PageActions, Pane } from './page'
import { matcherOf } from './search'
import { t } from './words'

export class SearchBox {
  readonly element: HTMLElement
  private readonly field = element('input', {
    type: 'search',
    placeholder: t('Search'),
    'aria-label': t('Search names, kinds and models'),
    'aria-keyshortcuts': 'f',
    title: t('Search names, kinds and models (f)'),
    spellcheck: 'false',
    autocomplete: 'off',
  })
  private readonly regex = element(
    'button',
    { type: 'button', class: 'regex', 'aria-label': t('Regular expression'), title: t('Regular expression') },
    '.*',
  )
  private readonly count = element('output', { class: 'count', 'aria-live': 'polite' })
  private readonly steps: readonly HTMLButtonElement[]
  private isRegex = false

  constructor(actions: PageActions, goToMatch: (step: 1 | -1) => void) {
    this.steps = [
      iconButton('up', t('Previous match'), () => goToMatch(-1), 'p'),
      iconButton('down', t('Next match'), () => goToMatch(1), 'n'),
    ]
    this.field.addEventListener('input', () => actions.change({ search: this.field.value }))
    this.field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') goToMatch(event.shiftKey ? -1 : 1)
      else if (event.key === 'Escape' && this.field.value !== '') actions.change({ search: '' })
      else return
      event.preventDefault()
    })
    this.regex.addEventListener('click', () => actions.change({ searchIsRegex: !this.isRegex }))
    this.element = element(
      'div',
      { class: 'search', role: 'search' },
      this.field,
      this.regex,
      this.count,
      ...this.steps,
    )
  }

  focus() {
    this.field.focus()
    this.field.select()
  }

  show({ state }: Page, found: Pane['found']) {
    const { search = '', searchIsRegex = false } = state
    this.isRegex = searchIsRegex
    if (this.field.value !== search) this.field.value = search
    this.regex.setAttribute('aria-pressed', String(searchIsRegex))
    const problem = matcherOf(state)?.problem
    this.field.setAttribute('aria-invalid', String(problem !== undefined))
    this.field.title = problem ?? t('Search names, kinds and models (f)')
    const text = countText(search, problem, found)
    if (this.count.textContent !== text) this.count.textContent = text
    for (const step of this.steps) step.disabled = (found?.count ?? 0) === 0
  }
}

function countText(search: string, problem: string | undefined, found: Pane['found']): string {
  if (search === '') return ''
  if (problem !== undefined) return t('not an expression')
  if (found === undefined) return ''
  if (found.count === 0) return t('nothing found')
  const count = formatCount(found.count)
  return found.position === 0 ? t('{0} found', count) : t('{0} of {1}', formatCount(found.position), count)
}

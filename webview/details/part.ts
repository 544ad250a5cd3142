// What there is to say of a part of a prompt, and the way to its text.

import { at, PART_CACHES, type RunColumns } from '../../profiler-agent/profile/columns'
import { button, element } from '../element'
import { t } from '../words'
import { CACHE_WORDS, factList } from './facts'

export function partContent(columns: RunColumns, part: number, showPrompt: () => void): HTMLElement[] {
  const { parts, strings } = columns
  if (parts === undefined) return []
  return [
    ...factList([
      [t('Part'), strings[at(parts.path, part)] ?? ''],
      [t('Cache'), CACHE_WORDS[PART_CACHES[at(parts.cache, part)] ?? 'none']],
    ]),
    element('p', {}, button(t('Show it in the prompt'), showPrompt, { class: 'link' })),
    element(
      'p',
      { class: 'hint small' },
      t('≈ is an estimate: the parts of a call add up to its exact total.'),
    ),
  ]
}

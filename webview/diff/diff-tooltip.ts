// The box at the pointer over a difference: both values and what lies between them.

import { at } from '../../profiler-agent/profile/columns'
import { type DiffTree, deltaOf } from '../../profiler-agent/profile/diff-tree'
import type { Unit } from '../../profiler-agent/profile/measures'
import { kindOf } from '../../profiler-agent/profile/tree'
import { element } from '../element'
import { kindWord, nameOf, valueText } from '../labels'
import { t } from '../words'
import { CHANGE_WORDS, deltaText, percentText } from './diff-words'

export class DiffTooltip {
  private readonly box = element('div', { class: 'tooltip', hidden: '', 'aria-hidden': 'true' })

  constructor(page: HTMLElement) {
    page.append(this.box)
  }

  show(diff: DiffTree, node: number, unit: Unit, pageX: number, pageY: number) {
    const { head, base, inBase, inHead } = diff
    const delta = deltaOf(diff, node, unit)
    const lines = [
      [t('Base'), at(inBase, node) === 1 ? valueText(base, node, unit) : t('not there')],
      [t('Now'), at(inHead, node) === 1 ? valueText(head, node, unit) : t('not there')],
      [t('Difference'), `${deltaText(diff, node, unit)} ${percentText(delta)}`],
    ]
    this.box.replaceChildren(
      element('div', { class: 'tooltip-name' }, nameOf(head, node)),
      element(
        'div',
        { class: 'tooltip-kind' },
        `${kindWord(kindOf(head, node))} · ${CHANGE_WORDS[delta.change]}`,
      ),
      element(
        'dl',
        {},
        ...lines.flatMap(([term, value]) => [element('dt', {}, term), element('dd', {}, value)]),
      ),
    )
    this.box.hidden = false
    const { width, height } = this.box.getBoundingClientRect()
    const left = pageX + 14 + width > innerWidth ? Math.max(4, pageX - width - 10) : pageX + 14
    const top = pageY + 16 + height > innerHeight ? Math.max(4, pageY - height - 10) : pageY + 16
    this.box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`
  }

  hide() {
    this.box.hidden = true
  }
}

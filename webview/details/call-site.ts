// The user's own line that made a call, and how the program came there.

import type { Frame, Span } from '../../profiler-agent/model/span'
import { element } from '../element'
import type { PageActions } from '../page'
import { t } from '../words'
import { sourceLink } from './source-link'

/** Links where a source can be opened, else the places as text. */
export function callSite(
  { callSite: site, id }: Span,
  canReveal: boolean,
  { post }: PageActions,
): HTMLElement[] {
  if (site === undefined) return []
  const made = `${placeText(site)}${site.function === undefined ? '' : ` ${t('in {0}', site.function)}`}`
  const callers = site.stack.slice(1).flatMap((frame, index) => {
    const text = frameText(frame)
    // A callback in the line that hands it over gives the same line twice.
    const isAgain = frameText(site.stack[index] ?? frame) === text && index > 0
    const open = () => post({ type: 'reveal', spanId: id, frame: index + 1 })
    return isAgain ? [] : [element('li', {}, sourceLink({ text, open }, canReveal))]
  })
  return [
    element(
      'div',
      { class: 'call-site' },
      sourceLink({ text: made, open: () => post({ type: 'reveal', spanId: id }) }, canReveal),
      callers.length === 0 ? undefined : element('ol', {}, ...callers),
    ),
  ]
}

function placeText(frame: Frame): string {
  return `${frame.file}:${frame.line}`
}

function frameText(frame: Frame): string {
  return frame.function === undefined ? placeText(frame) : `${frame.function}  ${placeText(frame)}`
}

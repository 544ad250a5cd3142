// The user's own line that made a call, and how the program came there.

import type { Frame, Span } from '../../profiler-agent/model/span'
import { button, element } from '../element'
import type { PageActions } from '../page'

/** Links where a source can be opened, else the places as text. */
export function callSite(
  { callSite: site, id }: Span,
  canReveal: boolean,
  { post }: PageActions,
): HTMLElement[] {
  if (site === undefined) return []
  const link = (text: string, frame?: number) =>
    canReveal
      ? button(text, () => post({ type: 'reveal', spanId: id, ...(frame === undefined ? {} : { frame }) }), {
          class: 'link place',
          title: 'Open this line',
        })
      : element('span', { class: 'place' }, text)
  const callers = site.stack
    .slice(1)
    .map((frame, index) => element('li', {}, link(frameText(frame), index + 1)))
  const made = `${placeText(site)}${site.function === undefined ? '' : ` in ${site.function}`}`
  return [
    element(
      'div',
      { class: 'call-site' },
      link(made),
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

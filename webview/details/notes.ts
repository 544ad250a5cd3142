// What is to be said of a selection before anything else: that a call failed, and what was found.

import type { Finding, Location } from '../../profiler-agent/model/finding'
import { formatUsd } from '../../profiler-agent/model/money'
import type { Span } from '../../profiler-agent/model/span'
import { button, element } from '../element'
import type { PageActions } from '../page'

export function errorNote({ modelCall }: Span): HTMLElement[] {
  const error = modelCall?.error
  if (error === undefined) return []
  const code = [error.status || undefined, error.code].filter(Boolean).join(' ')
  return [note('error', `${code} ${error.message}`.trim())]
}

/** A finding with its rule, what fixing it saves, and the way to its places. */
export function findingNote(finding: Finding, canReveal: boolean, { post }: PageActions): HTMLElement {
  const { id, location, relatedLocations, rule, saving, severity, message } = finding
  const link = (text: string, related: number | undefined) =>
    canReveal
      ? button(
          text,
          () => post({ type: 'revealFinding', findingId: id, ...(related === undefined ? {} : { related }) }),
          { class: 'link place', title: 'Open this line' },
        )
      : element('span', { class: 'place' }, text)
  const places: readonly { readonly text: string; readonly related?: number }[] = [
    ...(location === undefined ? [] : [{ text: placeText(location) }]),
    ...relatedLocations.map((place, related) => ({ text: placeText(place), related })),
  ]
  // Several ways through the program may lead over one line.
  const links = [...Map.groupBy(places, ({ text }) => text)].map(([text, [first, ...others]]) =>
    link(others.length === 0 ? text : `${text} (×${others.length + 1})`, first?.related),
  )
  return note(
    severity,
    message,
    element(
      'div',
      { class: 'note-foot' },
      element('code', {}, rule),
      saving === undefined ? undefined : element('span', {}, savingText(saving)),
      ...links,
    ),
  )
}

function placeText({ file, line }: Location): string {
  return `${file}:${line}`
}

function savingText({ picoUsd, perRun, certainty }: NonNullable<Finding['saving']>): string {
  return `saves ${certainty === 'upTo' ? 'up to ' : ''}${formatUsd(picoUsd)} a ${perRun ? 'run' : 'call'}`
}

function note(severity: string, message: string, foot?: HTMLElement): HTMLElement {
  return element('div', { class: `note note-${severity}` }, element('div', {}, message), foot)
}

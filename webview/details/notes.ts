// What is to be said of a selection before anything else: that a call failed or nobody was billed for it, and what was found.

import type { Finding, Location } from '../../profiler-agent/model/finding'
import type { Span } from '../../profiler-agent/model/span'
import { element } from '../element'
import type { PageActions } from '../page'
import { t } from '../words'
import { sourceLink } from './source-link'

/** What went wrong with a call, and why it has no cost, where that is not for want of a price. */
export function callNotes({ kind, status, modelCall, attributes }: Span): HTMLElement[] {
  if (modelCall === undefined) return []
  const { error, billed } = modelCall
  if (status === 'blocked') {
    const what = billed
      ? t('A budget ended this reply')
      : t('Refused by a budget before it was sent, nobody was billed')
    const why = attributes['costflame.budget.message'] ?? error?.message
    return [note('warning', why === undefined ? `${what}.` : `${what}: ${why}`)]
  }
  if (error !== undefined)
    return [note('error', [error.status || undefined, error.code, error.message].filter(Boolean).join(' '))]
  if (billed || status !== 'ok') return []
  return kind === 'other'
    ? [note('info', t('No model runs for such a request: nobody is billed for it.'))]
    : [note('info', t('Nobody was billed for this call: its reply was counted before, or it was free.'))]
}

/** A finding with its rule and the way to its places. */
export function findingNote(finding: Finding, canReveal: boolean, { post }: PageActions): HTMLElement {
  const { id, location, relatedLocations, rule, severity, message } = finding
  const places = [
    ...(location === undefined ? [] : [{ text: placeText(location), related: undefined, title: undefined }]),
    ...relatedLocations.map((place, related) => ({ text: placeText(place), related, title: place.message })),
  ]
  // Several ways through the program may lead over one line.
  const links = [...Map.groupBy(places, ({ text }) => text)].map(([text, [first, ...others]]) => {
    const { related, title } = first ?? {}
    const open = () =>
      post({ type: 'revealFinding', findingId: id, ...(related === undefined ? {} : { related }) })
    const times = others.length === 0 ? text : `${text} (×${others.length + 1})`
    return sourceLink({ text: times, open, ...(title === undefined ? {} : { title }) }, canReveal)
  })
  return note(severity, message, element('div', { class: 'note-foot' }, element('code', {}, rule), ...links))
}

function placeText({ file, line }: Location): string {
  return `${file}:${line}`
}

function note(severity: string, message: string, foot?: HTMLElement): HTMLElement {
  return element('div', { class: `note note-${severity}` }, element('div', {}, message), foot)
}

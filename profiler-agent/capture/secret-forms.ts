// The forms in which a credential turns up in text and JSON: as it is, escaped, percent-encoded, in base64, in hex, in lower case.

import type { Form } from './secret-matcher'

/** Every form of a value of eight characters or more; in bytes read one character a byte, too. */
export function formsOf(value: string): Form[] {
  const escaped = plainFormsOf(value)
  const texts = new Set([...escaped, ...base64FormsOf(value), ...hexFormsOf(value), ...lowerCaseOf(value)])
  for (const text of [...texts]) texts.add(latin1Of(text))
  const raw = new Set([value, latin1Of(value)])
  return [
    ...[...texts].map((text) => ({ text, isRaw: false })),
    ...[...raw].filter((text) => !texts.has(text)).map((text) => ({ text, isRaw: true })),
  ]
}

/** Those that a stream may deliver in pieces, one character a byte. */
export function wireFormsOf(value: string): string[] {
  return [...new Set([value, ...plainFormsOf(value)].map(latin1Of))]
}

/** Valid inside a JSON string. */
function plainFormsOf(value: string): string[] {
  const escaped = JSON.stringify(value).slice(1, -1)
  return [escaped, escaped.replaceAll('/', '\\/'), encodeURIComponent(value.toWellFormed())]
}

/** What base64 makes of the value wherever it stands among other bytes (`user:VALUE`): the characters that hold nothing else. */
function base64FormsOf(value: string): string[] {
  const bytes = Buffer.from(value)
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
    const base64 = whole.toString('base64').replace(/=+$/, '')
    const form = base64.slice(Math.ceil((before * 4) / 3), Math.floor((whole.length * 4) / 3))
    return [form, form.replaceAll('/', '\\/'), form.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function hexFormsOf(value: string): string[] {
  const hex = Buffer.from(value).toString('hex')
  return [hex, hex.toUpperCase()]
}

/** Shorter ones may be words once their case is gone. */
const MIN_LOWER_CASE_LENGTH = 16

/** Names of headers and of tags lose their case. */
function lowerCaseOf(value: string): string[] {
  const lower = value.toLowerCase()
  const isSafe = value.length >= MIN_LOWER_CASE_LENGTH && /\d/.test(value) && /^[\w.-]+$/.test(value)
  return isSafe ? [lower] : []
}

function latin1Of(text: string): string {
  return Buffer.from(text).toString('latin1')
}

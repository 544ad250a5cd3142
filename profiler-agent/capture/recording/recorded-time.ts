// When a recorded reply was sent: its `date` header, else the time that the provider wrote into it.

import { decodeJson, isObject } from '../../wire/json'

/** Providers' names for the moment of a reply. */
const NAMES = ['created', 'created_at', 'createTime', 'create_time', 'createdAt'] as const
const NAME_IN_TEXT = /"(?:created|created_at|createTime|create_time|createdAt)"\s*:/
/** Objects of an event that hold the reply itself. */
const REPLIES = ['response', 'message', 'interaction'] as const

/** Before this no provider of ours existed: a fixture's `1` or `1234567890` is no time. */
const EARLIEST = Date.UTC(2015, 0, 1)
const DAY_MS = 24 * 60 * 60 * 1000

/** Ms since the epoch; `undefined` where neither says a time that can be true. Throws nothing. */
export function recordedTime(
  dateHeader: string,
  reply: string,
  now: number = Date.now(),
): number | undefined {
  return plausible(Date.parse(dateHeader), now) ?? plausible(timeIn(reply), now)
}

function plausible(time: number, now: number): number | undefined {
  return time >= EARLIEST && time <= now + DAY_MS ? time : undefined
}

/** The time in a JSON reply, or in the first object of a stream that has one. */
function timeIn(reply: string): number {
  const at = reply.search(NAME_IN_TEXT)
  if (at < 0) return Number.NaN
  if (isDirectlyIn(reply, at)) return timeWritten(VALUE_IN_TEXT.exec(reply.slice(at, at + 80)))
  const whole = /^\s*[[{]/.test(reply) ? decodeJson(reply) : undefined
  if (whole?.ok) return timeOf(Array.isArray(whole.value) ? whole.value[0] : whole.value)
  const line = reply.slice(reply.lastIndexOf('\n', at) + 1, endOfLine(reply, at))
  const event = decodeJson(line.replace(/^data:/, ''))
  return event.ok ? timeOf(event.value) : Number.NaN
}

/** Looking this far spares most replies, which say the time first, a second reading. */
const FIRST_FIELDS = 400

/** True for a place among the first fields of a JSON object, in no object or list of theirs. */
function isDirectlyIn(text: string, at: number): boolean {
  if (at > FIRST_FIELDS || !text.startsWith('{')) return false
  const before = text.slice(1, at).replace(/"(?:[^"\\]|\\.)*"/g, '')
  return !/[[\]{}"]/.test(before)
}

const VALUE_IN_TEXT = /^"\w+"\s*:\s*(?:(\d+(?:\.\d+)?)\s*[,}]|"([^"\\]*)")/

function timeWritten(match: RegExpExecArray | null): number {
  return inMs(match?.[1] === undefined ? match?.[2] : Number(match[1]))
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

/** Seconds (or ms) since the epoch, or an ISO time, of the reply itself and not of something it quotes. */
function timeOf(value: unknown): number {
  if (!isObject(value)) return Number.NaN
  for (const object of [value, ...REPLIES.map((name) => value[name])]) {
    if (!isObject(object)) continue
    for (const name of NAMES) {
      const time = inMs(object[name])
      if (!Number.isNaN(time)) return time
    }
  }
  return Number.NaN
}

function inMs(time: unknown): number {
  if (typeof time === 'number') return time < 1e11 ? Math.round(time * 1000) : Math.round(time)
  return typeof time === 'string' ? Date.parse(time) : Number.NaN
}

// The call-site header: frames of one call as text and back. Pure; used by the hook that sends it and the proxy that reads it.

import { MAX_CALL_SITE_BYTES } from './headers'
import type { Frame } from './span'

// What may stand in a header value and means nothing in the grammar `file:line[:column][;function]`, joined by `,`.
const PLAIN = /%(?:2F|5B|5D|40|24|26|2B|3D)/g
const POSITION = /^(.+?):(\d{1,9})(?::(\d{1,9}))?$/

/**
 * Header text of frames, innermost first: percent-encoded, at most MAX_CALL_SITE_BYTES, cut between frames.
 * Frames that cannot be said (no file, a line below 1, a lone surrogate) are left out. Empty when none is left.
 */
export function encodeCallSite(frames: readonly Frame[]): string {
  return joinFrames(frames.map(encodeFrame))
}

/** Header text of encoded frames, innermost first, for whoever keeps them; within the limit, without those that are undefined. */
export function joinFrames(parts: readonly (string | undefined)[]): string {
  let header = ''
  for (const part of parts) {
    if (part === undefined) continue
    const longer = header === '' ? part : `${header},${part}`
    if (longer.length > MAX_CALL_SITE_BYTES) break
    header = longer
  }
  return header
}

/**
 * Frames of a header value from anybody, innermost first. Whatever is not a frame is dropped, never thrown at;
 * a value over MAX_CALL_SITE_BYTES is read up to its last whole frame. Colons of Windows drives may be bare.
 */
export function decodeCallSite(header: string): Frame[] {
  const frames: Frame[] = []
  for (const part of withinLimit(header).split(',')) {
    const frame = decodeFrame(part)
    if (frame !== undefined) frames.push(frame)
  }
  return frames
}

/** One frame of the header; undefined for one that cannot be said. */
export function encodeFrame(frame: Frame): string | undefined {
  if (frame.file === '' || !isPosition(frame.line)) return undefined
  try {
    const column = isPosition(frame.column) ? `:${frame.column}` : ''
    const name = frame.function ? `;${encodeText(frame.function)}` : ''
    return `${encodeText(frame.file)}:${frame.line}${column}${name}`
  } catch {
    // A lone surrogate has no UTF-8: the reader sees the call without this frame.
    return undefined
  }
}

function encodeText(text: string): string {
  return encodeURIComponent(text).replace(PLAIN, decodeURIComponent)
}

function decodeFrame(part: string): Frame | undefined {
  const semicolon = part.indexOf(';')
  const position = POSITION.exec((semicolon < 0 ? part : part.slice(0, semicolon)).trim())
  if (position === null) return undefined
  const file = decodeText(position[1] ?? '')
  const line = Number(position[2])
  const column = position[3] === undefined ? undefined : Number(position[3])
  const name = semicolon < 0 ? undefined : decodeText(part.slice(semicolon + 1))
  if (!file || line < 1) return undefined
  return {
    file,
    line,
    ...(isPosition(column) ? { column } : {}),
    ...(name ? { function: name } : {}),
  }
}

/** Decoded text without control characters around or in it; undefined where it is not percent-encoding. */
function decodeText(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text)
    return hasControlCharacter(decoded) ? undefined : decoded
  } catch {
    // A bad part is dropped by contract: hostile input is nobody's error.
    return undefined
  }
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 32 || code === 127) return true
  }
  return false
}

function withinLimit(header: string): string {
  if (header.length <= MAX_CALL_SITE_BYTES) return header
  const cut = header.slice(0, MAX_CALL_SITE_BYTES + 1)
  return cut.slice(0, Math.max(0, cut.lastIndexOf(',')))
}

function isPosition(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= 999_999_999
}

// Reads the W3C `traceparent` header. Only the trace id: what it says of spans is another tool's.

/** version, trace id, parent id, flags; a version after 00 may add more behind another dash. */
const TRACE_PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/

/**
 * The trace id, 32 lower-case hex digits. Undefined for a header that is broken, has the forbidden version ff or an id of zeros
 * only, or stands there twice. Source: W3C Trace Context, section 3.2; section 4.1 on versions to come.
 */
export function traceIdOf(header: string): string | undefined {
  const [, version = '', traceId, parentId = '', more] = TRACE_PARENT.exec(header.trim()) ?? []
  if (traceId === undefined || version === 'ff' || isZero(traceId) || isZero(parentId)) return undefined
  return version === '00' && more !== undefined ? undefined : traceId
}

function isZero(id: string): boolean {
  return /^0+$/.test(id)
}

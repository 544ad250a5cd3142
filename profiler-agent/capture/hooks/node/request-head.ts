// The head of an HTTP/1.1 request as text: read, changed and written again with every other byte as it was. Pure.

import { HEADER_PREFIX } from '../../../model/headers'

export interface RequestHead {
  readonly method: string
  /** As in the request line: a path with its query. */
  readonly target: string
  readonly version: string
  /** `Name: value`, as on the wire. */
  readonly lines: readonly string[]
}

const REQUEST_LINE = /^([A-Z]+) (\S+) (HTTP\/1\.[01])$/

/** The head of `text`, which ends before the empty line; undefined where it is none. */
export function parseHead(text: string): RequestHead | undefined {
  const [first = '', ...lines] = text.split('\r\n')
  const [, method, target, version] = REQUEST_LINE.exec(first) ?? []
  if (method === undefined || target === undefined || version === undefined) return undefined
  return { method, target, version, lines }
}

/** Its bytes, the empty line included. */
export function headBytes({ method, target, version, lines }: RequestHead): Buffer {
  return Buffer.from(`${[`${method} ${target} ${version}`, ...lines].join('\r\n')}\r\n\r\n`, 'latin1')
}

/** Value of the first header of this name (lower case). */
export function headerOf({ lines }: RequestHead, name: string): string | undefined {
  const line = lines.find((each) => nameOf(each) === name)
  return line?.slice(line.indexOf(':') + 1).trim()
}

export function withTarget(head: RequestHead, target: string, host: string): RequestHead {
  const lines = head.lines.map((line) =>
    nameOf(line) === 'host' ? `${line.slice(0, line.indexOf(':'))}: ${host}` : line,
  )
  return { ...head, target, lines }
}

/** With these headers at its end, but for those that it has already. */
export function withHeaders(
  head: RequestHead,
  headers: readonly (readonly [name: string, value: string])[],
): RequestHead {
  const has = new Set(head.lines.map(nameOf))
  const more = headers.filter(([name, value]) => !has.has(name) && !/[\r\n]/.test(value))
  return { ...head, lines: [...head.lines, ...more.map(([name, value]) => `${name}: ${value}`)] }
}

/** Without what only the profiler is told. */
export function withoutOurs(head: RequestHead): RequestHead {
  return { ...head, lines: head.lines.filter((line) => !nameOf(line).startsWith(HEADER_PREFIX)) }
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':')).toLowerCase()
}

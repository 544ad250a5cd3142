// What a `vscode://costflame.costflame/…` link asks to be shown: a run, a span of it, or a line of a file in an open folder. Reads text, shows nothing.

/** Anybody can write such a link, so none of them does anything but reveal. */
export type LinkTarget =
  | { readonly reveal: 'run'; readonly runId: string; readonly spanId?: string }
  /** `path` is relative to an open folder, with `/`, and leads out of none. */
  | { readonly reveal: 'line'; readonly path: string; readonly line: number; readonly column?: number }

/** Ids of runs, as the profiler takes them; `latest` is the newest. */
const RUN_ID = /^[A-Za-z0-9._-]{1,64}$/
const SPAN_ID = /^[A-Za-z0-9._:-]{1,128}$/
const LARGEST = 10_000_000

/**
 * The target of `/run/ID`, `/run/ID/span/SPAN` and `/file/PATH?line=N[&column=N]`; `undefined` for anything else.
 * `path` and `query` as VS Code hands them over: decoded once, without `?`.
 */
export function linkTarget({
  path,
  query,
}: {
  readonly path: string
  readonly query: string
}): LinkTarget | undefined {
  const [, what, ...rest] = path.split('/')
  if (what === 'run') return runTarget(rest)
  return what === 'file' ? lineTarget(rest, new URLSearchParams(query)) : undefined
}

/** The link to a run; `scheme` is that of the editor, `vscode` or one of its kin. */
export function linkToRun(scheme: string, runId: string): string {
  return `${scheme}://costflame.costflame/run/${encodeURIComponent(runId)}`
}

/** The link to a line of a file; `path` is relative to its folder, with `/`. */
export function linkToLine(scheme: string, path: string, line: number): string {
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  return `${scheme}://costflame.costflame/file/${encoded}?line=${line}`
}

function runTarget([runId = '', word, spanId = '', ...more]: readonly string[]): LinkTarget | undefined {
  if (!RUN_ID.test(runId)) return undefined
  if (word === undefined) return { reveal: 'run', runId }
  const isSpan = word === 'span' && SPAN_ID.test(spanId) && more.length === 0
  return isSpan ? { reveal: 'run', runId, spanId } : undefined
}

function lineTarget(parts: readonly string[], query: URLSearchParams): LinkTarget | undefined {
  const isInside =
    parts.length > 0 &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:\0]/.test(part))
  const line = numberOf(query.get('line') ?? '1')
  const column = query.has('column') ? numberOf(query.get('column') ?? '') : undefined
  if (!isInside || line === undefined || (query.has('column') && column === undefined)) return undefined
  return { reveal: 'line', path: parts.join('/'), line, ...(column === undefined ? {} : { column }) }
}

function numberOf(text: string): number | undefined {
  const number = /^\d{1,8}$/.test(text) ? Number(text) : 0
  return number >= 1 && number <= LARGEST ? number : undefined
}

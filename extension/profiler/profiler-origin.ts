// Who started a profiler, by how its process and that process's parent were called. Knows no VS Code.

export type ProfilerOrigin = 'run' | 'editor' | 'serve' | 'unknown'

/** A window ties its profiler to itself by an open standard input; `costflame run` is the parent of its own. */
export function profilerOrigin([own = '', parent = '']: readonly string[]): ProfilerOrigin {
  if (!/\sserve(\s|$)/.test(own)) return 'unknown'
  if (own.includes('--until-stdin-ends')) return 'editor'
  return /costflame(\.js)?\s+run\s/.test(parent) ? 'run' : 'serve'
}

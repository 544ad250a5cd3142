// Says what is wrong in `config.jsonc`.

import type { LoadedConfig } from '../watched-config'
import { type Io, note } from './io'

/** One line on stderr for each mistake; what is sound counts all the same. */
export function tellConfigProblems(io: Io, config: LoadedConfig | undefined): void {
  for (const { line, column, message } of config?.file.problems ?? [])
    note(io, `costflame: ${config?.path}:${line}:${column}: ${message}. The rest of the file counts.`)
}

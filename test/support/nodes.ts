// The Nodes that user programs run on: the one of the tests, and others where this machine has them.

import { spawnSync } from 'node:child_process'
import { delimiter } from 'node:path'

export interface FoundNode {
  readonly major: number
  readonly path: string
}

/** Majors that the hook has to run on. */
export const MAJORS = [18, 20, 22, 24] as const

/** `COSTFLAME_TEST_NODES` names more, as PATH does folders: paths of `node`, for one `npm install --prefix DIR node@18` and its `bin/node`. */
const CANDIDATES = [
  process.execPath,
  ...(process.env.COSTFLAME_TEST_NODES?.split(delimiter) ?? []),
  '/usr/bin/node',
  '/usr/local/bin/node',
]

let found: readonly FoundNode[] | undefined

/** The Node of this major; undefined where there is none. */
export function nodeOf(major: number): FoundNode | undefined {
  found ??= CANDIDATES.flatMap((path) => {
    const { status, stdout } = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' })
    return status === 0 ? [{ major: Number.parseInt(stdout, 10), path }] : []
  })
  return found.find((node) => node.major === major)
}

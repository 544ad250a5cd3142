// Where the repository is, for code that runs from any depth of dist/test.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

function folderWithBuild(start: string): string | undefined {
  if (existsSync(join(start, 'esbuild.config.mjs'))) return start
  const parent = dirname(start)
  return parent === start ? undefined : folderWithBuild(parent)
}

/** Absolute path of the repository; the working directory for a bundle that was built elsewhere. */
export const repositoryRoot = folderWithBuild(__dirname) ?? process.cwd()

/** Absolute path of a file in the repository, from path parts relative to its root. */
export function inRepository(...parts: readonly string[]): string {
  return join(repositoryRoot, ...parts)
}

// The version of an agent that says none: the commit that it runs from, and whether something was changed since. Asks git, and waits for nobody.

import { spawn } from 'node:child_process'
import { dirname } from 'node:path'

/** A command that ends sooner waits for the version of its run, and no longer than this. */
const PATIENCE_MS = 3_000
const HASH_LENGTH = 8
/** What we write into a repository is no change of the agent's. */
const WITHOUT_OURS = ':(top,exclude,glob)**/.costflame/**'

export interface GitTools {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Ends the question; the answer is then that git cannot tell. */
  readonly signal?: AbortSignal
}

/** `1a2b3c4d`, `1a2b3c4d-dirty` where files are changed or new, `1a2b3c4d-unchecked` where git cannot tell. Throws nothing. */
export async function workTreeVersion(root: string, commit: string, tools: GitTools): Promise<string> {
  const isChanged = await hasChanges(root, tools).catch(() => undefined)
  const mark = isChanged === undefined ? '-unchecked' : isChanged ? '-dirty' : ''
  return commit.slice(0, HASH_LENGTH) + mark
}

/** Rejects where git cannot be asked. */
function hasChanges(root: string, tools: GitTools): Promise<boolean> {
  const status = ['status', '--porcelain', '--untracked-files=normal', '--', WITHOUT_OURS]
  // Not started in the repository: Windows would look for git.exe there first.
  const git = spawn('git', ['--no-optional-locks', '-C', root, ...status], {
    ...tools,
    cwd: dirname(process.execPath),
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: PATIENCE_MS,
    windowsHide: true,
  })
  return new Promise((resolve, reject) => {
    git.once('error', reject)
    git.stdout.once('data', () => {
      // One change is enough.
      resolve(true)
      git.kill()
    })
    git.once('close', (code) => {
      if (code === 0) resolve(false)
      else reject(new Error(`git status ended with ${code}`))
    })
  })
}

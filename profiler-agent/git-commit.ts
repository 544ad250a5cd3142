// The commit that a run was made from. Reads git's own files; starts no process.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Full hash of HEAD in a folder that holds a `.git`; `undefined` outside a repository or before the first commit. */
export function gitCommitOf(root: string): string | undefined {
  try {
    const git = gitFolder(root)
    const head = readFileSync(join(git, 'HEAD'), 'utf8').trim()
    const ref = /^ref: (.+)$/.exec(head)?.[1]
    return ref === undefined ? hashOnly(head) : hashOnly(refHash(git, ref))
  } catch {
    // No repository: a run without a commit is complete.
    return undefined
  }
}

function gitFolder(root: string): string {
  const git = join(root, '.git')
  // A worktree or submodule has a file that says where its folder is.
  const elsewhere = existsSync(join(git, 'HEAD'))
    ? undefined
    : /^gitdir: (.+)$/m.exec(readFileSync(git, 'utf8'))?.[1]
  return elsewhere ?? git
}

function refHash(git: string, ref: string): string {
  const common = existsSync(join(git, 'commondir'))
    ? join(git, readFileSync(join(git, 'commondir'), 'utf8').trim())
    : git
  const loose = join(common, ref)
  if (existsSync(loose)) return readFileSync(loose, 'utf8').trim()
  const packed = readFileSync(join(common, 'packed-refs'), 'utf8')
  return (
    packed
      .split('\n')
      .find((line) => line.endsWith(` ${ref}`))
      ?.split(' ')[0] ?? ''
  )
}

function hashOnly(text: string): string | undefined {
  return /^[0-9a-f]{40,64}$/.test(text) ? text : undefined
}

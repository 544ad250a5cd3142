// The demo as a project on disk: a small agent with one mistake in it, in two languages, and what the embedded model server replies. Knows no VS Code.

import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const LANGUAGES = ['javascript', 'python'] as const
export type DemoLanguage = (typeof LANGUAGES)[number]

/** File of the program in each language. */
export const PROGRAMS: Readonly<Record<DemoLanguage, string>> = {
  javascript: 'support-desk.mjs',
  python: 'support_desk.py',
}

/** What the embedded model server replies. */
export const REPLIES = 'replies.json'
const TITLE = '# The Costflame demo'

export function isLanguage(value: unknown): value is DemoLanguage {
  return LANGUAGES.some((language) => language === value)
}

/** Whether the folder is one that `writeDemo` made. */
export function isDemo(folder: string): boolean {
  const readme = join(folder, 'README.md')
  return existsSync(join(folder, REPLIES)) && existsSync(readme) && textOf(readme).startsWith(TITLE)
}

/**
 * Writes the project from its `assets` into a new folder: `costflame-demo` in `parent`, or a temporary one; gives its path.
 * Nothing that is there is written over. Rejects where the folder cannot be written to.
 */
export async function writeDemo(assets: string, parent: string | undefined): Promise<string> {
  const folder =
    parent === undefined ? await mkdtemp(join(tmpdir(), 'costflame-demo-')) : freeFolder(parent, 1)
  await cp(assets, folder, { recursive: true })
  // With it the extension starts when the folder is opened, and the runs lie in the demo, not in a repository around it.
  await mkdir(join(folder, '.costflame', 'data'), { recursive: true, mode: 0o700 })
  return folder
}

/** Whether the program is no longer what it was: somebody has mended it. */
export function isChanged(assets: string, folder: string, program: string): boolean {
  return textOf(join(folder, program)) !== textOf(join(assets, program))
}

function freeFolder(parent: string, number: number): string {
  const folder = join(parent, number === 1 ? 'costflame-demo' : `costflame-demo-${number}`)
  return existsSync(folder) ? freeFolder(parent, number + 1) : folder
}

/** Line ends do not count: an editor may write others. */
function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\r\n', '\n') : ''
}

// From the frames that a hook sent to the user's own lines: source maps from disk, installed packages and Node left out.

import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CallSite, Frame } from '../model/span'
import { originalFrame } from './source-map'

const NOT_THE_USERS =
  /(?:^|[\\/])node_modules[\\/]|^node:|^(?:webpack|turbopack)[\\/](?:bootstrap|runtime)|^(?:external|ignored|native)\b/
const NAME_NOISE = /^(?:async )?(?:Object\.)?/

/**
 * The user's line that made a call, with what led to it, innermost first. Each frame goes through its file's source map
 * before installed packages are left out, so that a bundle shows its sources. Files inside `root` become relative to it,
 * with `/`; others stay absolute. Undefined when no frame is the user's. Throws nothing: a bad map leaves its frames unmapped.
 */
export function resolveCallSite(frames: readonly Frame[], root: string | undefined): CallSite | undefined {
  const stack: Frame[] = []
  for (const frame of frames) {
    const resolved = resolveFrame(frame, root)
    if (resolved !== undefined && !isSame(stack.at(-1), resolved)) stack.push(resolved)
  }
  const [innermost] = stack
  return innermost === undefined ? undefined : { ...innermost, stack }
}

function resolveFrame(sent: Frame, root: string | undefined): Frame | undefined {
  const frame = { ...sent, file: pathOf(sent.file) }
  const source = originalFrame(frame)
  const file = source === undefined ? frame.file : onDisk(source.file, frame.file, root)
  if (NOT_THE_USERS.test(file) || NOT_THE_USERS.test(source?.file ?? '')) return undefined
  const { line, column, function: name } = source ?? frame
  const shortName = name?.replace(NAME_NOISE, '')
  return {
    file: relativeTo(root, file),
    line,
    ...(column === undefined ? {} : { column }),
    ...(shortName ? { function: shortName } : {}),
  }
}

function pathOf(file: string): string {
  if (!file.startsWith('file:')) return file
  try {
    return fileURLToPath(file)
  } catch {
    // A URL with a foreign host: its text is the best name there is.
    return file
  }
}

/** A source that a bundler named without its folder: looked for below the root, then upward from the bundle. */
function onDisk(source: string, generated: string, root: string | undefined): string {
  if (isAbsolute(source)) return source
  if (root !== undefined && existsSync(join(root, source))) return join(root, source)
  for (let folder = dirname(generated); ; folder = dirname(folder)) {
    if (existsSync(join(folder, source))) return join(folder, source)
    if (dirname(folder) === folder) return source
  }
}

function relativeTo(root: string | undefined, file: string): string {
  if (root === undefined || !isAbsolute(file)) return withSlashes(file)
  const inside = relative(root, file)
  return withSlashes(inside === '' || inside.startsWith('..') || isAbsolute(inside) ? file : inside)
}

function withSlashes(file: string): string {
  return sep === '\\' ? file.replaceAll('\\', '/') : file
}

function isSame(left: Frame | undefined, right: Frame): boolean {
  return left?.file === right.file && left.line === right.line && left.column === right.column
}

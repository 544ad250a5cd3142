// Fifty lines of a file of 50,000 found again by their anchors, in the text that was recorded (`same`) and after an edit (`edited`), and
// one anchor taken, beside parsing the same text as a JSON string.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { figure } from './statistics.mjs'

/** What the names of its figures begin with. */
export const figures = ['anchors']

export async function* measure() {
  const folder = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  try {
    const outfile = join(folder, 'anchors-process.cjs')
    const entryPoints = [fileURLToPath(new URL('anchors-process.ts', import.meta.url))]
    buildSync({ entryPoints, bundle: true, outfile, platform: 'node', target: 'node22', logLevel: 'error' })
    const { status, stdout, stderr } = spawnSync(process.execPath, [outfile], { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    const ms = JSON.parse(stdout)
    const what = 'JSON.parse of the same text'
    yield figure('anchors.same', 'ms', ms.same, ms.parse, what)
    yield figure('anchors.edited', 'ms', ms.edited, ms.parse, what)
    yield figure('anchors.take', 'ms', ms.anchor, ms.parse, what)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

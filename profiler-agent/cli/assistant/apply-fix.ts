// Makes the mechanical change of a finding in the user's files, for an assistant that was told to.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../../model/finding'
import { fixedFiles } from '../fixed-files'
import { type Io, UsageError } from '../io'
import { meantFinding } from './meant-finding'
import type { AssistantOptions } from './tools'

interface Asked {
  readonly finding: string
  readonly run: string
}

/** Gives the places that changed. Throws UsageError, and changes nothing, where it cannot be done whole. */
export async function applyFix(io: Io, asked: Asked, options: AssistantOptions): Promise<unknown> {
  const { finding, root } = await meantFinding(io, asked, options)
  return applied(finding, root)
}

function applied(finding: Finding, root: string | undefined): unknown {
  const { fix } = finding
  if (fix?.edits === undefined || root === undefined)
    throw new UsageError(
      `there is no mechanical change for this finding${fix ? `. By hand: ${fix.title}` : ''}.`,
    )
  const files = fixedFiles(finding, root)
  if (files === undefined)
    throw new UsageError('the files have changed since the run. Profile again, then apply the fix.')
  for (const { file, after } of files) writeFileSync(join(root, file), after)
  return {
    fixed: fix.title,
    safety: fix.safety,
    changed: fix.edits.map(({ file, line, endLine }) => ({ file, line, endLine })),
    next: 'Look at the change, then run costflame_profile and costflame_compare.',
  }
}

// The finding that an assistant means, by its id or the beginning of it. What is said where there is none quotes no finding: it may quote a prompt.

import type { Finding } from '../../model/finding'
import { runsWithFindings } from '../findings'
import { type Io, UsageError } from '../io'
import { dataFolder } from '../places'
import type { AssistantOptions } from './tools'

export interface MeantFinding {
  readonly finding: Finding
  readonly root: string | undefined
}

/** The newest run's, where several have it. Throws UsageError where none or several different ones begin so. */
export async function meantFinding(
  io: Io,
  { finding: id, run }: { readonly finding: string; readonly run: string },
  { data }: AssistantOptions,
): Promise<MeantFinding> {
  const runs = await runsWithFindings(io, { selector: run, data: dataFolder(io, data) })
  const found = runs.flatMap(({ root, findings }) =>
    findings.filter((each) => each.id.startsWith(id)).map((finding) => ({ finding, root })),
  )
  const [first] = found
  if (first !== undefined && found.every(({ finding }) => finding.id === first.finding.id)) return first
  throw new UsageError(
    `${first ? 'several findings begin' : 'no finding of these runs begins'} with "${id}". costflame_findings lists them.`,
  )
}

// The evidence of one finding for an assistant: numbers and places; the texts that were compared only where the user allows it.

import { z } from 'zod'
import type { Finding } from '../../model/finding'
import { present } from '../../model/present'
import type { Io } from '../io'
import { why } from '../why'
import { answerOf } from './answer-of'
import { meantFinding } from './meant-finding'
import { toldFinding } from './told-finding'
import type { AssistantOptions } from './tools'

const CALL = z.object({
  startTime: z.string(),
  input: z.number().nullable(),
  read: z.number().nullable(),
  written: z.number().nullable(),
  fresh: z.number().nullable(),
  picoUsd: z.number().nullable(),
})
/** What is not named here is not told. */
const EXPLANATION = z.object({
  finding: z.custom<Finding>(),
  calls: z.array(CALL),
  compared: z.object({ earlier: CALL, later: CALL }).optional(),
  block: z
    .object({
      path: z.string(),
      earlierPath: z.string(),
      before: z.string().optional(),
      after: z.string().optional(),
    })
    .optional(),
  rule: z.looseObject({}).optional(),
})

interface Asked {
  readonly finding: string
  readonly run: string
}

/** Throws UsageError where there is no such finding. */
export async function explained(io: Io, asked: Asked, options: AssistantOptions): Promise<unknown> {
  const { data, prompts } = options
  const { id, runId } = (await meantFinding(io, asked, options)).finding
  const said = EXPLANATION.parse(
    await answerOf(io, (quiet) => why(quiet, id, { run: runId, format: 'json', ...present({ data }) })),
  )
  const { calls, compared, block, rule } = said
  return {
    finding: toldFinding(said.finding, prompts),
    calls,
    ...(compared ? { compared } : {}),
    ...(block ? { partAt: prompts ? block : { path: block.path, earlierPath: block.earlierPath } } : {}),
    ...(rule ? { rule } : {}),
  }
}

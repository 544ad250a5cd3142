// `costflame doctor`: looks at everything that a recording needs, and says what is wrong and what to do.

import { checksText } from '../model/health-check'
import { healthOf } from './health'
import { EXIT, type Io, print } from './io'
import type { DoctorFormat } from './output-formats'
import { dataFolder } from './places'

export interface DoctorOptions {
  readonly format: DoctorFormat
  readonly data?: string
}

const DOCTOR_SCHEMA = 'costflame.doctor/1'

/** Exit code 1 where something keeps calls from being recorded. */
export async function doctor(io: Io, options: DoctorOptions): Promise<number> {
  const checks = await healthOf(io, dataFolder(io, options.data))
  if (options.format === 'json') print(io, JSON.stringify({ schema: DOCTOR_SCHEMA, checks }))
  else print(io, checksText(checks))
  return checks.some(({ status }) => status === 'problem') ? EXIT.failed : EXIT.fine
}

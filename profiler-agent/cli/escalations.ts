// Which escalations of a budget file reach nobody on this machine.

import { readFileSync } from 'node:fs'
import { escalationNamed, escalationProblems } from '../config/escalations'
import { readUserSettings } from '../config/user-settings'
import type { Budget } from '../model/budget'
import type { Problem } from '../wire/jsonc'
import type { Io } from './io'
import { userSettingsFile } from './user-settings'

/** At the first budget that names each; another machine may have defined them. Mistakes in the settings are told elsewhere. */
export function escalationsToNobody(io: Io, budgets: readonly Budget[]): Problem[] {
  const path = userSettingsFile(io)
  const defined = definedIn(path)
  return escalationProblems(budgets, (name) => escalationNamed(name, io.env, defined), path)
}

function definedIn(path: string) {
  try {
    return readUserSettings(readFileSync(path, 'utf8')).escalations
  } catch {
    return {} // Most users have no such file.
  }
}

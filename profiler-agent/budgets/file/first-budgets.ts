// The budget file that somebody begins with.

import { BUDGET_VERSION } from './budget-shape'

/** Written beside the budget file, so that every editor checks it; `$schema` names it. */
export const BUDGET_SCHEMA_FILE = 'budgets.schema.json'

/** What `budgets init` writes. The limits of the workspace only warn. */
export const FIRST_BUDGETS = `{
  "$schema": "./${BUDGET_SCHEMA_FILE}",
  "version": ${BUDGET_VERSION},
  // Limits of each agent, by its name. "costflame budgets export" derives them from recorded runs.
  "agents": {},
  "workspace": {
    // What one run and what all runs of a day may cost, in US dollars.
    "limits": { "costUsdPerRun": 1, "costUsdPerDay": 10 }
  },
  // How "costflame check" judges recorded invocations.
  "gate": { "percentile": "p95", "minInvocations": 5, "tolerance": 0.1 }
}
`

/** What `budgets export` puts derived limits into where there is no file yet. */
export const NO_BUDGETS = `{
  "$schema": "./${BUDGET_SCHEMA_FILE}",
  "version": ${BUDGET_VERSION}
}
`

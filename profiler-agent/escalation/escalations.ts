// Tells whoever the user has named of a violated limit, once, beside all calls. Runs in the worker.

import type { Violation } from '../model/escalation'
import type { Finding } from '../model/finding'

/** Nothing of it delays or fails a call; it throws and rejects never. */
export interface EscalationDesk {
  /** Called for each violation, as often as it is noticed; the same one is told once. */
  violated(violation: Violation): void
  /** What failed or is not defined, of this run. */
  findings(runId: string): Finding[]
  /** Waits for those under way, for a moment; ends the others. */
  close(): Promise<void>
}

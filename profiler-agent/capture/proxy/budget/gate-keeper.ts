// Asks the gate about calls on behalf of the proxy. A gate that fails lets everything pass.

import type { Admission, CallGate, CallHold } from '../../../model/call-gate'
import { CallIdentity, type IdentityTools } from '../call-identity'
import type { CallRequest } from '../client'
import type { Guard } from '../guard'
import type { Route } from '../routing'
import { mayCost } from './call-format'
import type { GatedRequest } from './gated-request'

const PASSES: Admission = { passes: true }
const ASKING = 'asking the budget'

export class GateKeeper {
  constructor(
    readonly gate: CallGate,
    readonly guard: Guard,
    readonly tools: IdentityTools,
  ) {}

  /** The call's name, where the gate has to be asked whether it is concerned; else it is named when it is recorded. */
  name(req: CallRequest, route: Route): CallIdentity | undefined {
    const isAsked = this.gate.isIdle !== true && mayCost(req.method, route.path)
    return isAsked ? new CallIdentity(req, route, this.tools) : undefined
  }

  /** The same for an upgrade to WebSocket. */
  nameSocket(req: CallRequest, route: Route): CallIdentity | undefined {
    return this.gate.isIdle === true ? undefined : new CallIdentity(req, route, this.tools)
  }

  concerns(identity: CallIdentity): boolean {
    const isConcerned = this.guard.run(ASKING, () => {
      const { runId, attribution } = identity.facts
      return this.gate.concerns(runId, attribution)
    })
    return isConcerned ?? false
  }

  /** Calls `then` with the decision: at once, where the gate decides at once. */
  admit(call: GatedRequest, then: (admission: Admission) => void): void {
    const decided = (admission: Admission) =>
      this.guard.run('heeding the budget', () => then(this.#guarded(admission)))
    const decision = this.guard.run(ASKING, () => this.gate.admit(call)) ?? PASSES
    if (!(decision instanceof Promise)) {
      decided(decision)
      return
    }
    const fault = (error: unknown) => {
      this.guard.report(ASKING, error)
      return PASSES
    }
    void decision.catch(fault).then(decided)
  }

  /** A hold whose faults stop no call. */
  #guarded(admission: Admission): Admission {
    const hold = admission.passes ? admission.hold : undefined
    if (!hold) return admission
    const { guard } = this
    const guarded: CallHold = {
      output: (tokens) => guard.run(ASKING, () => hold.output(tokens)),
      ended: () => guard.run(ASKING, () => hold.ended()),
    }
    return { ...admission, passes: true, hold: guarded }
  }
}

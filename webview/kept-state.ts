// The state of the page and when it is handed to the host to be kept: at once, but for movements, which are many.

import type { Host } from './host'
import type { PageState } from './messages'

/** So long nothing may have moved. */
const REST_MS = 200

export class KeptState {
  #state: PageState
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly host: Host) {
    this.#state = host.state
    // A page that goes away has no time left.
    window.addEventListener('pagehide', () => this.#keep())
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.#keep()
    })
  }

  get now(): PageState {
    return this.#state
  }

  change(change: Partial<PageState>) {
    // A zoom is in fractions of a picture, which is another one in another unit.
    const zoom = 'unit' in change && change.unit !== this.#state.unit ? { zoom: {} } : {}
    this.#state = { ...this.#state, ...zoom, ...change }
    if (isMovement(change)) this.#keepSoon()
    else this.#keep()
  }

  /** How things are shown stays from one run to the next; what was zoomed to, found and selected is of one run. */
  startRun(runId: string) {
    if (this.#state.runId === runId) return
    const { view, unit, colour, detailsShare } = this.#state
    this.#state = {
      runId,
      ...(view && { view }),
      ...(unit && { unit }),
      ...(colour && { colour }),
      ...(detailsShare !== undefined && { detailsShare }),
    }
    this.#keep()
  }

  #keep() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.host.keep(this.#state)
  }

  #keepSoon() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#keep(), REST_MS)
  }
}

/** A zoom is shown by the pane that zoomed, sixty times a second: nobody else needs to know at once. */
export function isMovement(change: Partial<PageState>): boolean {
  return Object.keys(change).join() === 'zoom'
}

// Calls of this process to hosts of models that were not captured, by host: what to say when a run shows less than was done.

export interface AroundHost {
  /** With its port, if not the scheme's own; never a path. */
  readonly host: string
  readonly calls: number
  readonly why: string
}

const MAX_HOSTS = 50

export class Around {
  private readonly hosts = new Map<string, { calls: number; why: string }>()

  /** `origin` is `https://host[:port]`. */
  add(origin: string, why: string): void {
    const known = this.hosts.get(origin)
    if (known !== undefined) {
      known.calls++
      known.why = why
    } else if (this.hosts.size < MAX_HOSTS) this.hosts.set(origin, { calls: 1, why })
  }

  all(): readonly AroundHost[] {
    return [...this.hosts].map(([origin, { calls, why }]) => ({
      host: origin.slice(origin.indexOf('//') + 2),
      calls,
      why,
    }))
  }
}

// Calls of this process to hosts of models that did not go through the proxy, by host: what to say when nothing was captured.

export interface AroundHost {
  /** With its port, if not the scheme's own; never a path. */
  readonly host: string
  readonly calls: number
  readonly why: string
}

const MAX_HOSTS = 50

export class Around {
  private readonly hosts = new Map<string, { calls: number; why: string }>()
  private readonly reasons = new Map<string, string>()

  /** The reason that the next calls to this origin have. */
  because(origin: string, why: string): void {
    if (this.reasons.size < MAX_HOSTS) this.reasons.set(origin, why)
  }

  add(origin: string, why = this.reasons.get(origin) ?? 'a client of its own'): void {
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

// What the hook of one process says of the calls that it saw: how many it captured, and which went around it and why. Kept in attributes of the run's span.

export interface HookReport {
  readonly runId: string
  readonly pid: number
  /** `node 22.19.0`, `python 3.12.1`. */
  readonly runtime: string
  /** Model calls that it sent through the proxy or observed. */
  readonly calls: number
  /** Calls to hosts that look like a model provider's and were not captured. */
  readonly around: readonly { readonly host: string; readonly calls: number; readonly why: string }[]
}

const ATTRIBUTE = 'costflame.hook.'

/** One attribute of the run's span for each process; its latest word replaces the earlier one. */
export function attributesOfHook({ runId: _, pid, ...report }: HookReport): Record<string, string> {
  return { [ATTRIBUTE + pid]: JSON.stringify(report) }
}

/** The reports in the attributes of a run's span. */
export function hookReportsOf(
  runId: string,
  attributes: Readonly<Record<string, string | number | boolean>>,
): HookReport[] {
  return Object.entries(attributes).flatMap(([name, value]) =>
    name.startsWith(ATTRIBUTE) && typeof value === 'string'
      ? // This program wrote it itself.
        [{ ...(JSON.parse(value) as HookReport), runId, pid: Number(name.slice(ATTRIBUTE.length)) }]
      : [],
  )
}

// The environment of an escalation's command: the profiler's own, without what would profile it and without the credentials that were seen.

const OURS = /^COSTFLAME_/

export interface EnvironmentOptions {
  /** Whether a value that was seen as a credential stands in a text. */
  readonly isSecret: (text: string) => boolean
}

/**
 * Leaves out variables in whose value a credential of a profiled call stands, and all of ours; a command that calls models is not
 * profiled, so that it cannot exceed the very budget that it tells of.
 */
export function commandEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  { isSecret }: EnvironmentOptions,
): Record<string, string> {
  const proxy = env.COSTFLAME_PROXY
  const kept = Object.entries(env).filter(
    ([name, value]) =>
      value !== undefined &&
      !OURS.test(name) &&
      !isSecret(value) &&
      (proxy === undefined || !value.startsWith(proxy)),
  )
  return { ...(Object.fromEntries(kept) as Record<string, string>), COSTFLAME_DISABLE: '1' }
}

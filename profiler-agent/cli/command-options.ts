// What the *-commands.ts share: options that several commands take, the example below a help, how a command ends.

/** Waits for a command and keeps its exit code. */
export type Finish = (promise: Promise<number>) => Promise<void>

export const DATA = [
  '--data <dir>',
  'data folder; else COSTFLAME_DATA, else the nearest .costflame/',
] as const
export const RUNS = [
  '--run <runs>',
  'latest, latest:N, all, an id, a *.costflame.json file, or key=value[,…]',
] as const
export const BUDGET = ['--budget <file>', 'budget file; else the nearest .costflame/budgets.jsonc'] as const

/** Of a command that takes --json. */
export interface Json {
  readonly json?: true
}

/** `--json` is `--format json`, whatever --format says. */
export function withJson<Options extends Json & { readonly format: string }>(options: Options): Options {
  return options.json ? { ...options, format: 'json' } : options
}

/** What stands below the help of a command. */
export function example(command: string): string {
  return `\nExample:\n  ${command}\n`
}

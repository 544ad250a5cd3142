// Which processes profile a command, and which commands a project offers. Knows no VS Code.

/** Nothing in it that a shell would read: blanks between words only. */
const PLAIN = /^[\w@%+=:,./-]+(?: +[\w@%+=:,./-]+)*$/

/** Program and arguments of a command line: its words where it has only words, else the platform's shell with all of it. */
export function wordsOf(command: string, platform: NodeJS.Platform = process.platform): string[] {
  // There npm and its like are scripts that only a shell can start.
  if (platform === 'win32') return ['cmd.exe', '/d', '/s', '/c', command]
  const line = command.trim()
  // `A=1 node x` sets a variable.
  return PLAIN.test(line) && !/^\w+=/.test(line) ? line.split(/ +/) : ['/bin/sh', '-c', command]
}

export interface OfferedCommand {
  readonly name: string
  readonly command: string
}

/** npm's own hooks, and what no model is called by. */
const UNLIKELY = /^(pre|post)|^(build|lint|format|clean|prepare|package|typecheck)(:|$)/

/** What the scripts of a package are run by; nothing where it is no package, as its text may be anything. */
export function scriptCommands(packageText: string, runner: string): OfferedCommand[] {
  return scriptNames(packageText)
    .filter((name) => !UNLIKELY.test(name) && /^[\w:.-]+$/.test(name))
    .map((name) => ({ name, command: `${runner} run ${name}` }))
}

function scriptNames(packageText: string): string[] {
  try {
    const found: unknown = JSON.parse(packageText)
    const isPackage = typeof found === 'object' && found !== null && 'scripts' in found
    return isPackage ? Object.keys(Object(found.scripts)) : []
  } catch {
    // It is being edited; it says nothing now.
    return []
  }
}

/** By the lock file that stands beside `package.json`. */
export function runnerOf(names: readonly string[]): string {
  if (names.includes('pnpm-lock.yaml')) return 'pnpm'
  if (names.includes('yarn.lock')) return 'yarn'
  return names.includes('bun.lock') || names.includes('bun.lockb') ? 'bun' : 'npm'
}

/** Python programs at the top of a folder, each run by `python`. */
export function pythonCommands(names: readonly string[], python: string): OfferedCommand[] {
  return names
    .filter((name) => /^[\w.-]+\.py$/.test(name) && !NO_PROGRAM.test(name))
    .sort()
    .map((name) => ({ name, command: `${python} ${name}` }))
}

const NO_PROGRAM = /^(__init__|conftest|setup|test_.*|.*_test)\.py$/

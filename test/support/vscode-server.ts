// Starts the real VS Code of the cache as a server on loopback, with a throw-away profile and home.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { codeServerFolder, isCodeServerInstalled } from './code-server'
import { commandEnvironment } from './commands'
import { temporaryFolder, writeFiles, writeUserSettings } from './test-folders'

export interface VscodeServerOptions {
  /** Added to the environment of the server, so of the extension host and its terminals; undefined removes. */
  env?: NodeJS.ProcessEnv
  /** User settings on top of the quiet ones. */
  settings?: Readonly<Record<string, unknown>>
  /** Folder of installed extensions; an empty one by default. */
  extensionsFolder?: string
  /** Folders have to be trusted first; else each is. `security.workspace.trust.enabled` has to be set, too. */
  asksForTrust?: boolean
}

export interface VscodeServer {
  /** `http://127.0.0.1:PORT`, where the workbench is served. */
  url: string
  /** `127.0.0.1:PORT`, as `vscode-remote://` addresses need it. */
  authority: string
  /** `$HOME` of the server, its extension host and its terminals: empty, with a plain shell prompt. */
  homeFolder: string
  /** Rejects when the server ends before `stop`. */
  ended: Promise<never>
  /** What the server printed so far. */
  log(): string
  /** Ends the server with its extension hosts and terminals, and removes its folders. */
  stop(): Promise<void>
}

const startLimitMs = 180_000
const stopGraceMs = 5_000

/** Rejects, with what the server printed, when it does not listen in time. */
export async function startVscodeServer(options: VscodeServerOptions = {}): Promise<VscodeServer> {
  if (!isCodeServerInstalled())
    throw new Error(`no code-server in ${codeServerFolder()}: run \`npm test -- vscode\` once`)
  const folder = temporaryFolder('vscode')
  const homeFolder = join(folder.path, 'home')
  writeFiles(homeFolder, { '.bashrc': "PS1='$ '\n" })
  writeUserSettings(join(folder.path, 'user'), options.settings)
  const child = spawn('node', serverArguments(folder.path, options), {
    cwd: homeFolder,
    env: serverEnvironment(homeFolder, options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = new Output(child)
  let isStopping = false
  const ended = once(child, 'exit').then(([code, signal]): Promise<never> => {
    if (isStopping) return new Promise(() => undefined)
    throw new Error(`VS Code's server ended with ${signal ?? `exit code ${code}`}:\n${output.text}`)
  })
  ended.catch(() => undefined) // Whoever races with it hears of it; nobody has to.
  const stop = async () => {
    isStopping = true
    await endProcess(child)
    folder.remove()
  }
  try {
    const port = await Promise.race([output.match(/Extension host agent listening on (\d+)/), ended])
    const authority = `127.0.0.1:${port}`
    return { url: `http://${authority}`, authority, homeFolder, ended, log: () => output.text, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function serverArguments(folder: string, options: VscodeServerOptions): string[] {
  const { extensionsFolder = join(folder, 'extensions'), asksForTrust = false } = options
  return [
    join(codeServerFolder(), 'lib', 'vscode', 'out', 'server-main.js'),
    ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--accept-server-license-terms'],
    ...['--telemetry-level', 'off'],
    ...(asksForTrust ? [] : ['--disable-workspace-trust']),
    // Else VS Code asks a login shell for the environment, whose PATH puts another Node first.
    '--force-disable-user-env',
    // Without it a built workbench ignores the payload that names the extension under development.
    '--enable-smoke-test-driver',
    ...['--user-data-dir', join(folder, 'user')],
    ...['--server-data-dir', join(folder, 'server')],
    ...['--extensions-dir', extensionsFolder],
  ]
}

/** The user's own environment without what npm, an outer VS Code or an outer Costflame put there. */
function serverEnvironment(homeFolder: string, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env = commandEnvironment({ HOME: homeFolder })
  for (const name of Object.keys(env)) {
    if (/^(npm_|VSCODE_|XDG_|COSTFLAME_(?!TEST_)|NODE_OPTIONS$|ELECTRON_RUN_AS_NODE$)/.test(name))
      delete env[name]
  }
  return { ...env, ...extra }
}

class Output {
  text = ''
  constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk) => this.add(chunk))
    child.stderr?.on('data', (chunk) => this.add(chunk))
  }
  private add(chunk: Buffer): void {
    this.text += chunk.toString('utf8')
  }
  /** The first group of the pattern, once it was printed. */
  match(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`VS Code's server did not listen in ${startLimitMs / 1000} s:\n${this.text}`)),
        startLimitMs,
      )
      const look = () => {
        const found = pattern.exec(this.text)?.[1]
        if (found === undefined) return
        clearTimeout(timer)
        this.child.stdout?.off('data', look)
        resolve(found)
      }
      this.child.stdout?.on('data', look)
    })
  }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopGraceMs)
  await exited
  clearTimeout(timer)
}

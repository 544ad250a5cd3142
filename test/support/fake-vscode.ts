// As much of VS Code as the extension's session needs, for tests in plain Node: the edge, not a module of ours. What is said to the user is kept.

import { EventEmitter as NodeEmitter } from 'node:events'
import Module from 'node:module'
import { basename, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

type Listener<Event> = (event: Event) => unknown

class EventEmitter<Event> {
  readonly #emitter = new NodeEmitter().setMaxListeners(0)
  readonly event = (listener: Listener<Event>) => {
    this.#emitter.on('event', listener)
    return { dispose: () => this.#emitter.off('event', listener) }
  }
  fire(event: Event): void {
    this.#emitter.emit('event', event)
  }
  dispose(): void {
    this.#emitter.removeAllListeners()
  }
}

export interface FakeUri {
  readonly scheme: string
  readonly path: string
  readonly fsPath: string
  toString(): string
}

function fileUri(path: string): FakeUri {
  return { scheme: 'file', path, fsPath: path, toString: () => pathToFileURL(path).href }
}

/** What a test sees and sets. */
export class FakeVscode {
  /** Messages to the user, in their order. */
  readonly messages: string[] = []
  /** Context keys by name. */
  readonly context = new Map<string, unknown>()
  readonly settings = new Map<string, unknown>()
  /** What was logged, each with its level before it. */
  readonly logged: string[] = []
  #folders: readonly string[] = []
  #isTrusted = true
  readonly #foldersChanged = new EventEmitter<void>()
  readonly #trusted = new EventEmitter<void>()
  readonly #activeChanged = new EventEmitter<unknown>()

  setFolders(...paths: readonly string[]): void {
    this.#folders = paths
    this.#foldersChanged.fire()
  }

  setTrusted(isTrusted: boolean): void {
    const isGranted = isTrusted && !this.#isTrusted
    this.#isTrusted = isTrusted
    if (isGranted) this.#trusted.fire()
  }

  /** The editor of this file is the active one from now on. */
  activate(path: string): void {
    this.#activeChanged.fire({ document: { uri: fileUri(path) } })
  }

  uri(path: string): FakeUri {
    return fileUri(path)
  }

  readonly log = Object.fromEntries(
    ['trace', 'debug', 'info', 'warn', 'error'].map((level) => [
      level,
      (text: unknown) => void this.logged.push(`${level}: ${text}`),
    ]),
  )

  /** What `import * as vscode from 'vscode'` gives. */
  module(): object {
    const say = async (text: string) => void this.messages.push(text)
    const folderOf = (uri: FakeUri) =>
      this.#folders
        .filter((folder) => uri.scheme === 'file' && `${uri.fsPath}${sep}`.startsWith(folder + sep))
        .sort((a, b) => b.length - a.length)[0]
    const workspaceFolder = (path: string) => ({ uri: fileUri(path), name: basename(path) })
    const fake = this
    return {
      EventEmitter,
      Uri: { file: fileUri },
      l10n: { t: filledIn },
      commands: {
        executeCommand: async (command: string, key: string, value: unknown) => {
          if (command === 'setContext') this.context.set(key, value)
        },
      },
      window: {
        activeTextEditor: undefined,
        onDidChangeActiveTextEditor: this.#activeChanged.event,
        showErrorMessage: say,
        showWarningMessage: say,
        showInformationMessage: say,
      },
      workspace: {
        get workspaceFolders() {
          return fake.#folders.map(workspaceFolder)
        },
        get isTrusted() {
          return fake.#isTrusted
        },
        getWorkspaceFolder: (uri: FakeUri) => {
          const found = folderOf(uri)
          return found === undefined ? undefined : workspaceFolder(found)
        },
        getConfiguration: () => ({
          get: (key: string, usual: unknown) => this.settings.get(key) ?? usual,
          inspect: (key: string) => ({ globalValue: this.settings.get(key) }),
        }),
        onDidChangeWorkspaceFolders: this.#foldersChanged.event,
        onDidGrantWorkspaceTrust: this.#trusted.event,
      },
    }
  }
}

function filledIn(text: string, ...values: readonly unknown[]): string {
  return text.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)]))
}

let current: object | undefined

/** From now on `vscode` is this one, for modules that are loaded later; `import()` them after it. */
export function installFakeVscode(fake: FakeVscode): void {
  if (current === undefined) interceptLoading()
  current = fake.module()
}

function interceptLoading(): void {
  const holder = Module as unknown as { _load: (name: string, ...rest: unknown[]) => unknown }
  const load = holder._load
  holder._load = (name, ...rest) => (name === 'vscode' ? live : load.call(holder, name, ...rest))
}

/** Modules keep what they required; each test has a VS Code of its own. */
const live: object = new Proxy(
  {},
  {
    get: (_, name) => (current === undefined ? undefined : Reflect.get(current, name)),
    has: (_, name) => current !== undefined && Reflect.has(current, name),
    ownKeys: () => (current === undefined ? [] : Reflect.ownKeys(current)),
    getOwnPropertyDescriptor: (_, name) => ({
      configurable: true,
      enumerable: true,
      value: current && Reflect.get(current, name),
    }),
  },
)

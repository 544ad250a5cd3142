// What keeps a profiler from being used as it should, said to the user once, with the way out.

import * as vscode from 'vscode'
import type { ReadyLine } from '../../profiler-agent/feed/protocol'
import { plainText } from './plain-text'

const OTHER_VERSION = /speaks feed version/
const NEWER_STORE = /written by a newer Costflame/
/** Of every trouble with the store: calls pass, but what is recorded of them may be lost. */
const NOT_STORED = /kept in memory|set aside as/

interface Way {
  readonly label: string
  readonly take: () => void
}

export class ProfilerNotices {
  private readonly said = new Set<string>()

  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** A profiler that announced itself, and why it cannot be spoken with; other reasons than its version are no news. */
  couldNotAttach({ version }: ReadyLine, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error)
    if (!OTHER_VERSION.test(why)) return
    const text = vscode.l10n.t(
      'Another profiler works in this folder (version {0}). {1} Until then this window uses one of its own.',
      version,
      why,
    )
    this.say(`version ${version}`, text, this.showExtension())
  }

  /** A line of a profiler's log. */
  profilerSaid(line: string): void {
    const text = line.replace(/^costflame: /, '')
    if (NEWER_STORE.test(text))
      this.say(
        'newer store',
        vscode.l10n.t(
          'The recorded runs of this folder were written by a newer Costflame: they cannot be shown, and what is recorded now is lost with this window. Update the Costflame extension.',
        ),
        this.showExtension(),
      )
    else if (NOT_STORED.test(text)) this.say(text, `Costflame: ${text}`, this.showLog())
  }

  private say(about: string, text: string, way: Way): void {
    if (this.said.has(about)) return
    this.said.add(about)
    this.log.warn(text)
    // Not waited for: nobody has to press a button.
    void Promise.resolve(vscode.window.showWarningMessage(plainText(text), way.label)).then((pressed) => {
      if (pressed === way.label) way.take()
    })
  }

  private showExtension(): Way {
    const take = () => void vscode.commands.executeCommand('extension.open', 'costflame.costflame')
    return { label: vscode.l10n.t('Show Extension'), take }
  }

  private showLog(): Way {
    return { label: vscode.l10n.t('Show Log'), take: () => this.log.show() }
  }
}

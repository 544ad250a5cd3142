// The real VS Code window as a user sees it: a page object over the workbench in Chromium.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Browser, Frame, Locator, Page } from 'playwright-core'
import { launchChromium, windowSize } from './chromium'
import { titleOf } from './command-titles'
import { workbenchUrl } from './extension-tests'
import { inRepository, repositoryRoot } from './repository'
import { type Box, boxesOf, exactly, lineAt, lineBelow, settled, textOf, textsOf } from './screen'
import { Terminal } from './terminal'
import { until } from './until'
import { startVscodeServer, type VscodeServer, type VscodeServerOptions } from './vscode-server'

export interface WorkbenchOptions extends VscodeServerOptions {
  /** Absolute path of the folder, or of the `.code-workspace` file, to open; without one the window has no folder. */
  workspaceFolder?: string
  /** Absolute path of the extension under development; this repository by default, `null` for none. */
  extensionDevelopmentPath?: string | null
  /** VS Code's display language; its own texts stay English, because no language pack is installed. */
  language?: string
}

/** Something drawn in the active editor, with the line (from 1) that it belongs to. */
export interface CodeLens {
  text: string
  line: number
}

export interface Squiggle {
  severity: 'error' | 'warning' | 'info' | 'hint'
  line: number
}

/** A row of the Problems panel; line and column from 1. */
export interface Problem {
  file: string
  message: string
  source: string
  code: string
  line: number
  column: number
}

/** Starts a VS Code of its own, about 6 s, and opens a folder in it. Close it, or the process stays alive. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const server = await startVscodeServer(options)
  const browser = await launchChromium()
  try {
    const page = await browser.newPage({ viewport: windowSize })
    const { extensionDevelopmentPath: path = repositoryRoot, language } = options
    if (language !== undefined)
      await page.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(language)}`)
    const developed: Record<string, string> = path === null ? {} : { extensionDevelopmentPath: path }
    await page.goto(workbenchUrl(server, options.workspaceFolder, developed))
    const workbench = new Workbench(server, browser, page)
    await workbench.ready()
    return workbench
  } catch (error) {
    await browser.close()
    await server.stop()
    throw error
  }
}

export class Workbench {
  readonly terminal: Terminal

  constructor(
    readonly server: VscodeServer,
    private readonly browser: Browser,
    /** Playwright's page, for what has no method here. */
    readonly page: Page,
  ) {
    this.terminal = new Terminal(page)
  }

  /** Resolves when the window is restored; extensions that start late may still be starting. */
  async ready(): Promise<void> {
    await this.page.waitForSelector('.monaco-workbench')
    await this.page.waitForFunction('window.driver')
    await this.page.evaluate('window.driver.whenWorkbenchRestored()')
  }

  /**
   * Runs a command through the command palette: one of ours by its id, any by its title (`View: Toggle Terminal`).
   * Rejects with what the palette offered when there is no such command, or its `when` hides it.
   */
  async command(idOrTitle: string): Promise<void> {
    const title = titleOf(idOrTitle)
    const rows = this.page.locator('.quick-input-widget .quick-input-list .monaco-list-row')
    // Exact: a title may be the beginning of others.
    const row = rows.filter({ has: this.page.locator('.label-name', { hasText: exactly(title) }) }).first()
    let offered: string[] = []
    await until(
      `"${title}" in the command palette`,
      async () => {
        await this.page.keyboard.press('F1')
        await this.page.locator('.quick-input-widget input[type=text]').fill(`>${title}`)
        const isThere = await row.waitFor({ timeout: 2_000 }).then(
          () => true,
          () => false,
        )
        if (isThere) return true
        offered = await textsOf(rows)
        // The open palette does not hear of commands that an extension registers now: open it anew.
        await this.page.keyboard.press('Escape')
        return false
      },
      { seen: () => offered },
    )
    await row.click()
  }

  /** Opens a file of the workspace by name or relative path, through Go to File, and waits for its editor. */
  async openFile(path: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input[type=text]')
    // A window that restores itself, or a dialog that is about to close, takes the key and does nothing with it.
    await until('Go to File', async () => {
      await this.page.keyboard.press('ControlOrMeta+P')
      return input.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      )
    })
    await input.fill(path)
    const name = path.split('/').at(-1) ?? path
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click()
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor()
    await this.page.locator('.editor-group-container.active .view-line').first().waitFor()
  }

  /** Puts the cursor on a line of the active editor and scrolls it into the middle. */
  async goToLine(line: number): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+P')
    await this.page.locator('.quick-input-widget input[type=text]').fill(`:${line}`)
    await this.page.keyboard.press('Enter')
    await this.page.locator('.statusbar-item', { hasText: `Ln ${line},` }).waitFor()
  }

  /**
   * The code lenses of the active editor that are on the screen, each with the line below it, from top to bottom;
   * one entry for each clickable part. `goToLine` brings others onto the screen.
   */
  codeLenses(): Promise<CodeLens[]> {
    return settled(() => this.readCodeLenses())
  }

  /** The squiggles of the active editor that are on the screen; one that spans lines counts once a line. */
  squiggles(): Promise<Squiggle[]> {
    return settled(() => this.readSquiggles())
  }

  /** Opens the Problems panel and reads its rows. */
  async problems(): Promise<Problem[]> {
    await this.command('Problems: Focus on Problems View')
    await this.page.locator('.markers-panel').waitFor()
    return settled(() => this.readProblems())
  }

  /** The texts of the status bar's items, those on the left first. */
  async statusBarText(): Promise<string[]> {
    const texts = await textsOf(this.page.locator('.statusbar-item:visible'))
    return texts.filter((text) => text !== '')
  }

  /** The notifications on the screen. */
  notifications(): Promise<string[]> {
    return textsOf(this.page.locator('.notification-list-item-message'))
  }

  /** The document of the webview that holds an element, by default the flame graph's. */
  webviewFrame(selector = 'canvas[data-view]'): Promise<Frame> {
    return until(
      `a webview with ${selector}`,
      async () => {
        for (const frame of this.page.frames()) {
          // A frame may go while it is asked; it is then not the one.
          if (
            (await frame
              .locator(selector)
              .count()
              .catch(() => 0)) > 0
          )
            return frame
        }
        return undefined
      },
      { seen: () => this.page.frames().map((frame) => frame.url().split('?')[0]) },
    )
  }

  /** Opens a new terminal and waits for its prompt. */
  async openTerminal(): Promise<void> {
    await this.command('Terminal: Create New Terminal')
    await this.terminal.waitForPrompt()
  }

  /** Types into the active terminal; end the text with `\n` to run it. */
  terminalType(text: string): Promise<void> {
    return this.terminal.type(text)
  }

  /** Saves the window, 1400x900, and gives the path; a bare name goes to test-results/ of the repository. */
  async screenshot(path: string): Promise<string> {
    const file = path.includes('/') ? path : inRepository('test-results', path)
    mkdirSync(dirname(file), { recursive: true })
    await this.page.screenshot({ path: file })
    return file
  }

  /** Ends browser, server and terminals. */
  async close(): Promise<void> {
    await this.browser.close()
    await this.server.stop()
  }

  private async readProblems(): Promise<Problem[]> {
    const rows = await this.page.locator('.markers-panel .monaco-list-row').all()
    const problems: Problem[] = []
    let file = ''
    for (const row of rows) {
      const fileName = await textOf(row.locator('.resource-label-container .label-name'))
      if (fileName) file = fileName
      else problems.push({ file, ...(await readProblem(row)) })
    }
    return problems
  }

  private async readCodeLenses(): Promise<CodeLens[]> {
    const lines = await this.lineBoxes()
    const [editor] = await boxesOf(this.page.locator('.editor-group-container.active .editor-scrollable'))
    const lenses = await boxesOf(this.page.locator('.editor-group-container.active .codelens-decoration a'))
    // A lens that is scrolled away stays in the document, far above the editor.
    return lenses
      .filter(({ middle }) => editor && editor.top <= middle && middle < editor.bottom)
      .sort((a, b) => a.top - b.top)
      .map(({ text, middle }) => ({ text, line: lineBelow(lines, middle) }))
  }

  private async readSquiggles(): Promise<Squiggle[]> {
    const lines = await this.lineBoxes()
    const severities = ['error', 'warning', 'info', 'hint'] as const
    const found = await Promise.all(
      severities.map(async (severity) => {
        const boxes = await boxesOf(
          this.page.locator(`.editor-group-container.active .view-overlays .squiggly-${severity}`),
        )
        return boxes.map(({ middle }) => ({ severity, line: lineAt(lines, middle) }))
      }),
    )
    return found.flat()
  }

  private lineBoxes(): Promise<Box[]> {
    return boxesOf(this.page.locator('.editor-group-container.active .margin-view-overlays .line-numbers'))
  }
}

async function readProblem(row: Locator): Promise<Omit<Problem, 'file'>> {
  const position = await textOf(row.locator('.marker-line'))
  const [line, column] = [...position.matchAll(/\d+/g)].map(Number)
  return {
    message: await textOf(row.locator('.marker-message')),
    source: await textOf(row.locator('.marker-source')),
    code: (await textOf(row.locator('.marker-code'))).replace(/^[([]|[)\]]$/g, ''),
    line: line ?? Number.NaN,
    column: column ?? Number.NaN,
  }
}

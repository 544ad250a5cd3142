// The integrated terminal of a workbench: typing into it and reading its screen.
import type { Page } from 'playwright-core'
import { until } from './until'

// The active one: hidden terminals of other tabs keep no wrapper in the page.
const wrapper = '.terminal-wrapper.active'

export class Terminal {
  constructor(private readonly page: Page) {}

  /** Types as a user does, into the focused terminal. End the text with `\n` to run it. */
  async type(text: string): Promise<void> {
    await this.page.locator(`${wrapper} .xterm-helper-textarea`).first().focus()
    await this.page.keyboard.type(text)
  }

  /** The lines of the active terminal, with what scrolled away, without blank ones at the end. */
  async lines(): Promise<string[]> {
    const lines = await this.page.evaluate<string[]>(`window.driver.getTerminalBuffer('${wrapper}')`)
    while (lines.at(-1) === '') lines.pop()
    return lines
  }

  /** Waits until a line of the terminal matches, and gives the match. */
  waitFor(pattern: RegExp, timeoutMs = 60_000): Promise<RegExpExecArray> {
    return until(
      `${pattern} in the terminal`,
      async () => {
        for (const line of await this.lines().catch(() => [])) {
          const match = pattern.exec(line)
          if (match) return match
        }
        return undefined
      },
      { timeoutMs, seen: () => this.lines().catch(() => 'no terminal') },
    )
  }

  /** Waits for the prompt: the shell of the tests prints `$ `. */
  async waitForPrompt(timeoutMs?: number): Promise<void> {
    await this.waitFor(/^\$ ?$/, timeoutMs)
  }
}

// What a user does at a line of code: the quick fixes there, the hover over it, the change that is shown before it is made.
import type { Locator } from 'playwright-core'
import { textsOf } from './screen'
import { until } from './until'
import type { CodeLens, Squiggle, Workbench } from './workbench'

/** Puts the cursor before a text of the active editor, which is in `file`. */
export async function goToText(workbench: Workbench, source: string, text: string): Promise<void> {
  const before = source.slice(0, source.indexOf(text)).split('\n')
  const [line, column] = [before.length, (before.at(-1) ?? '').length + 1]
  await workbench.page.keyboard.press('ControlOrMeta+P')
  await workbench.page.locator('.quick-input-widget input[type=text]').fill(`:${line}:${column}`)
  await workbench.page.keyboard.press('Enter')
  await workbench.page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).waitFor()
}

/** Opens the quick fixes at the cursor until one has this title, and gives all their titles. */
export async function quickFixes(workbench: Workbench, title: string): Promise<string[]> {
  const rows = actionRows(workbench)
  return until(
    `the quick fix ${title}`,
    async () => {
      await workbench.page.keyboard.press('Control+.')
      const isThere = await rows
        .filter({ hasText: title })
        .first()
        .waitFor({ timeout: 3_000 })
        .then(
          () => true,
          () => false,
        )
      const titles = await textsOf(rows)
      if (isThere) return titles
      await workbench.page.keyboard.press('Escape')
      return undefined
    },
    { seen: () => textsOf(rows) },
  )
}

/** Takes the quick fix of this title at the cursor. */
export async function takeQuickFix(workbench: Workbench, title: string): Promise<void> {
  await quickFixes(workbench, title)
  await actionRows(workbench).filter({ hasText: title }).first().click()
}

function actionRows({ page }: Workbench): Locator {
  return page.locator('.action-widget .monaco-list-row')
}

/** The first lens of the active editor that is as wanted. */
export function lensWhen(workbench: Workbench, awaited: string, isWanted: (lens: CodeLens) => boolean) {
  let seen: CodeLens[] = []
  return until(
    awaited,
    async () => {
      seen = await workbench.codeLenses()
      return seen.find(isWanted)
    },
    { seen: () => seen },
  )
}

/** Waits until exactly these lines of the active editor have a squiggle of ours or another's. */
export async function squigglesWhen(workbench: Workbench, wanted: readonly Squiggle[]): Promise<void> {
  let seen: Squiggle[] = []
  await until(
    'the squiggles',
    async () => {
      seen = await workbench.squiggles()
      return JSON.stringify(seen) === JSON.stringify(wanted)
    },
    { seen: () => seen },
  )
}

/** What VS Code shows of a change before it is made, line by line; then ticks all of it and makes it. */
export async function acceptPreview({ page }: Workbench): Promise<string[]> {
  const panel = page.locator('.bulk-edit-panel')
  const file = panel.locator('.monaco-list-row[aria-level="1"]')
  await file.first().waitFor()
  const shown = await textsOf(panel.locator('.monaco-list-row[aria-level="2"]'))
  // What has to be confirmed is not ticked.
  for (const tick of await file.locator('.edit-checkbox').all()) await tick.click()
  await panel.getByRole('button', { name: 'Apply', exact: true }).click()
  await file.first().waitFor({ state: 'hidden' })
  return shown
}

/** What the hovers over a text of the active editor say, once one of them is as wanted. */
export async function hoverWhen(workbench: Workbench, text: string, isWanted: (said: string) => boolean) {
  const { page } = workbench
  const hovers = page.locator('.monaco-hover:visible')
  let seen: string[] = []
  return until(
    `the hover over ${text}`,
    async () => {
      await page
        .locator('.editor-group-container.active .view-line span span', { hasText: text })
        .first()
        .hover()
      await hovers
        .first()
        .waitFor({ timeout: 3_000 })
        .catch(() => undefined)
      seen = await hovers.allInnerTexts()
      const said = seen.find(isWanted)
      // One that is open stays as it is: it is asked anew.
      if (said === undefined) await page.mouse.move(0, 0)
      return said
    },
    { seen: () => seen },
  )
}

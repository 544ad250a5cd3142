// What lines of code say of their cost, looked at on a real screen in three themes: lens, heat, hover, and the cost at the end of a line while its run goes on.
import assert from 'node:assert/strict'
import { formatUsd } from '../../profiler-agent/model/money'
import { hoverWhen, lensWhen } from '../support/inline-editor'
import { type DeskBill, installSdks, LibraryModels, libraryFiles } from '../support/inline-library'
import { writeFiles } from '../support/test-folders'
import { until } from '../support/until'
import { useWorkbench } from '../support/use-workbench'

const BUDGETS = `{
  "version": 1,
  "agents": {
    "notices": { "limits": { "costUsd": 0.01 } },
    "letters": { "limits": { "costUsd": 0.02 } }
  }
}
`
/** Each with the class of its windows. */
const THEMES = {
  dark: ['Default Dark Modern', 'vs-dark'],
  light: ['Default Light Modern', 'vs'],
  'high-contrast': ['Default High Contrast', 'hc-black'],
} as const

/** The words that decorations put behind the call: CSS, no text of the page. This code has no DOM types. */
const AFTER_TEXTS = `[...document.querySelectorAll('.editor-group-container.active .view-line')]
  .filter((line) => line.textContent.replace(/\\s/g, ' ').includes('client.messages.create'))
  .flatMap((line) => [...line.querySelectorAll('span')])
  .map((span) => getComputedStyle(span, '::after').content)`

/** Hovers fade in. */
const HOVERS_ARE_SHOWN = `document.getAnimations().every(({ playState }) => playState !== 'running')`

/** The heat of a line: an icon in the gutter. */
const HEAT =
  '.editor-group-container.active .glyph-margin-widgets .cgmr, .editor-group-container.active .margin .cgmr'

describe('the look of costs on lines', () => {
  const environment: NodeJS.ProcessEnv = {}
  let models: LibraryModels
  let bill: DeskBill

  before('start the model server', async () => {
    models = await LibraryModels.start()
    Object.assign(environment, models.addresses, models.newKeys())
  })

  const inUse = useWorkbench({
    files: { ...libraryFiles('typescript'), '.costflame/budgets.jsonc': BUDGETS },
    env: environment,
  })

  after('stop the model server', () => models.close())

  const afterTexts = () => inUse().workbench.page.evaluate<string[]>(AFTER_TEXTS)

  it('says at the end of the line what it has cost so far, until the run is over', async () => {
    const { workbench, workspaceFolder } = inUse()
    installSdks(workspaceFolder)
    await workbench.openFile('notices.ts')
    await workbench.command('costflame.newProfiledTerminal')
    await workbench.terminal.waitForPrompt()
    // Every call waits for a key, so that the run goes on for as long as it is looked at.
    const slowly =
      'import("./notices.ts").then(async (desk) => { await desk.writeNotice("One"); process.stdin.once("data", () => process.exit()) })'
    await workbench.terminalType(`node -e '${slowly}'\n`)
    const cost = await until('the cost at the end of the line', async () =>
      (await afterTexts()).find((text) => text.includes('$')),
    )
    bill = models.takeBills().get('notices') ?? assert.fail()
    assert.ok(cost.includes(formatUsd(bill.picoUsd)), cost)
    await workbench.screenshot('inline-live.png')
    await workbench.terminalType('\n')
    await until('a line without it', async () => (await afterTexts()).every((text) => !text.includes('$')))
  })

  it('says in the hover what the line is billed for, and how its budget stands', async () => {
    const { workbench } = inUse()
    await workbench.terminalType('clear; node library.ts && echo all desks are closed\n')
    await workbench.terminal.waitFor(/^all desks are closed/)
    await workbench.command('View: Hide Panel')
    bill = models.takeBills().get('notices') ?? assert.fail()
    await lensWhen(workbench, 'the lens', ({ text }) => text.startsWith(`${formatUsd(bill.picoUsd)} a run`))
    // Kinds of text have to be counted first.
    const said = await hoverWhen(workbench, 'create', (text) => text.includes('system prompt'))
    assert.match(said, new RegExp(`\\${formatUsd(bill.picoUsd)} in the newest run that reached it`))
    assert.match(said, /claude-sonnet-5/)
    assert.match(said, new RegExp(`input, not cached\\s+${bill.uncached.toLocaleString('en-US')}\\s`))
    assert.match(said, /Flame graph/)
    assert.match(said, /notices: costUsd \$0\.0061\d* of \$0\.01/)
    await workbench.screenshot('inline-hover.png')
    await workbench.page.keyboard.press('Escape')
  })

  for (const [name, [theme, themeClass]] of Object.entries(THEMES))
    it(`can be seen in a ${name} theme`, async () => {
      const { workbench, workspaceFolder } = inUse()
      writeFiles(workspaceFolder, {
        '.vscode/settings.json': JSON.stringify({ 'workbench.colorTheme': theme }),
      })
      await workbench.page.locator(`.monaco-workbench.${themeClass}`).waitFor()
      await workbench.openFile('stock.ts')
      await lensWhen(workbench, 'the lens', ({ text }) => text.includes('6 calls'))
      await workbench.page.locator(HEAT).first().waitFor()
      await workbench.screenshot(`inline-${name}.png`)
      await hoverWhen(workbench, 'create', (text) => text.includes('Billed as'))
      await workbench.page.waitForFunction(HOVERS_ARE_SHOWN)
      await workbench.screenshot(`inline-${name}-hover.png`)
      await workbench.page.keyboard.press('Escape')
    })
})

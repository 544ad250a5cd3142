// What a developer does about cost at the lines of the code, on a real screen: sees what each line cost, takes the quick fix of each mistake, and sees the next run save what was promised.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatUsd } from '../../profiler-agent/model/money'
import { formatShare } from '../../profiler-agent/model/quantity'
import { acceptPreview, goToText, lensWhen, squigglesWhen, takeQuickFix } from '../support/inline-editor'
import {
  type Desk,
  type DeskBill,
  installSdks,
  LIBRARY_COMMANDS,
  type LibraryLanguage,
  LibraryModels,
  libraryFiles,
} from '../support/inline-library'
import { pythonProblem } from '../support/python'
import { skip } from '../support/skip'
import { until } from '../support/until'
import { useWorkbench } from '../support/use-workbench'

/** A mistake of a desk: where it is marked, what its quick fix is called, and the text that stands there afterwards. */
interface Mistake {
  readonly desk: Desk
  /** The file of the mistake, and the line of its squiggle. */
  readonly file: string
  readonly line: number
  /** Its text in that line, where the cursor is put. */
  readonly text: string
  readonly rule: string
  readonly fix: string
  /** Whether the change is shown before it is made. */
  readonly isReviewed: boolean
  readonly becomes: RegExp
  /** The file and line of the call that pays for it. */
  readonly call: readonly [string, number]
}

const MOVE = 'Move the changing text behind the stable part of the prompt'
const MARK = 'Mark the end of the system prompt with cache_control'
const DROP = 'Take the cache breakpoint away'
const SORT_TOOLS = 'Sort the tools by name'
const SORT_KEYS = 'Write the JSON with sorted keys'

const MISTAKES: Readonly<Record<LibraryLanguage, readonly Mistake[]>> = {
  typescript: [
    {
      ...{ desk: 'notices', file: 'notices.ts', line: 12, text: 'system:', call: ['notices.ts', 9] },
      ...{ rule: 'cache/missing-breakpoint', fix: MARK, isReviewed: false },
      becomes: /system: \[\{ type: 'text', text: instructions, cache_control: \{ type: 'ephemeral' \} \}\],/,
    },
    {
      ...{ desk: 'letters', file: 'letters.ts', line: 13, text: 'messages:', call: ['letters.ts', 9] },
      ...{ rule: 'cache/write-never-read', fix: DROP, isReviewed: false },
      becomes: /content: \[\{ type: 'text', text: letter \}\],/,
    },
    {
      ...{ desk: 'stock', file: 'stock.ts', line: 19, text: 'tools,', call: ['stock.ts', 16] },
      ...{ rule: 'cache/tools-reordered', fix: SORT_TOOLS, isReviewed: true },
      becomes: /tools: \[\.\.\.tools\]\.sort\(\(a, b\) => a\.name\.localeCompare\(b\.name\)\),/,
    },
    {
      ...{ desk: 'catalogue', file: 'catalogue.ts', line: 9, text: 'new Date()', call: ['catalogue.ts', 15] },
      ...{ rule: 'cache/volatile-prefix', fix: MOVE, isReviewed: true },
      becomes: /`You help .*\n\$\{shelves\}\nIt is \$\{new Date\(\)\.toISOString\(\)\} at the library\.`/,
    },
    {
      ...{ desk: 'loans', file: 'loans.md', line: 1, text: 'now', call: ['loans.ts', 9] },
      ...{ rule: 'cache/volatile-prefix', fix: MOVE, isReviewed: true },
      becomes: /^# Loans\n[\s\S]*\n\nIt is \{\{now\}\} at the library\.\n$/,
    },
    {
      ...{ desk: 'fines', file: 'fines.mjs', line: 16, text: 'now}', call: ['fines.mjs', 10] },
      ...{ rule: 'cache/volatile-prefix', fix: MOVE, isReviewed: true },
      becomes:
        /cache_control: \{ type: 'ephemeral' \},\n\s+\}, \{ type: 'text', text: `The time is \$\{now\}\.` \},/,
    },
  ],
  python: [
    {
      ...{ desk: 'notices', file: 'notices.py', line: 14, text: 'system=', call: ['notices.py', 11] },
      ...{ rule: 'cache/missing-breakpoint', fix: MARK, isReviewed: false },
      becomes:
        /system=\[\{"type": "text", "text": INSTRUCTIONS, "cache_control": \{"type": "ephemeral"\}\}\],/,
    },
    {
      ...{ desk: 'letters', file: 'letters.py', line: 15, text: 'messages=', call: ['letters.py', 11] },
      ...{ rule: 'cache/write-never-read', fix: DROP, isReviewed: false },
      becomes: /"content": \[\{"type": "text", "text": letter\}\],/,
    },
    {
      ...{ desk: 'loans', file: 'loans.py', line: 16, text: 'json.dumps', call: ['loans.py', 20] },
      ...{ rule: 'cache/unstable-serialisation', fix: SORT_KEYS, isReviewed: false },
      becomes: /\{json\.dumps\(shelves, sort_keys=True\)\}/,
    },
    {
      ...{ desk: 'stock', file: 'stock.py', line: 22, text: 'tools=tools', call: ['stock.py', 19] },
      ...{ rule: 'cache/tools-reordered', fix: SORT_TOOLS, isReviewed: true },
      becomes: /tools=sorted\(tools, key=str\),/,
    },
    {
      ...{
        desk: 'catalogue',
        file: 'catalogue.py',
        line: 13,
        text: 'datetime.now()',
        call: ['catalogue.py', 19],
      },
      ...{ rule: 'cache/volatile-prefix', fix: MOVE, isReviewed: true },
      becomes: /f"""You help .*\n\{shelves\}\nIt is \{datetime\.now\(\)\.isoformat\(\)\} at the library\."""/,
    },
    {
      ...{ desk: 'fines', file: 'fines.py', line: 20, text: 'now}', call: ['fines.py', 14] },
      ...{ rule: 'cache/volatile-prefix', fix: MOVE, isReviewed: true },
      becomes:
        /"cache_control": \{"type": "ephemeral"\},\n\s+\}, \{"type": "text", "text": f"The time is \{now\}\."\}/,
    },
  ],
}

/** What the lens of a desk says after `runs`, the newest first: its newest run, and the p95 from two on. */
function lensOf(desk: Desk, runs: readonly ReadonlyMap<Desk, DeskBill>[]): string {
  const bills = runs.map((run) => run.get(desk) ?? assert.fail(desk))
  const [newest] = bills
  assert.ok(newest)
  const { picoUsd, uncached, read, written } = newest
  const most = Math.max(...bills.map((bill) => bill.picoUsd))
  return [
    `${formatUsd(picoUsd)} a run`,
    ...(bills.length > 1 ? [`p95 ${formatUsd(most)}`] : []),
    '6 calls',
    `${formatShare(read / (uncached + read + written))} cached`,
  ].join(' · ')
}

for (const language of ['typescript', 'python'] as const)
  describe(`the library in ${language}, in VS Code`, () => {
    const environment: NodeJS.ProcessEnv = {}
    const mistakes = MISTAKES[language]
    /** What was billed for each run, the newest first. */
    const bills: ReadonlyMap<Desk, DeskBill>[] = []
    let models: LibraryModels

    before('start the model server', async function () {
      const problem = language === 'python' ? pythonProblem() : undefined
      if (problem) skip(this, problem)
      models = await LibraryModels.start()
      Object.assign(environment, models.addresses)
    })

    const inUse = useWorkbench({ files: libraryFiles(language), env: environment })

    after('stop the model server', () => models?.close())

    const read = (file: string) => readFileSync(join(inUse().workspaceFolder, file), 'utf8')

    /** Runs all desks in the profiled terminal, with caches that are empty. */
    async function profile(): Promise<void> {
      const { workbench } = inUse()
      const keys = Object.entries(models.newKeys()).map(([name, key]) => `${name}=${key}`)
      await workbench.command('Terminal: Focus Terminal')
      const command = [...keys, ...LIBRARY_COMMANDS[language]].join(' ')
      await workbench.terminalType(`${command} && echo run ${bills.length + 1} is over\n`)
      await workbench.terminal.waitFor(new RegExp(`^run ${bills.length + 1} is over`))
      await workbench.command('View: Hide Panel')
      bills.unshift(models.takeBills())
    }

    it('shows on the line of each call what the model server billed for it', async () => {
      const { workbench, workspaceFolder } = inUse()
      installSdks(workspaceFolder)
      await workbench.command('costflame.newProfiledTerminal')
      await workbench.terminal.waitForPrompt()
      await profile()
      for (const { desk, call } of mistakes) await showsLens(desk, call)
    })

    async function showsLens(desk: Desk, [file, line]: readonly [string, number]): Promise<void> {
      const { workbench } = inUse()
      await workbench.openFile(file)
      const text = lensOf(desk, bills)
      const lens = await lensWhen(workbench, `the lens "${text}"`, (each) => each.text === text)
      assert.equal(lens.line, line)
      assert.equal((await workbench.codeLenses()).length, 1)
    }

    for (const { desk, file, line, text, fix, isReviewed, becomes } of mistakes)
      it(`marks the mistake of the ${desk} desk and mends it`, async () => {
        const { workbench } = inUse()
        await workbench.openFile(file)
        await squigglesWhen(workbench, [{ severity: 'warning', line }])
        const source = read(file)
        await goToText(workbench, source, text)
        await takeQuickFix(workbench, fix)
        if (isReviewed) await acceptPreview(workbench)
        await workbench.command('File: Save All Files')
        // A file that is being written is there before its text.
        await until('the changed file', () => becomes.test(read(file)), { seen: () => read(file) })
      })

    it('saves in the next run what was promised, and finds nothing any more', async () => {
      const { workbench } = inUse()
      await profile()
      for (const { desk, file, call } of mistakes) {
        await workbench.openFile(file)
        await squigglesWhen(workbench, [])
        const [opened] = call
        await workbench.openFile(opened)
        const text = lensOf(desk, bills)
        await lensWhen(workbench, `the lens "${text}"`, (each) => each.text === text)
      }
      await workbench.screenshot(`inline-fixed-${language}.png`)
      const problems = await workbench.problems()
      assert.deepEqual(
        problems.filter(({ source }) => source === 'costflame'),
        [],
      )
    })
  })

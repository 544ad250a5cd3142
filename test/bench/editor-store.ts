// What `editor.bench.mjs` runs first: a folder of code whose calls are in a store, 10,000 of them, and what the profiler answers of its lines.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { anchorAt } from '../../profiler-agent/anchor/anchor'
import { CodeText } from '../../profiler-agent/anchor/code-text'
import { readBudgetFile } from '../../profiler-agent/budgets/file/budget-file'
import { CodeAnswers } from '../../profiler-agent/code-costs/code-answers'
import { RunView } from '../../profiler-agent/run-view'
import { openStore } from '../../profiler-agent/store/store'
import { RecordedLines } from '../support/recorded-lines'

const RUNS = 20
const CALLS_PER_LINE = 2
const CALLS_PER_FILE = 25
/** Lines of each file. The last one is long. */
const FILES = [...Array.from({ length: 9 }, () => 2_000), 50_000]

interface CodeFile {
  readonly name: string
  readonly code: CodeText
  readonly callLines: readonly number[]
}

/** Functions alike, as they are in a program, some with a call. */
function codeFile(name: string, lineCount: number): CodeFile {
  const lines: string[] = []
  const callLines: number[] = []
  const functions = Math.floor(lineCount / 10)
  const apart = Math.floor(functions / CALLS_PER_FILE)
  for (let index = 0; index < functions; index++) {
    const makesCall = index % apart === 0 && callLines.length < CALLS_PER_FILE
    if (makesCall) callLines.push(lines.length + 5)
    lines.push(
      `/** Step ${index} of ${name}. */`,
      `export async function step${index}(question: string, tone = 'friendly'): Promise<string> {`,
      `  const facts = await search(question, { limit: ${index % 9}, tone })`,
      `  if (facts.length === 0) return 'nothing known'`,
      makesCall
        ? `  const reply = await client.chat.completions.create({ model: 'm${index % 3}', messages: [{ role: 'user', content: facts }] })`
        : `  const reply = await cached('step${index}', () => shorten(facts.map((fact) => fact.text).join(', ')))`,
      `  log.debug(\`step ${index} took \${reply.length} characters\`)`,
      `  for (const part of reply.split('\\n')) emit('part', part.trim())`,
      `  return polish(reply, tone)`,
      '}',
      '',
    )
  }
  return { name, code: new CodeText(lines.join('\n'), name), callLines }
}

async function main(folder: string): Promise<void> {
  const root = join(folder, 'workspace')
  mkdirSync(root)
  const files = FILES.map((lineCount, index) => codeFile(`steps-${index}.ts`, lineCount))
  for (const { name, code } of files) writeFileSync(join(root, name), code.text)
  const store = openStore(join(folder, 'data'))
  const recorded = new RecordedLines(store)
  for (let run = 0; run < RUNS; run++) recordRun(recorded, `run-${run}`, root, files)
  const view = new RunView(store, () => Promise.resolve({ count: (text) => text.length / 4 }))
  const answers = new CodeAnswers({ view, budgetFile: () => readBudgetFile('{ "version": 1 }') })
  writeFileSync(join(folder, 'lines.json'), JSON.stringify(await answers.of({ ask: 'lines' })))
  store.close()
}

function recordRun(recorded: RecordedLines, id: string, root: string, files: readonly CodeFile[]): void {
  recorded.run({ id, root })
  for (const { name, code, callLines } of files)
    for (const line of callLines) {
      for (let call = 0; call < CALLS_PER_LINE; call++)
        recorded.call(id, { at: `${name}:${line}:23`, picoUsd: 1_000_000 + line, read: 40, after: 10 })
      const anchor = anchorAt(code, line, 23)
      if (anchor) recorded.store.keepAnchors(id, [{ file: name, line, column: 23, anchor }])
    }
}

const [, , folder] = process.argv
if (folder === undefined) throw new Error('usage: editor-store FOLDER')
main(folder).catch((error) => {
  console.error(error)
  process.exitCode = 1
})

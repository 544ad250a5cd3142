// The demo libraries before any editor: each finding's edits, applied as they stand, save in the next run what it promised, by the model server's own bill.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../../profiler-agent/model/finding'
import { hasModelCall } from '../../profiler-agent/model/totals'
import { editedText } from '../../profiler-agent/places/edits/edited-text'
import { Playground } from '../support/costflame'
import {
  DESKS,
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

/** The mistake of each desk: rule, place, whether its fix may be made without a look. */
const MISTAKES: Readonly<Record<LibraryLanguage, readonly string[]>> = {
  typescript: [
    'cache/missing-breakpoint notices.ts:12 safe',
    'cache/tools-reordered stock.ts:19 review',
    'cache/volatile-prefix catalogue.ts:9 review',
    'cache/volatile-prefix fines.mjs:16 review',
    'cache/volatile-prefix loans.md:1 review',
    'cache/write-never-read letters.ts:13 safe',
  ],
  python: [
    'cache/missing-breakpoint notices.py:14 safe',
    'cache/tools-reordered stock.py:22 review',
    'cache/unstable-serialisation loans.py:16 safe',
    'cache/volatile-prefix catalogue.py:13 review',
    'cache/volatile-prefix fines.py:20 review',
    'cache/write-never-read letters.py:15 safe',
  ],
}

interface Profiled {
  readonly findings: readonly Finding[]
  /** Pico-dollars of the calls at the lines of each desk. */
  readonly costs: Readonly<Record<string, number>>
  /** What the model server billed. */
  readonly bills: ReadonlyMap<Desk, DeskBill>
}

/** `catalogue` of `catalogue.ts`. */
const deskOf = (file = '') => file.replace(/\.\w+$/, '')

for (const language of ['typescript', 'python'] as const)
  describe(`the library in ${language}, on the command line`, function () {
    this.timeout(240_000)
    const playground = new Playground(libraryFiles(language))
    let models: LibraryModels
    let wasteful: Profiled
    let fixed: Profiled

    async function profile(): Promise<Profiled> {
      const { code, stderr } = await playground.run(['run', '--', ...LIBRARY_COMMANDS[language]], {
        ...models.addresses,
        ...models.newKeys(),
      })
      assert.equal(code, 0, stderr)
      const [run] = await playground.exported()
      assert.ok(run)
      const costs: Record<string, number> = {}
      for (const { callSite, modelCall } of run.spans.filter(hasModelCall)) {
        const desk = deskOf(callSite?.file)
        costs[desk] = (costs[desk] ?? 0) + (modelCall.cost?.picoUsd ?? Number.NaN)
      }
      return { findings: run.findings, costs, bills: models.takeBills() }
    }

    /** As a user does who takes what `costflame why` shows. */
    function applyEdits(findings: readonly Finding[]): void {
      const edits = findings.flatMap(({ fix }) => fix?.edits ?? [])
      for (const [file, ofFile] of Map.groupBy(edits, ({ file }) => file)) {
        const text = editedText(readFileSync(join(playground.path, file), 'utf8'), ofFile)
        assert.ok(text, file)
        playground.write({ [file]: text })
      }
    }

    before('run it, apply what is found, run it again', async function () {
      const problem = language === 'python' ? pythonProblem() : undefined
      if (problem) skip(this, problem)
      installSdks(playground.path)
      models = await LibraryModels.start()
      wasteful = await profile()
      applyEdits(wasteful.findings)
      fixed = await profile()
    })
    after(async () => {
      await models?.close()
      await playground.remove()
    })

    it('has one mistake at each desk, with a mechanical fix', () => {
      const found = wasteful.findings.map(
        ({ rule, location, fix }) =>
          `${rule} ${location?.file}:${location?.line} ${fix?.edits ? fix.safety : 'no edits'}`,
      )
      assert.deepEqual(found.sort(), MISTAKES[language])
    })

    it('costs at each line what the model server billed for it, before and after', () => {
      for (const { costs, bills } of [wasteful, fixed])
        assert.deepEqual(costs, Object.fromEntries(DESKS.map((desk) => [desk, bills.get(desk)?.picoUsd])))
    })

    it('has nothing left to be found when all edits are applied', () => {
      assert.deepEqual(fixed.findings, [])
    })

    for (const desk of DESKS)
      it(`saves at the ${desk} desk what was promised`, () => {
        const finding = wasteful.findings.find(({ location }) => deskOf(location?.file) === desk)
        const promised = finding?.saving?.picoUsd ?? Number.NaN
        const saved = (wasteful.bills.get(desk)?.picoUsd ?? 0) - (fixed.bills.get(desk)?.picoUsd ?? 0)
        const share = saved / promised
        // Caches serve whole steps of 128 tokens, which `up to` leaves room for.
        const least = finding?.saving?.certainty === 'upTo' ? 0.9 : 0.98
        assert.ok(share > least && share < 1.02, `promised ${promised} and saved ${saved} pico-dollars`)
      })
  })

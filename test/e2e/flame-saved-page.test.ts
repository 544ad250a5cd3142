// A run saved as HTML, from the disk: sums in every view, what is saved out of it, pictures of each view, runs unlike most.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { decodeRunFile } from '../../profiler-agent/formats/json'
import { UNITS } from '../../profiler-agent/profile/measures'
import { fixtureRun } from '../support/fixture-runs'
import { type FlamePage, type Row, VIEW_NAMES } from '../support/flame-page'
import { MARKUP_NAME, ODD_RUNS } from '../support/odd-runs'
import { useSavedPages } from '../support/saved-page'

const RUN = fixtureRun('support-desk')
/** Of all its calls, added up by hand. */
const TOTAL = '114243120000'

describe('a saved page', () => {
  const open = useSavedPages()

  for (const [name, look] of [
    ['dark', {}],
    ['light', { colours: 'light' }],
    ['forced', { colours: 'forced' }],
    ['narrow', { width: 320, height: 640 }],
    ['zoomed', { width: 600, height: 400 }],
  ] as const)
    it(`has every view: ${name}`, async () => {
      const flame = await open(RUN, look)
      for (const view of VIEW_NAMES) {
        await flame.view(view)
        await flame.picture(`flame-${view}-${name}`)
        assert.deepEqual(await cutOff(flame), [], view)
      }
      assert.deepEqual(flame.errors, [])
    })

  it('adds up in every view and unit', async () => {
    const flame = await open(RUN)
    for (const view of ['timeline', 'icicle', 'stack', 'prompt'] as const) {
      await flame.view(view)
      await flame.openAllRows()
      for (const unit of view === 'timeline' ? [] : UNITS) {
        await flame.unit(unit)
        const rows = await flame.rows()
        assert.equal(rows[0]?.picoUsd, TOTAL, view)
        assertSums(rows, picoUsdOf, `${view} by ${unit}: cost`)
        assertSums(rows, countOf, `${view} by ${unit}: tokens`)
      }
    }
  })

  it('saves picture, table and run', async () => {
    const flame = await open(RUN)
    await flame.view('icicle')
    const svg = await saved(flame, 'Picture as SVG')
    assert.match(svg.toString(), /^<svg[^>]+xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
    assert.match(svg.toString(), /policy-agent/)
    const png = await saved(flame, 'Picture as PNG')
    assert.equal(png.subarray(1, 4).toString('latin1'), 'PNG')
    const json = await saved(flame, 'Run as JSON')
    assert.deepEqual(decodeRunFile(json.toString()).runs[0]?.totals, RUN.totals)
    await flame.view('table')
    const [head = '', ...rows] = (await saved(flame, 'Table as CSV')).toString().trimEnd().split('\r\n')
    const cost = head.split(',').indexOf('picoUsd')
    assert.equal(String(rows.reduce((sum, row) => sum + Number(row.split(',')[cost]), 0)), TOTAL)
  })

  for (const [name, run] of Object.entries(ODD_RUNS))
    it(`of a run unlike most: ${name}`, async () => {
      const flame = await open(run)
      for (const view of VIEW_NAMES) await flame.view(view)
      await flame.view('icicle')
      assert.deepEqual(await flame.violations(), [])
      await flame.picture(`flame-run-${name.replaceAll(' ', '-')}`)
      assert.deepEqual(flame.errors, [])
    })

  it('says why there is nothing to see', async () => {
    const says = async (run: keyof typeof ODD_RUNS) => {
      const flame = await open(ODD_RUNS[run])
      await flame.view('icicle')
      return flame.at.locator('.view .nothing').innerText()
    }
    assert.match(await says('no calls'), /No model call was captured/)
    assert.match(await says('all failed'), /Every call failed/)
    assert.match(await says('no prices'), /known price/)
  })

  it('shows what a refused call avoided, and not as cost', async () => {
    const flame = await open(ODD_RUNS.blocked)
    await flame.view('icicle')
    const refused = (await flame.rows()).find(({ spanId }) => spanId === 'refused')
    assert.equal(refused?.picoUsd, '')
    assert.match(refused.cells.join(' '), /blocked.*avoided ≈ \$0\.03/)
  })

  it('shows names as text, whatever they hold', async () => {
    const flame = await open(ODD_RUNS['strange names'])
    for (const view of VIEW_NAMES) await flame.view(view)
    assert.equal(await flame.at.locator('img, b:has-text("bold")').count(), 0)
    assert.ok((await flame.at.locator('.title').innerText()).includes(MARKUP_NAME))
  })
})

const picoUsdOf = ({ picoUsd }: Row) => (picoUsd === '' ? undefined : Number(picoUsd))

/** The column after the cost, where it counts something. */
function countOf({ cells }: Row): number | undefined {
  const text = (cells[3] ?? '').replace(/[≈≥,\s]/g, '')
  return /^\d+$/.test(text) ? Number(text) : undefined
}

/** What is known of the children of a row, together, is what is known of it. */
function assertSums(rows: readonly Row[], read: (row: Row) => number | undefined, what: string) {
  for (const [index, row] of rows.entries()) {
    const known = childrenOf(rows, index).flatMap((child) => read(child) ?? [])
    if (known.length === 0) continue
    const sum = known.reduce((total, value) => total + value, 0)
    assert.equal(sum, read(row), `${what} of ${row.cells[0]} (${row.kind})`)
  }
}

function childrenOf(rows: readonly Row[], index: number): readonly Row[] {
  const level = rows[index]?.level ?? 0
  const below = rows.slice(index + 1)
  const end = below.findIndex((row) => row.level <= level)
  return (end === -1 ? below : below.slice(0, end)).filter((row) => row.level === level + 1)
}

/** Controls that are not wholly on the screen and cannot be scrolled to. */
function cutOff(flame: FlamePage): Promise<unknown> {
  return flame.at.evaluate(`{
    const wide = document.documentElement.scrollWidth > innerWidth ? ['the page is wider than the screen'] : []
    const outside = [...document.querySelectorAll('main button, main input, main select')].filter((each) => {
      const { right, left, width } = each.getBoundingClientRect()
      if (width === 0 || each.closest('[role=tablist], [role=grid], [role=treegrid]')) return false
      return right > innerWidth + 1 || left < -1
    });
    [...wide, ...outside.map((each) => each.getAttribute('aria-label') ?? each.textContent)]
  }`)
}

async function saved(flame: FlamePage, item: string): Promise<Buffer> {
  await flame.at.getByRole('button', { name: 'Save' }).click()
  const [download] = await Promise.all([
    flame.page.waitForEvent('download'),
    flame.at.getByRole('menuitem', { name: item, exact: true }).click(),
  ])
  return readFileSync(await download.path())
}

// The picture under the hand: wheel, drag, double-click, two fingers and keys move about in it and select.

import assert from 'node:assert/strict'
import type { Browser } from 'playwright-core'
import { launchChromium } from '../support/chromium'
import { type HostedPage, openPage } from '../support/page-host'
import { callSpan, runOf, spanOf } from '../support/spans'
import { until } from '../support/until'

const under = (parentId: string) => ({ parentId, agent: parentId })

/** Two agents side by side, each a half of the cost; between the calls of the second one, one that failed and cost nothing. */
const RUN = runOf([
  spanOf({ id: 'left', kind: 'agent', name: 'left' }),
  callSpan('l1', {}, under('left')),
  callSpan('l2', {}, under('left')),
  spanOf({ id: 'right', kind: 'agent', name: 'right' }),
  callSpan('r1', {}, under('right')),
  callSpan('failed', { billed: false, cost: null, httpStatus: 500 }, { ...under('right'), status: 'error' }),
  callSpan('r2', {}, under('right')),
])

/** Rows of the icicle, from the top. */
const AGENTS = 1
const CALLS = 2

describe('the picture under the hand', () => {
  let browser: Browser
  let hosted: HostedPage
  before(async () => {
    browser = await launchChromium()
  })
  after(() => browser.close())
  beforeEach(async () => {
    hosted = await openPage(browser, RUN)
    await hosted.page.locator('[role=treeitem]').first().waitFor()
  })
  afterEach(async () => {
    await hosted.page.close()
    assert.deepEqual(hosted.errors, [])
  })

  /** A point of the page: `x` from 0 to 1, in the middle of a row. */
  async function pointAt(x: number, row: number) {
    const box = await hosted.page.locator('canvas[data-view]').first().boundingBox()
    assert.ok(box)
    // The axis is above the rows, and all rows are as high.
    const rowHeight = (box.height - 24) / 3
    return { x: box.x + x * box.width, y: box.y + 22 + (row + 0.5) * rowHeight }
  }

  async function zoom(): Promise<{ readonly start: number; readonly end: number }> {
    const kept = await hosted.page.evaluate(() => globalThis.sessionStorage.getItem('state'))
    return JSON.parse(kept ?? '{}').zoom?.icicle ?? { start: 0, end: 1 }
  }

  const zoomed = (what: string, isThere: (zoom: { start: number; end: number }) => boolean) =>
    until(what, async () => isThere(await zoom()))

  const selected = (spanId: string) =>
    hosted.page.locator(`[role=treeitem][aria-selected=true][data-span-id="${spanId}"]`).waitFor()

  async function wheel(x: number, deltaX: number, deltaY: number) {
    const point = await pointAt(x, AGENTS)
    await hosted.page.mouse.move(point.x, point.y)
    await hosted.page.mouse.wheel(deltaX, deltaY)
  }

  it('selects what is clicked', async () => {
    const { x, y } = await pointAt(0.75, AGENTS)
    await hosted.page.mouse.click(x, y)
    await selected('right')
  })

  it('selects a call without width by a click on its mark, and by arrow keys', async () => {
    const { x, y } = await pointAt(0.75, CALLS)
    await hosted.page.mouse.click(x, y)
    await selected('failed')
    await hosted.page.keyboard.press('ArrowRight')
    await selected('r2')
    await hosted.page.keyboard.press('ArrowLeft')
    await selected('failed')
    await hosted.page.keyboard.press('ArrowUp')
    await selected('right')
  })

  it('zooms at the pointer with the wheel, and pans with it sideways', async () => {
    await wheel(0.75, 0, -300)
    await zoomed('less of it, about the pointer', ({ start, end }) => end - start < 0.8 && start > 0.1)
    const before = await zoom()
    await wheel(0.75, -5000, 0)
    await zoomed('the left end', ({ start }) => start === 0)
    const after = await zoom()
    assert.ok(Math.abs(after.end - after.start - (before.end - before.start)) < 1e-9)
  })

  it('zooms to what is double-clicked, and back', async () => {
    const { x, y } = await pointAt(0.75, AGENTS)
    await hosted.page.mouse.dblclick(x, y)
    await zoomed('the right half', ({ start, end }) => start === 0.5 && end === 1)
    await hosted.page.keyboard.press('Control+z')
    await zoomed('the whole', ({ start, end }) => start === 0 && end === 1)
    await hosted.page.keyboard.press('Control+Shift+z')
    await zoomed('the right half again', ({ start, end }) => start === 0.5 && end === 1)
    await hosted.page.keyboard.press('Escape')
    await zoomed('the whole again', ({ start, end }) => start === 0 && end === 1)
  })

  it('moves with the hand that drags it, which selects nothing', async () => {
    const { x, y } = await pointAt(0.75, AGENTS)
    await hosted.page.mouse.dblclick(x, y)
    await zoomed('the right half', ({ start }) => start === 0.5)
    await hosted.page.mouse.move(x, y)
    await hosted.page.mouse.down()
    await hosted.page.mouse.move(x + 100, y, { steps: 4 })
    await hosted.page.mouse.up()
    await zoomed('further left', ({ start, end }) => start < 0.5 && Math.abs(end - start - 0.5) < 1e-9)
    await selected('right')
  })

  it('is pinched with two fingers', async () => {
    const touch = await hosted.page.context().newCDPSession(hosted.page)
    const { x, y } = await pointAt(0.5, AGENTS)
    const fingers = (apart: number) => [
      { x: x - apart, y, id: 0 },
      { x: x + apart, y, id: 1 },
    ]
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(40) })
    for (const apart of [60, 80, 100])
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: fingers(apart) })
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    await zoomed('about two fifths, from the middle', ({ start, end }) => {
      return Math.abs(end - start - 0.4) < 0.05 && Math.abs((start + end) / 2 - 0.5) < 0.05
    })
  })

  it('zooms by keys about the selection, and does not animate for whoever does not want it', async () => {
    await hosted.page.emulateMedia({ reducedMotion: 'reduce' })
    const { x, y } = await pointAt(0.25, AGENTS)
    await hosted.page.mouse.click(x, y)
    await hosted.page.keyboard.press('w')
    await zoomed('a part about the left half', ({ start, end }) => end - start < 0.75 && start < 0.1)
    await hosted.page.keyboard.press('0')
    await zoomed('the whole', ({ start, end }) => start === 0 && end === 1)
  })
})

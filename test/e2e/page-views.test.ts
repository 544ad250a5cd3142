// The whole page in a browser: views, widths, selection, search, filter, pins, zoom and its undo, what is kept, what is copied and saved.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { decodeRunFile } from '../../profiler-agent/formats/json'
import type { Run } from '../../profiler-agent/model/span'
import { launchChromium } from '../support/chromium'
import { type HostedPage, openPage } from '../support/page-host'
import { inRepository } from '../support/repository'
import { until } from '../support/until'

const VIEWS = ['Timeline', 'Icicle', 'Call stack', 'Prompt', 'Sandwich', 'Table', 'Diff', 'Charts']

function savedRun(): Run {
  const text = readFileSync(inRepository('test', 'fixtures', 'runs', 'support-desk.costflame.json'), 'utf8')
  const [run] = decodeRunFile(text).runs
  assert.ok(run)
  return run
}

describe('the page', () => {
  const run = savedRun()
  let browser: Browser
  let hosted: HostedPage
  before(async () => {
    browser = await launchChromium()
  })
  after(() => browser.close())
  beforeEach(async () => {
    hosted = await openPage(browser, run)
    await hosted.page.locator('[role=treeitem]').first().waitFor()
  })
  afterEach(async () => {
    await hosted.page.close()
    assert.deepEqual(hosted.errors, [])
  })

  const chosenView = () => hosted.page.locator('.tabs [aria-selected=true]').textContent()
  const selectedRow = () => hosted.page.locator('[role=treeitem][aria-selected=true]')
  const selectedId = () => selectedRow().getAttribute('data-span-id')
  const row = (text: string) => hosted.page.locator('[role=treeitem]', { hasText: text }).first()
  const canvas = () => hosted.page.locator('canvas[data-view]').first()
  const pressedUnit = () => hosted.page.locator('.units [aria-pressed=true]').textContent()

  it('shows each view by its key, with the same selection', async () => {
    const { page } = hosted
    await row('policy-agent').click()
    await canvas().focus()
    for (const [index, name] of VIEWS.entries()) {
      await page.keyboard.press(String(index + 1))
      await until(`the view ${name}`, async () => (await chosenView()) === name)
      // Who works by keys goes on in the view.
      assert.equal(await page.locator('.view:focus-within').count(), 1, name)
    }
    await page.keyboard.press('1')
    await until('the selection in time', async () => (await selectedId()) === 's18')
    assert.equal(await canvas().getAttribute('data-view'), 'timeline')
  })

  it('goes through the tabs by arrow keys', async () => {
    const { page } = hosted
    await page.getByRole('tab', { name: 'Icicle' }).click()
    await page.keyboard.press('ArrowLeft')
    assert.equal(await chosenView(), 'Timeline')
    await page.keyboard.press('ArrowLeft')
    assert.equal(await chosenView(), 'Charts')
    await page.keyboard.press('Home')
    assert.equal(await chosenView(), 'Timeline')
  })

  it('measures widths by what is chosen, by button and by key', async () => {
    const { page } = hosted
    await page.getByRole('button', { name: 'Uncached' }).click()
    assert.equal(await canvas().getAttribute('data-unit'), 'uncachedTokens')
    await canvas().focus()
    await page.keyboard.press('u')
    assert.equal(await pressedUnit(), 'Cache writes')
    await page.keyboard.press('Shift+U')
    assert.equal(await pressedUnit(), 'Uncached')
  })

  it('finds names, says how many, and goes from one to the next', async () => {
    const { page } = hosted
    await canvas().focus()
    await page.keyboard.press('f')
    await page.keyboard.type('lookup_order')
    const count = page.locator('.search .count')
    const found = async () => (await count.textContent()) ?? ''
    await until('a count', async () => /^\d+ found$/.test(await found()))
    const all = Number.parseInt(await found(), 10)
    await page.keyboard.press('Enter')
    assert.equal(await found(), `1 of ${all}`)
    await page.keyboard.press('Enter')
    assert.equal(await found(), `2 of ${all}`)
    await page.keyboard.press('Shift+Enter')
    assert.equal(await found(), `1 of ${all}`)
    await until('the match selected', async () =>
      /lookup_order/.test((await selectedRow().textContent()) ?? ''),
    )
    await page.getByRole('button', { name: 'Regular expression' }).click()
    await page.locator('.search input').fill('^(plan|answer')
    assert.equal(await found(), 'not an expression')
    await page.locator('.search input').fill('^(plan|answer)$')
    assert.equal(await found(), '2 found')
    await page.keyboard.press('Escape')
    assert.equal(await found(), '')
  })

  it('leaves out what costs less than is asked for', async () => {
    const { page } = hosted
    await page.locator('.amount').fill('0.02')
    await page.keyboard.press('Enter')
    await until('fewer rows', async () => (await page.locator('[role=treeitem]').count()) < 15)
    for (const one of await page.locator('[role=treeitem]').all())
      assert.ok(Number(await one.getAttribute('data-pico-usd')) >= 20_000_000_000)
    await page.locator('.amount').fill('')
    await page.keyboard.press('Enter')
    await until('all rows', async () => (await page.locator('[role=treeitem]').count()) === 27)
  })

  it('pins what is selected, and comes back to it', async () => {
    const { page } = hosted
    await row('policy-agent').click()
    await page.keyboard.press('m')
    await row('order-agent').click()
    await page.locator('.pin', { hasText: 'policy-agent' }).getByRole('button').first().click()
    await until('the pinned one selected', async () => (await selectedId()) === 's18')
    await page.getByRole('button', { name: 'Unpin policy-agent' }).click()
    await page.locator('.pin').waitFor({ state: 'hidden' })
  })

  it('zooms by key, says where, and undoes and redoes it', async () => {
    const { page } = hosted
    await row('policy-agent').click()
    await canvas().press('Enter')
    const last = page.locator('.crumbs button').last()
    await until('the path to it', async () => (await last.textContent()) === 'policy-agent')
    await canvas().press('Backspace')
    await until('the whole', async () => (await last.textContent()) === run.name)
    await page.locator('button[aria-label="Redo zoom"]:enabled').click()
    await until('the path again', async () => (await last.textContent()) === 'policy-agent')
    await page.locator('.crumbs button').first().click()
    await until('the whole again', async () => (await last.textContent()) === run.name)
  })

  it('keeps view, width, colours, search, pins, zoom and selection over a reload', async () => {
    const { page } = hosted
    await row('policy-agent').click()
    await page.keyboard.press('m')
    await page.getByRole('button', { name: 'Tokens' }).click()
    await page.locator('.bar select').selectOption('model')
    await page.locator('.search input').fill('gpt')
    await canvas().press('Enter')
    const last = page.locator('.crumbs button').last()
    await until('the path to it', async () => (await last.textContent()) === 'policy-agent')
    await until('the zoom kept', () =>
      page.evaluate(() =>
        /"zoom":\{"icicle":\{"start":0\.[1-9]/.test(globalThis.sessionStorage.getItem('state') ?? ''),
      ),
    )
    await hosted.reload()
    await until('the selection', async () => (await selectedId()) === 's18')
    assert.equal(await pressedUnit(), 'Tokens')
    assert.equal(await page.locator('.bar select').inputValue(), 'model')
    assert.equal(await page.locator('.search input').inputValue(), 'gpt')
    assert.equal(await page.locator('.pin').count(), 1)
    await until('the zoom', async () => (await last.textContent()) === 'policy-agent')
  })

  it('keeps the selection while the run grows, and forgets it with another run', async () => {
    await row('policy-agent').click()
    const [first] = run.spans
    assert.ok(first)
    const more = { ...first, id: 's99', parentId: 's01', kind: 'tool', name: 'send_mail' } as const
    await hosted.show({ ...run, spans: [...run.spans, more] }, { live: true })
    await row('send_mail').waitFor()
    assert.equal(await selectedId(), 's18')
    await hosted.show({ ...run, id: 'another' })
    await until('the run selected', async () => (await selectedRow().getAttribute('data-kind')) === 'run')
  })

  it('leaves the rows where they are while the run grows', async () => {
    await hosted.page.setViewportSize({ width: 1200, height: 480 })
    await row('triage').click()
    const tree = hosted.page.getByRole('tree')
    const scrollTop = () => tree.evaluate(({ scrollTop }: { scrollTop: number }) => scrollTop)
    const before = await tree.evaluate((list: { scrollTop: number }) => {
      list.scrollTop = 1e6
      return list.scrollTop
    })
    assert.ok(before > 100)
    const [first] = run.spans
    assert.ok(first)
    const more = { ...first, id: 's0', parentId: 's01', kind: 'tool', name: 'send_mail' } as const
    await hosted.show({ ...run, spans: [first, more, ...run.spans.slice(1)] }, { live: true })
    await row('send_mail').waitFor()
    assert.equal(await scrollTop(), before)
  })

  it('selects what the editor asks for, and zooms to where it is', async () => {
    await hosted.show(run, { select: 's23' })
    await until('the call selected', async () => (await selectedId()) === 's23')
    const last = hosted.page.locator('.crumbs button').last()
    await until('the path to it', async () => (await last.textContent()) === 'policy-agent')
  })

  it('copies name, numbers and path', async () => {
    const { page, messages } = hosted
    await row('policy-agent').click()
    for (const item of ['Name', 'Numbers', 'Path']) {
      await page.getByRole('button', { name: 'Copy' }).click()
      await page.getByRole('menuitem', { name: item }).click()
    }
    const copied = () => messages.flatMap((message) => (message.type === 'copy' ? [message.text] : []))
    await until('three copies', () => copied().length === 3)
    const [name, numbers, path] = copied()
    assert.equal(name, 'policy-agent')
    assert.match(numbers ?? '', /^cost\t\$0\.0\d+\npicoUsd\t49632920000\n/)
    assert.equal(path, `${run.name} › support-desk › specialists › policy-agent`)
  })

  it('copies name and numbers by key', async () => {
    const { page } = hosted
    await row('policy-agent').click()
    await canvas().focus()
    const copied = page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const listen: (
            type: string,
            then: (event: { clipboardData: { getData(type: string): string } }) => void,
          ) => void = Reflect.get(globalThis, 'addEventListener')
          listen.call(globalThis, 'copy', ({ clipboardData }) => resolve(clipboardData.getData('text/plain')))
        }),
    )
    await page.keyboard.press('Control+C')
    assert.match(await copied, /^policy-agent\ncost\t\$0\.0\d+\npicoUsd\t49632920000\n/)
  })

  it('asks the editor to save pictures, tables and runs', async () => {
    const { page, messages } = hosted
    for (const item of ['Picture as SVG', 'Picture as PNG', 'Table as CSV', 'Run as JSON, redacted']) {
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('menuitem', { name: item }).click()
    }
    await until('four requests', () => messages.length === 4)
    const [svg, png, csv, json] = messages.flatMap((message) => (message.type === 'save' ? [message] : []))
    assert.match(svg?.content ?? '', /^<svg[^>]* xmlns=/)
    assert.match(png?.content ?? '', /^data:image\/png;base64,/)
    assert.deepEqual(csv, { type: 'save', format: 'csv' })
    assert.deepEqual(json, { type: 'save', format: 'json', redacted: true })
  })

  it('opens the source line by key', async () => {
    const { page, messages } = hosted
    await row('policy-agent').click()
    await page.keyboard.press('o')
    await until('the request', () => messages.length === 1)
    assert.deepEqual(messages, [{ type: 'reveal', spanId: 's18' }])
  })

  it('tells the keys, and leaves them alone while somebody writes', async () => {
    const { page } = hosted
    await canvas().focus()
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page.locator('.search input').click()
    await page.keyboard.type('1?u')
    assert.equal(await page.locator('.search input').inputValue(), '1?u')
    assert.equal(await chosenView(), 'Icicle')
    assert.equal(await pressedUnit(), 'Cost')
  })

  it('makes room by hiding the details', async () => {
    const { page } = hosted
    const details = page.getByRole('region', { name: 'Details of the selection' })
    await details.waitFor()
    await canvas().focus()
    await page.keyboard.press('i')
    await details.waitFor({ state: 'hidden' })
    await page.keyboard.press('i')
    await details.waitFor()
  })
})

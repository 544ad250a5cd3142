// The flame graph page as its users see it: rows, tabs, fields and pictures. Works on a page of its own and in a webview's frame.
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Frame, Locator, Page } from 'playwright-core'
import type { Unit } from '../../profiler-agent/profile/measures'
import type { ViewName } from '../../webview/messages'
import { inRepository } from './repository'
import { textOf } from './screen'

/** In the order of their keys, from 1. */
export const VIEW_NAMES: readonly ViewName[] = [
  'timeline',
  'icicle',
  'stack',
  'prompt',
  'sandwich',
  'table',
  'diff',
  'charts',
]

export interface Row {
  readonly spanId: string
  readonly kind: string
  /** '' where it is not known. */
  readonly picoUsd: string
  /** From 1. */
  readonly level: number
  readonly isSelected: boolean
  /** The words of its cells: name, then values. */
  readonly cells: readonly string[]
}

export interface Violation {
  readonly id: string
  readonly impact: string
  readonly targets: readonly string[]
}

/** The part of the DOM that rows are read by; this code has no DOM types. */
interface RowElement {
  getAttribute(name: string): string | null
  readonly children: Iterable<{ readonly textContent: string | null }>
}

const NEXT_FRAME = 'await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))'

export class FlamePage {
  /** What went wrong in the page's script. */
  readonly errors: string[] = []

  /** `at` is where the page's document is: a page of its own, or a webview's frame. */
  constructor(
    readonly page: Page,
    readonly at: Page | Frame = page,
  ) {
    page.on('pageerror', (error) => this.errors.push(error.stack ?? error.message))
  }

  /** Shows a view by its key and waits for it. */
  async view(view: ViewName) {
    await this.page.keyboard.press(String(VIEW_NAMES.indexOf(view) + 1))
    await this.at.locator(`#tab-${view}[aria-selected=true]`).waitFor()
    await this.drawn()
  }

  /** Resolves when what was done is on the screen: rows and details follow the picture with the next frame. */
  async drawn() {
    await this.at.evaluate(`(async () => { ${NEXT_FRAME}; ${NEXT_FRAME} })()`)
  }

  async unit(unit: Unit) {
    await this.at.locator(`button[data-unit=${unit}]`).click()
    await this.drawn()
  }

  get canvas(): Locator {
    return this.at.locator('canvas[data-view]').first()
  }

  get tree(): Locator {
    return this.at.locator('[role=tree]')
  }

  get details(): Locator {
    return this.at.locator('.details').first()
  }

  get empty(): Locator {
    return this.at.locator('.empty')
  }

  /** Rows of the tree that stand in the document, from top to bottom. */
  async rows(): Promise<Row[]> {
    await this.drawn()
    return this.at.locator('[role=treeitem]').evaluateAll((elements: RowElement[]) =>
      elements.map((element) => ({
        spanId: element.getAttribute('data-span-id') ?? '',
        kind: element.getAttribute('data-kind') ?? '',
        picoUsd: element.getAttribute('data-pico-usd') ?? '',
        level: Number(element.getAttribute('aria-level')),
        isSelected: element.getAttribute('aria-selected') === 'true',
        cells: [...element.children].map(({ textContent }) => (textContent ?? '').trim()),
      })),
    )
  }

  /** Opens whatever is closed in the tree. */
  async openAllRows() {
    // In the page, because a tree has many and each click draws the rows anew.
    await this.at.evaluate(`(async () => {
      const closed = () => document.querySelectorAll('[role=treeitem][aria-expanded=false] .twisty')
      while (closed().length > 0) { closed()[0].click(); ${NEXT_FRAME} }
    })()`)
  }

  /** Span of the selected row of the view that is shown. */
  async selectedSpan(): Promise<string> {
    await this.drawn()
    const row = this.at.locator('.view [aria-selected=true][data-span-id]').first()
    return (await row.getAttribute('data-span-id')) ?? ''
  }

  async search(text: string) {
    await this.at.locator('input[type=search]').fill(text)
  }

  /** `3 found`, `1 of 3` … */
  found(): Promise<string> {
    return textOf(this.at.locator('.search output'))
  }

  /** What axe-core finds wrong, everything that WCAG 2.2 AA and its best practices ask for. */
  async violations(): Promise<readonly Violation[]> {
    await this.at.evaluate(axeSource())
    const script = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(
      ({ id, impact, nodes }) => ({ id, impact, targets: nodes.slice(0, 5).map(({ target }) => target.join(' ')) })))`
    // Our own script gave it this form.
    return (await this.at.evaluate(script)) as readonly Violation[]
  }

  /** Into test-results/. */
  async picture(name: string) {
    const path = inRepository('test-results', `${name.slice(0, 100)}.png`)
    mkdirSync(dirname(path), { recursive: true })
    await this.page.screenshot({ path })
  }
}

let axe: string | undefined

function axeSource(): string {
  axe ??= readFileSync(inRepository('node_modules', 'axe-core', 'axe.min.js'), 'utf8')
  return axe
}

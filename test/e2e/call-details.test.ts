// The details of a call in a browser: its prompt block by block, what changed in it, its reply, and the ways to other places.

import assert from 'node:assert/strict'
import type { Browser, Page } from 'playwright-core'
import type { Finding } from '../../profiler-agent/model/finding'
import type {
  CallPrompt,
  PromptBlock,
  RunAnswer,
  RunQuestion,
} from '../../profiler-agent/model/run-questions'
import type { Run } from '../../profiler-agent/model/span'
import { answerFromRun } from '../../profiler-agent/profile/run-answers'
import { launchChromium } from '../support/chromium'
import { type HostedPage, openPage } from '../support/page-host'
import { callSpan, costOf, runOf, spanOf } from '../support/spans'
import { until } from '../support/until'

const BLOCKS = 2_000
const PARTS_AT = 2

const RUN: Run = runOf([
  spanOf({ id: 'harbour', kind: 'agent', name: 'harbour' }),
  callSpan('first', { cost: costOf(100, 10) }, { parentId: 'harbour', name: 'first call' }),
  callSpan(
    'second',
    { cost: costOf(100, 10) },
    {
      ...{ parentId: 'harbour', name: 'second call' },
      callSite: {
        ...{ file: 'moor.mjs', line: 12, function: 'ask' },
        stack: [
          { file: 'moor.mjs', line: 12, function: 'ask' },
          { file: 'moor.mjs', line: 30 },
          { file: 'moor.mjs', line: 30 },
          { file: 'main.mjs', line: 3 },
        ],
      },
    },
  ),
])

const FINDING: Finding = {
  ...{ id: 'f1', rule: 'cache/volatile-prefix', severity: 'warning', runId: RUN.id, spanIds: ['second'] },
  message: 'A time changes with every call.',
  location: { file: 'moor.mjs', line: 12, column: 1 },
  relatedLocations: [12, 12, 7].map((line) => ({ file: 'rules.mjs', line, column: 1, message: 'Its text' })),
  evidence: {},
}

const textOf = (hash: string) => {
  if (hash === 'clock') return 'It is 11:30:09. You look after the moorings.'
  if (hash === 'clock before') return 'It is 10:00:07. You look after the moorings.'
  if (hash === 'long')
    return Array.from({ length: 5_000 }, (_, index) => `Berth ${index} is free.`).join('\n')
  return hash === 'tool' ? '{"name":"berths","port":"A3"}' : `<b>${hash}</b> & more`
}

const block = (hash: string, said: Partial<PromptBlock> = {}): PromptBlock => ({
  ...{ path: `messages[${hash}]`, kind: 'user', hash, text: textOf(hash).slice(0, 300) },
  ...{ characters: textOf(hash).length, tokens: 100, picoUsd: 1_000_000_000, cache: 'fresh', change: 'same' },
  ...said,
})

const PROMPT: CallPrompt = {
  isBilled: true,
  blocks: [
    block('tool', { kind: 'tool_def', name: 'berths', path: 'tools[0]', cache: 'read' }),
    block('long', { kind: 'system', path: 'system[0]', cache: 'read', breakpoint: '5m' }),
    block('clock', { kind: 'system', path: 'system[1]', change: 'changed', hashBefore: 'clock before' }),
    ...Array.from({ length: BLOCKS - 4 }, (_, index) => block(String(index))),
    block('end', { path: 'messages[end]', change: 'new' }),
  ],
  reply: [block('tool', { kind: 'tool_call', name: 'berths', path: 'output[0]', cache: 'none' })],
  before: {
    ...{ spanId: 'first', basis: 'conversation', firstDivergence: PARTS_AT, gone: [] },
    cause: { rule: FINDING.rule, message: FINDING.message, findingId: FINDING.id, path: 'system[1]' },
  },
}

function answer(question: RunQuestion): RunAnswer {
  const of = answerFromRun
  if (question.ask === 'text') return { to: 'text', text: textOf(question.hash) }
  if (question.ask === 'prompt') return { to: 'prompt', prompt: PROMPT }
  if (question.ask !== 'span') return of(RUN, question)
  const said = of(RUN, question)
  if (said.to !== 'span' || said.found?.span.id !== 'second') return said
  const runBefore = { runId: 'yesterday', spanId: 'then', picoUsd: 50_000_000_000 }
  return { to: 'span', found: { ...said.found, before: 'first', runBefore } }
}

describe('the details of a call', () => {
  let browser: Browser
  let hosted: HostedPage
  let page: Page
  before(async () => {
    browser = await launchChromium()
  })
  after(() => browser.close())
  beforeEach(async () => {
    hosted = await openPage(browser, { ...RUN, findings: [FINDING] }, { answer })
    page = hosted.page
    await hosted.show({ ...RUN, findings: [FINDING] }, { select: 'second' })
    await page.locator('.details h2', { hasText: 'second call' }).waitFor()
  })
  afterEach(async () => {
    await page.close()
    assert.deepEqual(hosted.errors, [])
  })

  const rows = () => page.locator('.block-row')
  const head = (text: string) => page.locator('button.block-head', { hasText: text }).first()
  const openPrompt = async () => {
    await page.getByRole('tab', { name: 'Prompt', exact: true }).and(page.locator('.subtabs *')).click()
    await rows().first().waitFor()
  }
  const focusedKey = () => page.evaluate('document.activeElement?.getAttribute("data-key")')

  it('shows a prompt of thousands of blocks with what is on screen in the document', async () => {
    await openPrompt()
    assert.ok((await rows().count()) < 100)
    const list = page.locator('.virtual-rows')
    assert.equal(await rows().first().getAttribute('aria-setsize'), String(BLOCKS))
    await list.focus()
    await page.keyboard.press('End')
    await head('messages[end]').waitFor()
    assert.equal(await focusedKey(), `block ${BLOCKS - 1}`)
    assert.ok((await rows().count()) < 100)
    await page.keyboard.press('Home')
    await until('the first block', async () => (await focusedKey()) === 'block 0')
  })

  it('marks where it parts from the request before, and says what changed and why', async () => {
    await openPrompt()
    await page.locator('.prompt-compare').getByRole('button', { name: 'system[1]' }).click()
    await page.locator('.block-text del').waitFor()
    assert.equal(await page.locator('.block-text del').textContent(), '10:00:07')
    assert.equal(await page.locator('.block-text ins').textContent(), '11:30:09')
    assert.match(
      (await page.locator('.divergence-row').textContent()) ?? '',
      /A time changes.*volatile-prefix/,
    )
    await page.getByRole('button', { name: 'Whole text' }).click()
    await page.locator('.block-text', { hasText: 'It is 11:30:09. You look' }).waitFor()
  })

  it('leaves out what is as before', async () => {
    await openPrompt()
    await page.getByRole('button', { name: 'Only the 2 changes' }).click()
    await until('two blocks', async () => (await rows().count()) === 2)
    await page.getByText(/1,996 blocks as before/).click()
    await until('all blocks', async () => (await rows().count()) > 10)
  })

  it('opens texts by key, as text whatever they look like, and copies them', async () => {
    await openPrompt()
    await head('berths').focus()
    await page.keyboard.press('ArrowRight')
    await page.locator('.block-text', { hasText: '"port": "A3"' }).waitFor()
    await page.getByRole('button', { name: 'Copy text' }).click()
    await until('the copy', () => hosted.messages.length === 1)
    assert.deepEqual(hosted.messages[0], { type: 'copy', text: '{"name":"berths","port":"A3"}' })
    await head('berths').focus()
    await page.keyboard.press('ArrowLeft')
    await page.locator('.block-text').waitFor({ state: 'detached' })
    for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowDown')
    assert.equal(await focusedKey(), 'block 3')
    await page.keyboard.press('Enter')
    await page.locator('.block-text', { hasText: '<b>0</b> & more' }).waitFor()
  })

  it('draws of a long text what is on screen', async () => {
    await openPrompt()
    await head('system[0]').click()
    await page.locator('.block-text', { hasText: 'Berth 0 is free.' }).waitFor()
    assert.ok((await page.locator('.block-text').count()) < 10)
    const height = await page.evaluate('document.querySelector(".virtual-rows").scrollHeight')
    assert.ok(Number(height) > 5_000 * 10)
  })

  it('shows the reply with the tools that it asks for', async () => {
    await page.getByRole('tab', { name: 'Reply' }).click()
    await page.getByText('1 block, asks for berths').waitFor()
    await page.locator('.block-text', { hasText: '"port": "A3"' }).waitFor()
  })

  it('leads to lines, to the request before, and to the same call in the run before', async () => {
    const { messages } = hosted
    const details = page.locator('.details')
    await details.getByRole('button', { name: 'moor.mjs:12 in ask' }).click()
    await details.getByRole('button', { name: 'rules.mjs:12 (×2)' }).click()
    await details.getByRole('button', { name: 'main.mjs:3' }).click()
    await details.getByRole('button', { name: /^Same call in the run before \(\$0\.05, / }).click()
    await until('four messages', () => messages.length === 4)
    assert.deepEqual(messages, [
      { type: 'reveal', spanId: 'second' },
      { type: 'revealFinding', findingId: 'f1', related: 0 },
      { type: 'reveal', spanId: 'second', frame: 3 },
      { type: 'openRun', runId: 'yesterday', spanId: 'then' },
    ])
    assert.equal(await details.getByRole('button', { name: 'moor.mjs:30' }).count(), 1)
    await details.getByRole('button', { name: '‹ Request before' }).click()
    await page.locator('.details h2', { hasText: 'first call' }).waitFor()
  })

  it('keeps its place in the prompt while another tab is looked at, and while the run grows', async () => {
    await openPrompt()
    // The block at the top of the list: heights are measured on the way, so that pixels say little.
    const atTop = (): Promise<unknown> =>
      page.evaluate(`{
        const top = document.querySelector('.virtual-rows').getBoundingClientRect().top + 5
        const rows = [...document.querySelectorAll('.block-row')]
        rows.find((row) => row.getBoundingClientRect().bottom > top)?.getAttribute('aria-posinset')
      }`)
    await page.evaluate("document.querySelector('.virtual-rows').scrollTo(0, 9000)")
    const place = await until('the list scrolled', async () => {
      const position = await atTop()
      return Number(position) > 50 && position === (await atTop()) ? position : undefined
    })
    await page.locator('#details-call').click()
    await page.locator('.facts').first().waitFor()
    await page.locator('#details-prompt').click()
    await until('the same place', async () => (await atTop()) === place)
    await hosted.show({ ...RUN, findings: [FINDING], name: 'longer' }, { live: true })
    await page.locator('h1', { hasText: 'longer' }).waitFor()
    assert.equal(await atTop(), place)
  })

  it('keeps the tab from call to call and over a reload', async () => {
    await openPrompt()
    await page.locator('[role=treeitem]', { hasText: 'first call' }).first().click()
    await page.locator('.details h2', { hasText: 'first call' }).waitFor()
    await rows().first().waitFor()
    await hosted.reload()
    await rows().first().waitFor()
  })
})

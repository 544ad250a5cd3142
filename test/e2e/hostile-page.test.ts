// A saved HTML page full of hostile names, opened in a browser: everything stands there as text, nothing of it runs and nothing is loaded.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { htmlExport } from '../../profiler-agent/formats/html'
import type { Run, Segment } from '../../profiler-agent/model/span'
import { launchChromium } from '../support/chromium'
import { inRepository } from '../support/repository'
import { callSpan, runOf, spanOf } from '../support/spans'
import { type TestFolder, temporaryFolder, writeFiles } from '../support/test-folders'

/** Each would leave a mark on `window.hacked` if it ever ran, or fetch something if it were loaded. */
const HOSTILE = {
  'a closing tag': '</script><script>window.hacked = 1</script>',
  'a comment': '<!--<script>window.hacked = 2</script>-->',
  'an image': '<img src="http://127.0.0.1:9/x.png" onerror="window.hacked = 3">',
  'a drawing': '<svg onload="window.hacked = 4"><animate onbegin="window.hacked = 5"/></svg>',
  'a way out of an attribute': '"><iframe srcdoc="<script>top.hacked = 6</script>"></iframe><a x="',
  'a link': 'javascript:window.hacked=7 [click](javascript:window.hacked=8)',
  'line separators': "a\u2028b\u2029c';window.hacked = 9;'",
  'turned text': '\u202egnp.exe\u202c \u2066abc\u2069 \u200f\u05d0',
  'a template': '\u0024{window.hacked = 10} {{constructor.constructor("window.hacked = 11")()}}',
  entities: '&lt;img src=x onerror=alert(1)&gt; &#60;script&#62; &amp;amp;',
  'bytes that are no text': 'a\u0000b\u001bc\ufffd\ud800',
  'a prototype': '__proto__',
} as const

type Name = keyof typeof HOSTILE

/** A run whose agent, step, call, model, prompt parts, place, error and finding all bear this name. */
function runNamed(text: string): Run {
  const segments: Segment[] = (['system', 'user', 'tool_def', 'output'] as const).map((kind) => ({
    path: text,
    kind,
    name: text,
    tokens: 10,
    picoUsd: 2000,
    cache: 'fresh',
    hash: text,
    estimate: true,
  }))
  const place = { file: `${text}.mjs`, line: 3, function: text }
  const callSite = { ...place, stack: [place, { file: text, line: 9, function: text }] }
  const labels = {
    agent: text,
    step: text,
    intent: text,
    tenant: text,
    session: text,
    tags: { [text]: text },
  }
  const shared = { ...labels, name: text, callSite, attributes: { [text]: text } }
  const call = {
    provider: text,
    requestModel: text,
    responseModel: text,
    finishReason: text,
    tier: text,
    segments,
  }
  const error = { status: 500, code: text, message: text }
  const { parentId: _none, ...root } = spanOf({ id: 'run', kind: 'run', ...shared })
  return runOf(
    [
      root,
      spanOf({ id: 'agent', kind: 'agent', ...shared }),
      spanOf({ id: 'step', parentId: 'agent', kind: 'step', ...shared }),
      callSpan('call', call, { parentId: 'step', ...shared }),
      callSpan(
        'failed',
        { ...call, error, cost: null, unpricedReason: text },
        { parentId: 'step', status: 'error', ...shared },
      ),
      spanOf({ id: 'tool', parentId: 'step', kind: 'tool', ...shared }),
    ],
    {
      name: text,
      command: text,
      root: text,
      gitCommit: text,
      tags: { [text]: text },
      findings: [
        {
          id: text,
          rule: 'cache/uncached-prefix',
          severity: 'warning',
          message: text,
          runId: 'run',
          spanIds: ['call'],
          location: { file: text, line: 1, column: 1 },
          relatedLocations: [],
          evidence: {},
          fix: { title: text, safety: 'review' },
        },
      ],
    },
  )
}

describe('a saved page of hostile names', () => {
  let browser: Browser
  let folder: TestFolder
  let page: Page
  let said: string[]
  let loaded: string[]
  before(async () => {
    browser = await launchChromium()
    folder = temporaryFolder('page')
  })
  after(async () => {
    await browser.close()
    folder.remove()
  })
  afterEach(() => page.close())

  async function open(name: Name): Promise<void> {
    const script = readFileSync(inRepository('dist', 'webview', 'flame.js'), 'utf8')
    const html = htmlExport({ schema: 'costflame.run/1', runs: [runNamed(HOSTILE[name])] }, { script })
    writeFiles(folder.path, { 'run.html': html })
    page = await browser.newPage()
    said = []
    loaded = []
    page.on('dialog', (dialog) => {
      said.push(`dialog ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('pageerror', (error) => said.push(`error ${error.message}`))
    page.on('console', (message) => said.push(`console ${message.text()}`))
    page.on('request', (request) => loaded.push(request.url()))
    await page.goto(pathToFileURL(join(folder.path, 'run.html')).href)
    await page.locator('[role="treeitem"]').first().waitFor()
  }

  for (const name of Object.keys(HOSTILE) as Name[])
    it(`shows ${name} as text`, async () => {
      await open(name)
      const shown: string[] = []
      // Every row in turn, so that the pane shows all that there is to say of each.
      for (const row of await page.locator('[role="treeitem"]').all()) {
        await row.click()
        shown.push(await page.locator('body').innerText())
      }
      const facts = await page.evaluate(`({
        hacked: window.hacked,
        scripts: document.scripts.length,
        foreign: document.querySelectorAll('img, svg:not(.icon), animate, iframe, object, embed, link, base, form, a[href], style').length,
        handlers: [...document.querySelectorAll('*')]
          .flatMap((one) => one.getAttributeNames())
          .filter((name) => name.startsWith('on')),
        url: location.href,
      })`)
      assert.deepEqual(facts, { hacked: undefined, scripts: 2, foreign: 0, handlers: [], url: page.url() })
      assert.deepEqual(said, [])
      assert.deepEqual(loaded, [page.url()])
      const text = normalised(shown.join('\n'))
      assert.ok(text.includes(normalised(HOSTILE[name])), `${HOSTILE[name]} in ${text.slice(0, 2000)}`)
    })

  it('would not run a script that got into the page all the same', async () => {
    await open('an image')
    const hacked = await page.evaluate(`{
      const script = document.createElement('script')
      script.textContent = 'window.hacked = 1'
      document.body.append(script)
      document.body.insertAdjacentHTML('beforeend', '<b onclick="window.hacked = 2" id="trap">b</b>')
      document.getElementById('trap').click()
      window.hacked
    }`)
    assert.equal(hacked, undefined)
    assert.ok(said.some((line) => /Content Security Policy/.test(line)))
  })
})

/** innerText shows runs of white space and control characters as the browser lays them out. */
function normalised(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\s\u0000-\u001f\ud800-\udfff\ufffd]+/gu, ' ').trim()
}

// The flame graph in the real browser, with 100,000 spans and with a million, beside speedscope with the same picture in the same run.
// The browser has no GPU here: both are drawn by the processor.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { beforePage, runGesture } from './flame-gestures.mjs'
import { servePages } from './flame-page.mjs'
import { figure, percentile } from './statistics.mjs'

const CHROMIUM = process.env.COSTFLAME_TEST_CHROMIUM || '/usr/bin/chromium'
const FLAGS = ['--no-sandbox', '--disable-gpu', '--enable-unsafe-swiftshader']
const WINDOW = { width: 1400, height: 900 }
const ROUNDS = 3
const GESTURE_MS = 2000
const SIZES = { '100k': 100_000, '1m': 1_000_000 }
/** What the project demands, of 100,000 spans and of a million. */
const PAINT_MS = 300
const MEMORY_MB = 150
const BUNDLE_KB = 400
const FRAMES_PER_SECOND = { '100k': 60, '1m': 30 }

/** Where the picture is drawn. */
const OURS = '.flame canvas[data-unit]'
const THEIRS = 'canvas'

/** What the names of its figures begin with. */
export const figures = ['flame']

export async function* measure(dist) {
  const folder = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  const pages = await servePages(dist, await benchRuns(folder))
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  try {
    const bundle = gzipSync(readFileSync(join(dist, 'webview', 'flame.js'))).length / 1024
    yield figure('flame.bundle', 'KB', bundle, BUNDLE_KB, 'the most it may be, compressed')
    for (const size of Object.keys(SIZES)) yield* measureOurs(browser, pages.origin, size)
    yield* besideSpeedscope(browser, pages.origin)
  } finally {
    await browser.close()
    pages.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function benchRuns(folder) {
  const outfile = join(folder, 'run.mjs')
  const source = join(dirname(fileURLToPath(import.meta.url)), 'flame-run.ts')
  const options = { bundle: true, platform: 'node', format: 'esm', logLevel: 'error' }
  await build({ entryPoints: [source], outfile, ...options })
  const { benchRun } = await import(pathToFileURL(outfile).href)
  return Object.fromEntries(Object.entries(SIZES).map(([size, count]) => [size, benchRun(count)]))
}

async function open(browser, address) {
  const page = await browser.newPage({ viewport: WINDOW })
  await page.addInitScript(beforePage)
  await page.goto(address)
  return page
}

async function* measureOurs(browser, origin, size) {
  const paints = []
  for (let round = 0; round < ROUNDS; round++) {
    const page = await open(browser, `${origin}/ours/${size}`)
    paints.push(await firstPaint(page))
    if (round === ROUNDS - 1) yield* measureUse(page, size)
    await page.close()
  }
  const limit = size === '100k' ? 'the most it may be' : 'the most that 100,000 may take'
  yield figure(`flame.${size}.first-paint`, 'ms', Math.min(...paints), PAINT_MS, limit)
}

/**
 * Milliseconds from the data's being there until the picture is on the screen, as the browser times the answer to a click: to the
 * moment when the frame was shown. What the page does after that (rows, details) is not of the picture.
 */
async function firstPaint(page) {
  await page.evaluate(waitForClick)
  await page.mouse.click(5, 5)
  return page.evaluate(() => globalThis.answered)
}

async function waitForClick() {
  const columns = await globalThis.loaded
  await globalThis.painted()
  addEventListener('pointerdown', () => globalThis.show(columns), { once: true })
  globalThis.answered = new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => {
      const click = list.getEntries().find(({ name }) => name === 'pointerdown')
      if (click !== undefined) resolve(click.startTime + click.duration - click.processingStart)
    })
    observer.observe({ type: 'event', durationThreshold: 16 })
  })
}

async function* measureUse(page, size) {
  const least = FRAMES_PER_SECOND[size]
  for (const gesture of ['zoom', 'pan', 'search']) {
    const gaps = await page.evaluate(runGesture, { gesture, selector: OURS, ms: GESTURE_MS })
    const frames = 1000 / mean(gaps)
    yield figure(`flame.${size}.${gesture}`, 'frames/s', frames, least, 'the least it may be')
    yield figure(
      `flame.${size}.${gesture}.p95`,
      'ms',
      percentile(gaps, 0.95),
      1000 / least,
      'that, for a frame',
    )
  }
  const memory = await memoryOf(page)
  const limit = size === '100k' ? 'the most it may be' : 'the most that 100,000 may take'
  yield figure(`flame.${size}.memory`, 'MB', memory, MEMORY_MB, limit)
}

/** Megabytes of the script's objects and arrays, garbage aside. */
async function memoryOf(page) {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.enable')
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize, backingStorageSize = 0 } = await session.send('Runtime.getHeapUsage')
  return (usedSize + backingStorageSize) / 1e6
}

async function* besideSpeedscope(browser, origin) {
  const what = 'speedscope with the same picture'
  const profile = encodeURIComponent(`${origin}/profile/100k`)
  const ours = await loadAndUse(browser, `${origin}/ours/100k?now`, OURS)
  const theirs = await loadAndUse(browser, `${origin}/speedscope/index.html#profileURL=${profile}`, THEIRS)
  yield figure('flame.beside-speedscope.load', 'ms', ours.load, theirs.load, what)
  yield figure('flame.beside-speedscope.frame', 'ms', ours.frame, theirs.frame, what)
  yield figure('flame.beside-speedscope.work', 'ms a frame', ours.work, theirs.work, what)
  yield figure('flame.beside-speedscope.memory', 'MB', ours.memory, theirs.memory, what)
}

/** From opening the page, with its data, to the picture; then zoom and pan. The best of several. */
async function loadAndUse(browser, address, selector) {
  const rounds = []
  for (let round = 0; round < ROUNDS; round++) {
    const page = await open(browser, address)
    const load = await page.evaluate((there) => globalThis.whenThere(there), selector)
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable')
    const before = await taskSeconds(session)
    const gaps = []
    for (const gesture of ['zoom', 'pan'])
      gaps.push(...(await page.evaluate(runGesture, { gesture, selector, ms: GESTURE_MS })))
    const work = (1000 * ((await taskSeconds(session)) - before)) / gaps.length
    rounds.push({ load, frame: mean(gaps), work, memory: await memoryOf(page) })
    await page.close()
  }
  const best = (part) => Math.min(...rounds.map((round) => round[part]))
  return { load: best('load'), frame: best('frame'), work: best('work'), memory: best('memory') }
}

/** How long the page's main thread has been busy. */
async function taskSeconds(session) {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

// The browser that shows the workbench: Debian's Chromium, without anything that calls home.
import { type Browser, chromium } from 'playwright-core'

/** `COSTFLAME_TEST_CHROMIUM`, else Debian's. */
export const chromiumPath = process.env.COSTFLAME_TEST_CHROMIUM || '/usr/bin/chromium'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A headless browser; the caller closes it. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: flags })
}

/** The size of the window, so of screenshots, in CSS pixels. */
export const windowSize = { width: 1400, height: 900 }

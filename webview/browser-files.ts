// Saves and copies where there is no editor to do it: in a saved HTML page.

import { RUN_SCHEMA, type Run } from '../profiler-agent/model/span'
import type { FromPage, SaveFormat } from './messages'

const TYPES: Readonly<Record<SaveFormat, string>> = {
  svg: 'image/svg+xml',
  png: 'image/png',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
}

/** Offers the browser a file to download; `content` is text, or for PNG a data URL. */
export function saveInBrowser(
  { format, content }: Extract<FromPage, { type: 'save' }>,
  run: Run | undefined,
) {
  const text = content ?? JSON.stringify({ schema: RUN_SCHEMA, runs: run === undefined ? [] : [run] })
  const bytes = format === 'png' ? bytesOfDataUrl(text) : text
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([bytes], { type: TYPES[format] }))
  link.download = `${fileName(run?.name ?? 'run')}.${format === 'json' ? 'costflame.json' : format}`
  link.click()
  URL.revokeObjectURL(link.href)
}

function fileName(runName: string): string {
  return runName.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 60) || 'run'
}

function bytesOfDataUrl(url: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (character) => character.charCodeAt(0))
}

/** Without the user's permission for the clipboard nothing is copied, and the browser has said so. */
export async function copyInBrowser(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
}

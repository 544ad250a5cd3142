// A run file as one HTML page that opens anywhere, also from a disk without a network: the flame graph's script and the data, nothing else.

import { createHash } from 'node:crypto'
import type { RunFile } from '../model/span'

/** The built flame graph page, handed in as text: this room knows no build. */
export interface FlamePage {
  readonly script: string
}

/**
 * The page shows the first run of the file. Its policy lets exactly this script run and nothing load,
 * so that text from a prompt can do nothing even if it got out of its place.
 */
export function htmlExport(runFile: RunFile, page: FlamePage): string {
  const script = inScript(page.script)
  const hash = createHash('sha256').update(script, 'utf8').digest('base64')
  const title = escapeText(`${runFile.runs[0]?.name ?? 'No run'} · Costflame`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
</head>
<body>
<script type="application/json" id="costflame-data">${jsonInScript(runFile)}</script>
<script>${script}</script>
</body>
</html>
`
}

/** `<` never stands in the data, so that no text in it can end the element or open a comment. */
function jsonInScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

/** Our own script holds no closing tag, but a library's string might; inside a string or a template this is the same text. */
function inScript(script: string): string {
  return script.replace(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '<\\!--')
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

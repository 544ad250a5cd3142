// The empty page that a webview starts with: a policy, its words in the language of the editor, and the one script that it allows.
// Data comes by message only.

import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'

/** Options for a webview that shows the flame graph page. */
export function pageOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [scriptFolder(extensionUri)] }
}

/** The styles are in the script and applied as a constructed sheet, so that no style source needs to be allowed. */
export function pageHtml(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64url')
  const script = webview.asWebviewUri(vscode.Uri.joinPath(scriptFolder(extensionUri), 'flame.js'))
  return `<!doctype html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${vscode.l10n.t('Flame Graph')}</title>
</head>
<body>
${translations()}<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`
}

/** None in English: its texts are their own translations. A data block, which no policy needs to allow, and no text of which ends it. */
function translations(): string {
  const { bundle } = vscode.l10n
  if (bundle === undefined) return ''
  return `<script type="application/json" id="translations">${JSON.stringify(bundle).replaceAll('<', '\\u003c')}</script>\n`
}

/** The page's script as text, to be put into a saved page. */
export async function pageScript(extensionUri: vscode.Uri): Promise<string> {
  const uri = vscode.Uri.joinPath(scriptFolder(extensionUri), 'flame.js')
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))
}

function scriptFolder(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview')
}

// The page that every webview starts with: its policy allows one script by a nonce of its own, and nothing else.
import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { pageHtml, pageOptions } from '../../extension/panel/html'

describe('the policy of the webview', () => {
  const uri = vscode.Uri.file('/an extension/of "costflame"')
  let panel: vscode.WebviewPanel
  before(() => {
    panel = vscode.window.createWebviewPanel('costflame.test', 'Policy', vscode.ViewColumn.One)
  })
  after(() => panel.dispose())

  it('is default-src none, with scripts by nonce and no styles, evaluation or inline code', () => {
    const html = pageHtml(panel.webview, uri)
    const [, policy = '', nonce = ''] =
      /<meta http-equiv="Content-Security-Policy" content="([^"]*'nonce-([\w-]{22})'[^"]*)">/.exec(html) ?? []
    assert.equal(policy, `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'none'`)
    assert.deepEqual(html.match(/<script[^>]*>/g)?.length, 1)
    assert.match(html, new RegExp(`<script nonce="${nonce}" src="[^"]+/dist/webview/flame\\.js"></script>`))
    assert.doesNotMatch(html, /\son\w+=|<style|style=|unsafe/)
  })

  it('has another nonce every time', () => {
    const nonces = Array.from({ length: 50 }, () => /nonce-([\w-]+)/.exec(pageHtml(panel.webview, uri))?.[1])
    assert.equal(new Set(nonces).size, 50)
  })

  it('reaches no file but the built page', () => {
    const { enableScripts, enableForms, enableCommandUris, localResourceRoots } = pageOptions(uri)
    assert.deepEqual([enableScripts, enableForms, enableCommandUris], [true, undefined, undefined])
    assert.deepEqual(
      localResourceRoots?.map(({ path }) => path),
      ['/an extension/of "costflame"/dist/webview'],
    )
  })
})

// The extension is there and starts, in a real extension host with a real workspace.
import assert from 'node:assert/strict'
import * as vscode from 'vscode'

describe('the extension in VS Code', () => {
  it('is present and activates', async () => {
    const extension = vscode.extensions.getExtension('costflame.costflame')
    assert.ok(extension, 'costflame.costflame is not among the extensions')
    await extension.activate()
    assert.equal(extension.isActive, true)
  })

  it('has the throw-away workspace open', async () => {
    const folders = vscode.workspace.workspaceFolders ?? []
    assert.equal(folders.length, 1)
    assert.deepEqual(
      (await vscode.workspace.findFiles('*.mjs')).map((file) => file.path.split('/').at(-1)),
      ['agent.mjs'],
    )
  })
})

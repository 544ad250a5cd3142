// Saved runs open in their own editor, whole ones and broken ones.
import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import * as vscode from 'vscode'
import { inRepository } from '../support/repository'
import { writeFiles } from '../support/test-folders'
import { workspacePath } from './recorded-call'

async function open(name: string): Promise<vscode.Tab | undefined> {
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(workspacePath(name)))
  return vscode.window.tabGroups.activeTabGroup.activeTab
}

describe('a saved run in VS Code', () => {
  for (const [what, name] of [
    ['opens in the flame graph editor', 'support-desk.costflame.json'],
    ['opens there too when it is cut short, to say so', 'cut.costflame.json'],
  ] as const)
    it(what, async () => {
      copyFileSync(
        inRepository('test', 'fixtures', 'runs', 'support-desk.costflame.json'),
        workspacePath('support-desk.costflame.json'),
      )
      writeFiles(workspacePath(), { 'cut.costflame.json': '{"schema":"costflame.run/1","runs":[{"id":' })
      const tab = await open(name)
      assert.ok(tab?.input instanceof vscode.TabInputCustom)
      assert.equal(tab.input.viewType, 'costflame.runFile')
      assert.equal(tab.label, name)
    })
})

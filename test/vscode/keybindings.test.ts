// Our keys take nothing away from VS Code: no chord of ours is one of its own, nor the beginning of one.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { parse } from 'jsonc-parser'
import * as vscode from 'vscode'
import { inRepository } from '../support/repository'

interface Binding {
  readonly key: string
  readonly command: string
}

describe('keybindings', () => {
  it('are those of nobody else', async () => {
    const uri = vscode.Uri.parse('vscode://defaultsettings/keybindings.json')
    const { contributes } = JSON.parse(readFileSync(inRepository('package.json'), 'utf8'))
    const ours: readonly Binding[] = contributes.keybindings
    const known: readonly Binding[] = parse((await vscode.workspace.openTextDocument(uri)).getText())
    assert.ok(known.length > 500, `${known.length} keybindings of VS Code`)
    const others = known.filter(({ command }) => !command.startsWith('costflame.'))
    // Bindings of `ctrl+k` alone give way to VS Code's own chords as they do to ours.
    const isTaken = ({ key }: Binding) =>
      others.some((other) => other.key === key || other.key.startsWith(`${key} `))
    assert.deepEqual(ours.filter(isTaken), [])
    // Two strokes each: single ones are the user's.
    assert.deepEqual(
      ours.filter(({ key }) => key.split(' ').length !== 2),
      [],
    )
    for (const { key, command } of ours)
      assert.ok(
        known.some((binding) => binding.command === command && binding.key === key),
        `${command} has not got ${key}`,
      )
  })
})

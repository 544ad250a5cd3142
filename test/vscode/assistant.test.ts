// Language models in VS Code are offered our tools, and are answered by the command line.
import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { activeApi } from './recorded-call'

describe('the tools for language models', () => {
  before(async () => {
    await activeApi()
  })

  it('are there, each with its description', () => {
    const ours = vscode.lm.tools.filter(({ name }) => name.startsWith('costflame_'))
    assert.equal(ours.length, 8)
    for (const { description, inputSchema } of ours) {
      assert.ok(description.length > 60)
      assert.ok(inputSchema)
    }
  })

  it('answer, or say what is wrong', async () => {
    const ask = (name: string, input: object) =>
      vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined })
    await assert.rejects(async () => ask('costflame_why', { finding: 'ffffffff' }), /costflame/)
    const answer = await ask('costflame_runs', { limit: 1 }).then(
      ({ content }) =>
        content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')),
      (error) => [String(error)],
    )
    assert.match(answer.join(''), /"runs":|nothing is recorded|no runs|costflame run/)
  })
})

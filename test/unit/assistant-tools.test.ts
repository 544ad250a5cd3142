// The tools for assistants are declared to VS Code as the MCP server has them.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { ASSISTANT_TOOLS } from '../../profiler-agent/cli/assistant/tools'
import { inRepository } from '../support/repository'

const PACKAGE = inRepository('package.json')

/** As `contributes.languageModelTools` has them. */
function declared() {
  return ASSISTANT_TOOLS.map(({ name, title, description, input, isReading }) => {
    const { $schema: _, ...inputSchema } = z.toJSONSchema(input, { io: 'input' })
    return {
      name,
      displayName: title,
      modelDescription: description,
      canBeReferencedInPrompt: true,
      toolReferenceName: name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase()),
      icon: '$(flame)',
      tags: ['costflame', ...(isReading ? [] : ['changes'])],
      inputSchema,
    }
  })
}

describe('the tools for assistants in package.json', () => {
  it('are those of the MCP server (COSTFLAME_WRITE_TOOLS=1 writes them)', () => {
    const manifest = JSON.parse(readFileSync(PACKAGE, 'utf8'))
    if (process.env.COSTFLAME_WRITE_TOOLS === '1') {
      manifest.contributes.languageModelTools = declared()
      writeFileSync(PACKAGE, `${JSON.stringify(manifest, null, 2)}\n`)
    }
    assert.deepEqual(manifest.contributes.languageModelTools, declared())
  })
})

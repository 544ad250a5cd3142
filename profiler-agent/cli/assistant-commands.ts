// The command that assistants talk to: its options and its help.

import type { Command } from 'commander'
import { DATA, example, type Finish } from './command-options'
import type { Io } from './io'

interface McpOptions {
  readonly data?: string
  readonly prompts?: true
}

export function addMcp(program: Command, io: Io, finish: Finish): void {
  program
    .command('mcp [tool] [json]')
    .description('tools for an assistant, over the Model Context Protocol; with a tool it is called once')
    .option('--prompts', 'also tell texts of prompts; else numbers, places and rules alone')
    .option(...DATA)
    .addHelpText('after', example(`costflame mcp costflame_costs '{"by": ["callsite"]}'`))
    .action((tool: string | undefined, json: string | undefined, { data, prompts }: McpOptions) => {
      const options = { ...(data === undefined ? {} : { data }), prompts: prompts === true }
      return finish(
        import('./mcp').then((it) =>
          tool === undefined ? it.mcp(io, options) : it.callTool(io, tool, json ?? '{}', options),
        ),
      )
    })
}

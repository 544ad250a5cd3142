// `costflame mcp`: the tools for assistants as an MCP server on standard input and output, until that ends. `costflame mcp NAME JSON` calls one of them.

import { McpServer } from '@modelcontextprotocol/server'
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { ZodError } from 'zod'
import { ASSISTANT_TOOLS, type AssistantOptions, type CheckedTool } from './assistant/tools'
import { EXIT, type Io, isUsageError, print, UsageError } from './io'

/** Serves until the assistant closes our input. */
export async function mcp(io: Io, options: AssistantOptions): Promise<number> {
  const server = new McpServer({ name: 'costflame', version: io.version })
  for (const tool of ASSISTANT_TOOLS) register(server, tool, io, options)
  const ended = new Promise<void>((resolve) => {
    io.stdin.once('end', resolve)
    io.stdin.once('close', resolve)
  })
  await server.connect(new StdioServerTransport())
  await ended
  await server.close()
  return EXIT.fine
}

function register(server: McpServer, tool: CheckedTool, io: Io, options: AssistantOptions): void {
  const { name, title, description, input, isReading } = tool
  server.registerTool(
    name,
    {
      ...{ title, description, inputSchema: input },
      annotations: { readOnlyHint: isReading, destructiveHint: false, openWorldHint: !isReading },
    },
    async (given: unknown) => {
      try {
        const answer = await tool.answer(io, given, options)
        return { content: [{ type: 'text' as const, text: JSON.stringify(answer) }] }
      } catch (error) {
        return { content: [{ type: 'text' as const, text: reasonOf(error) }], isError: true }
      }
    },
  )
}

/** Prints the answer of one tool. Throws UsageError where there is none. */
export async function callTool(
  io: Io,
  name: string,
  json: string,
  options: AssistantOptions,
): Promise<number> {
  const tool = ASSISTANT_TOOLS.find((each) => each.name === name)
  const names = ASSISTANT_TOOLS.map((each) => each.name).join(', ')
  if (!tool) throw new UsageError(`there is no tool "${name}"; there are ${names}`)
  try {
    print(io, JSON.stringify(await tool.answer(io, JSON.parse(json), options)))
    return EXIT.fine
  } catch (error) {
    throw new UsageError(reasonOf(error))
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ZodError)
    return error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`).join('; ')
  if (isUsageError(error) || error instanceof SyntaxError) return error.message
  return `this is a fault of Costflame: ${error instanceof Error ? error.message : String(error)}`
}

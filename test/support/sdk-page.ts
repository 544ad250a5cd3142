// docs/sdks.md out of the table of SDKs: the tested versions, how calls come to be known, and the tree with its lines. Names no machine.

import { readFileSync } from 'node:fs'
import { inRepository } from './repository'
import { agentFile } from './sdk-runs'
import type { SdkCase } from './sdk-table'

const MEANS = {
  variable: 'variable',
  hook: 'hook',
  copy: 'copy of signed calls',
} as const satisfies Record<SdkCase['means'], string>

/** A line of the table, in the page and on the screen. */
export function sdkRow(sdk: SdkCase): Record<string, string> {
  const chats = sdk.tree.split('\n').filter((line) => line.includes('<-'))
  return {
    SDK: sdk.name,
    tested: sdk.packages.map((name) => `${name} ${versionOf(name)}`).join(', '),
    'captured by': MEANS[sdk.means],
    calls: String(chats.length),
    streamed: String(chats.filter((line) => line.includes('streamed')).length),
  }
}

/** The whole page, in Markdown. */
export function sdkPage(cases: readonly SdkCase[]): string {
  const rows = cases.map(sdkRow)
  const columns = Object.keys(rows[0] ?? {})
  return [
    INTRODUCTION,
    `| ${columns.join(' | ')} |`,
    `| ${columns.map(() => '---').join(' | ')} |`,
    ...rows.map((row) => `| ${columns.map((column) => row[column]).join(' | ')} |`),
    '',
    NOTES,
    ...cases.map(section),
  ].join('\n')
}

const INTRODUCTION = `# SDKs

Programs that use these SDKs run under \`costflame run\` as they are: no import, no base URL, no wrapper. For each there is a small agent in \`test/agents/sdks\`, written as its own documentation shows: a question, a tool, an answer, then a stream. The tests run it without Costflame, with it, and with it but without the hook (\`--no-hook\`). It prints the same each time; every call is recorded once, in the run of its command, on the line that made it, with exactly the tokens that the provider told, and its cost. Written by \`test/integration/sdks.test.ts\` (\`COSTFLAME_WRITE_SDKS=1\`), which fails where this page is not so.
`

const NOTES = `- **variable**: the SDK reads its base URL from the environment, so its calls come to the proxy even without the hook (then without their lines).
- **hook**: the SDK knows only its provider's own host; the hook in the process leads its calls to the proxy.
- **copy of signed calls**: a signature holds for one host, so the call goes there as it is, and the hook hands over a copy of what passes by.

OpenAI and Anthropic are played by the [embedded model server](simulator.md), the others by replies that the tests write in their providers' format. Other languages and clients: Python programs with httpx, requests, aiohttp and botocore are tested in \`test/integration/python.test.ts\`, every HTTP client of Node in \`test/integration/node-clients.test.ts\`.

What each agent looks like in a run, with the line of each call. Nobody told Costflame of agents, steps or tools: they follow from the calls. A program that [declares](api.md) its own gets their names.
`

function section(sdk: SdkCase): string {
  const title = [sdk.agent, ...(sdk.args ?? [])].join(' ')
  return `## ${sdk.name}\n\n\`${title}\`\n\n\`\`\`text\n${tree(sdk)}\n\`\`\`\n`
}

/** Marks become lines. */
function tree({ agent, tree }: SdkCase): string {
  const lines = readFileSync(agentFile(agent), 'utf8').split('\n')
  return tree
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [title, mark] = line.split(' <- ')
      const at = lines.findIndex((each) => each.endsWith(`// <- ${mark}`)) + 1
      return mark === undefined ? line : `${title}  ${agent}:${at}`
    })
    .join('\n')
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string } | undefined>>
}

/** The version that test/agents installs. */
export function versionOf(name: string): string {
  // Written by npm.
  const lock = JSON.parse(readFileSync(inRepository('test', 'agents', 'package-lock.json'), 'utf8')) as Lock
  const version = lock.packages[`node_modules/${name}`]?.version
  if (version === undefined) throw new Error(`test/agents does not install ${name}`)
  return version
}

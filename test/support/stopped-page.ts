// docs/blocked-calls.md: what a program sees when a budget stops its call, with the error of each SDK as the test caught it.

import { versionOf } from './sdk-page'
import type { StoppedSdk } from './stopped-sdks'

/** What a program catches, as far as a page may show it. */
export interface Caught {
  readonly name: string
  readonly status?: number
  readonly code?: string
}

export interface StoppedRow {
  readonly sdk: StoppedSdk
  /** Of a call that was refused, and of a stream that was ended. */
  readonly refused: Caught
  readonly ended: Caught
}

/** Name, status and code, as SDKs carry them under their various names. */
export function caughtOf(error: unknown): Caught {
  if (!(error instanceof Error)) return { name: typeof error }
  const fields: Record<string, unknown> = { ...error }
  const own = (error.name === 'Error' ? error.constructor.name : error.name).replace(/^AI_/, '')
  const status = [
    fields.status,
    fields.statusCode,
    fields.status_code,
    metadataStatus(fields.$metadata),
  ].find((value) => typeof value === 'number')
  const code = [fields.errorCode, fields.code].find((value) => typeof value === 'string')
  return {
    name: own,
    ...(typeof status === 'number' ? { status } : {}),
    ...(typeof code === 'string' ? { code } : {}),
  }
}

function metadataStatus(metadata: unknown): unknown {
  return typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
    ? metadata.httpStatusCode
    : undefined
}

export function stoppedPage(rows: readonly StoppedRow[]): string {
  const lines = rows.map(
    ({ sdk, refused, ended }) =>
      `| ${sdk.name} | ${versionOf(sdk.package)} | ${text(refused)} | ${text(ended)}${sdk.isReasonLost ? ' ¹' : ''} |`,
  )
  return [
    INTRODUCTION,
    '| SDK | tested | a call that is refused raises | a stream that is ended raises |',
    '| --- | --- | --- | --- |',
    ...lines,
    '',
    NOTES,
  ].join('\n')
}

function text({ name, status, code }: Caught): string {
  return [`\`${name}\``, ...(status ? [`status ${status}`] : []), ...(code ? [`\`${code}\``] : [])].join(', ')
}

const INTRODUCTION = `# Calls that a budget stops

A budget with \`"onExceed": "block"\` or \`"escalate"\` stops calls; one that warns never touches any. Whatever it does, the program hears of it as an error of its provider: every SDK raises one, with the reason in its message, and none tries again. Written by \`test/integration/stopped-sdks.test.ts\` (\`COSTFLAME_WRITE_STOPPED=1\`), which fails where this page is not so.

## Refused before it goes up

The answer is HTTP 402 with \`x-should-retry: false\`, \`x-costflame-budget: exceeded\` and the provider's own error body. The provider hears nothing of the call, so it costs nothing: its span has the status \`blocked\`, \`billed: false\`, no usage and no cost, and is in no count of calls. \`costflame.budget.rule\` and \`costflame.budget.message\` in its attributes say which limit it was.

| format | body |
| --- | --- |
| OpenAI, Azure and compatible hosts | \`{"error":{"message":"budget exceeded: …","type":"insufficient_quota","param":null,"code":"budget_exceeded"}}\` |
| Anthropic | \`{"type":"error","error":{"type":"billing_error","message":"budget exceeded: …","details":{"error_code":"budget_exceeded"}},"request_id":"…"}\` |
| Gemini | \`{"error":{"code":402,"message":"budget exceeded: …","status":"FAILED_PRECONDITION"}}\` |
| Bedrock | \`{"message":"budget exceeded: …","__type":"AccessDeniedException"}\` and \`x-amzn-errortype: AccessDeniedException\` |
| Mistral | \`{"object":"error","message":"budget exceeded: …","type":"insufficient_quota","param":null,"code":"budget_exceeded"}\` |
| Cohere | \`{"message":"budget exceeded: …"}\` |
| Ollama | \`{"error":"budget exceeded: …"}\` |
| OpenAI's WebSockets | \`{"type":"error","status":402,"error":{…}}\`, then the socket closes with 1008 |

## Ended while it streams

Only a call without a cap of its own can come to this. Everything that came before is delivered, up to the end of its last whole event; then comes the provider's own error event, in the framing of the stream (SSE, JSON lines, a JSON array, AWS event stream), and the call to the provider is broken off. What has streamed is counted without a tokenizer, as a lower bound, so that no stream is ended below its limit: words, each for every 16 bytes that it is long and at least one; three digits of a number; marks that stand by themselves; white space as nothing. What the stream itself reports counts where it is more. English prose is ended some 5 to 30 % past its limit, code and JSON from a third past it to more than twice it, languages without spaces at a few times the limit. Nothing is ended once the model has said that it is through. The span is \`truncated\`, with what is known of its usage.

Compressed streams are ended like others: while a budget holds a call, its reply is asked for, and goes on, in plain bytes.

## With a lower cap

\`"clampOutput": true\` lowers the request's own cap (\`max_tokens\`, \`max_completion_tokens\`, \`max_output_tokens\`, \`maxOutputTokens\`, \`num_predict\` …) in its bytes, or puts one in; every other byte stays. The reply ends as the provider ends any reply that reaches its cap (\`length\`, \`max_tokens\`, \`MAX_TOKENS\`). \`costflame.budget.output_cap\` in the span's attributes says which cap went up. A request stays as it is where a lower cap would make it invalid (Anthropic's thinking budget has to fit below it), and where its sender has signed its bytes.

## In each SDK
`

const NOTES = `¹ The SDK's own error does not say why. Cohere, Gemini's Interactions and Mistral's Conversations hand the provider's error on as one more event, which tells the reason, and the connection breaks off behind it, so that nobody takes the reply for whole; Mistral's chat knows no errors in a stream and fails to validate it. The reason is in the finding and in the span in any case.

Python's SDKs do the same, tried by hand on 2026-11-22, with one request each; the HTTP clients below them are held to it by \`test/integration/stopped-hooks.test.ts\`.

| SDK | tried | a call that is refused raises | a stream that is ended raises |
| --- | --- | --- | --- |
| openai | 3.22.1 | \`APIStatusError\`, status 402, \`budget_exceeded\` | \`APIError\`, \`budget_exceeded\` |
| anthropic | 1.13.0 | \`APIStatusError\`, status 402 | \`APIStatusError\` |
| google-genai | 2.25.0 | \`ClientError\`, code 402 | \`ClientError\`, code 402 |
| boto3, Converse with an API key | 1.43.107 | \`AccessDeniedException\` | \`EventStreamError\` |

Calls that go past the proxy cannot be stopped: those that are signed for a host (Bedrock with AWS keys), and those over a connection that the program has set up in its own way. They count in every sum, so the next call that does come through the proxy is held against them.
`

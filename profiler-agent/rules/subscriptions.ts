// Which calls run on a login that is paid by the month instead of by the token, as far as the call itself is sure of it.
// Their cost is what the API would charge, and is labelled so.

import type { HttpExchange } from '../model/exchange'

interface SubscriptionRule {
  /** Host and path of the URL. */
  readonly url: RegExp
  /** A header that has to contain this text, where the place alone is not sure. */
  readonly header?: readonly [name: string, part: string]
  readonly source: string
  readonly read: string
}

const READ = '2026-11-22'

const RULES: readonly SubscriptionRule[] = [
  {
    // Claude Pro and Max: the login of Claude Code; API keys never send this.
    url: /^api\.anthropic\.com\//,
    header: ['anthropic-beta', 'oauth-2025-04-20'],
    source: 'github.com/anthropics/claude-code',
    read: READ,
  },
  {
    url: /^chatgpt\.com\/backend-api\/codex(\/|$)/,
    source: 'github.com/openai/codex, login with ChatGPT',
    read: READ,
  },
  {
    url: /^api(\.(individual|business|enterprise))?\.githubcopilot\.com\//,
    source: 'docs.github.com/en/copilot/reference/copilot-allowlist-reference',
    read: READ,
  },
  {
    url: /^cloudcode-pa\.googleapis\.com\//,
    source: 'github.com/google-gemini/gemini-cli, login with Google',
    read: READ,
  },
  {
    url: /^(api\.z\.ai|open\.bigmodel\.cn)\/api\/coding\//,
    source: 'docs.z.ai/devpack/overview, GLM Coding Plan',
    read: READ,
  },
]

/** Whether the caller pays for a subscription instead of these tokens. `false` says nothing: most plans cannot be seen. */
export function isSubscription({
  url,
  requestHeaders,
}: Pick<HttpExchange, 'url' | 'requestHeaders'>): boolean {
  const place = url.replace(/^https?:\/\//, '')
  return RULES.some(
    ({ url: pattern, header }) =>
      pattern.test(place) &&
      (header === undefined || requestHeaders[header[0]]?.includes(header[1]) === true),
  )
}

// The keys of the user's own `settings.jsonc`, as data: what the reader checks and the published JSON Schema is made from.

import { CONTENT_MODES } from '../model/content-mode'
import type { Shape } from '../wire/jsonc'

export const USER_SETTINGS_VERSION = 1

export const USER_SETTINGS_SHAPE: Shape = {
  kind: 'object',
  required: ['version'],
  keys: {
    $schema: { kind: 'string' },
    version: { kind: 'number', description: `The version of this format: ${USER_SETTINGS_VERSION}.` },
    content: {
      kind: 'choice',
      of: CONTENT_MODES,
      description: '"hashes" writes no text of prompts and replies anywhere, only their hashes and sizes.',
    },
    upstreams: {
      kind: 'named',
      description: 'Where calls of a provider go: {"openai": "https://gateway.example/openai"}.',
      value: { kind: 'string' },
    },
    allowedOrigins: {
      kind: 'strings',
      description: 'Web origins whose pages may call through the proxy: ["http://localhost:5173"].',
    },
    spliceUsage: {
      kind: 'boolean',
      description: 'false leaves OpenAI-style streams without usage as they are; their cost is then unknown.',
    },
    spliceUsageOnCustomHosts: {
      kind: 'boolean',
      description:
        'true asks hosts of unknown make for usage too; some refuse a field that they do not know.',
    },
    escalations: {
      kind: 'named',
      description:
        'What the escalations that budget files name do: {"support-lead": {"command": ["notify", "--urgent"]}} or {"support-lead": {"url": "https://hooks.example/…"}}.',
      value: {
        kind: 'object',
        description: 'Either a command or the URL of a webhook.',
        keys: {
          command: {
            kind: 'strings',
            description:
              'A program and its arguments, with full paths, started without a shell in the folder of the repository. It reads the summary as JSON from its standard input.',
          },
          url: {
            kind: 'string',
            description: 'An http or https address that the summary is posted to as JSON.',
          },
          headers: {
            kind: 'named',
            description:
              'Headers of the webhook, such as its authorization. They are never written anywhere.',
            value: { kind: 'string' },
          },
        },
      },
    },
    retention: {
      kind: 'object',
      description:
        'Runs that are older, and the oldest of a store that is larger, are removed when a profiler starts.',
      keys: {
        days: {
          kind: 'number',
          description: 'Days since a run was last recorded or imported; 30 unless set.',
        },
        maxBytes: { kind: 'number', description: 'Size of a store in bytes; 1000000000 unless set.' },
      },
    },
  },
}

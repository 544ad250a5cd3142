// The keys of `.costflame/config.jsonc`, as data: what the reader checks and the published JSON Schema is made from.

import type { Shape } from '../wire/jsonc'
import { IGNORED_SHAPE } from './ignored-rules'
import { RULES_SHAPE } from './rules'

export const CONFIG_VERSION = 1

const number: Shape = { kind: 'number' }

const RATE_KEYS = [
  ['input', 'Uncached input.'],
  ['cacheRead', 'Input read from a prompt cache.'],
  ['output', 'Output, reasoning included.'],
  ['audioInput', 'Audio in the prompt.'],
  ['imageInput', 'Images in the prompt.'],
  ['videoInput', 'Video in the prompt.'],
  ['audioCacheRead', 'Audio read from a prompt cache.'],
  ['imageCacheRead', 'Images read from a prompt cache.'],
  ['audioOutput', 'Generated audio.'],
  ['imageOutput', 'Generated images.'],
  ['videoOutput', 'Generated video.'],
] as const

const rate = (description: string): Shape => ({ kind: 'number', description })

const perMillionTokens: Shape = {
  kind: 'object',
  description: 'USD per million tokens. What is not named costs what the price book says. 0 is a price.',
  keys: {
    ...Object.fromEntries(RATE_KEYS.map(([name, description]) => [name, rate(description)])),
    cacheWrite: {
      kind: 'either',
      expected: 'a number, or an object with a number for each time to live',
      description: 'Input written to a prompt cache: one price, or one for each time to live.',
      of: [
        number,
        {
          kind: 'object',
          keys: { '5m': number, '30m': number, '1h': number, '12h': number, unknown: number },
        },
      ],
    },
  },
}

const prices: Shape = {
  kind: 'list',
  description:
    'Negotiated prices and free local models. The first row that fits provider, model, moment and tier counts, before everything else.',
  of: {
    kind: 'object',
    required: ['provider', 'models'],
    keys: {
      provider: {
        kind: 'string',
        description: 'Provider id: openai, azure, bedrock …, or custom:<host> with its port.',
      },
      models: {
        kind: 'either',
        expected: 'a model or a list of models',
        description: 'Exact model ids without their date, or "*" for every model of the provider.',
        of: [{ kind: 'string' }, { kind: 'strings' }],
      },
      from: { kind: 'moment', description: 'First day (or moment, UTC) on which the row holds.' },
      to: { kind: 'moment', description: 'First day (or moment, UTC) on which it no longer holds.' },
      tier: {
        kind: 'string',
        description: 'Holds for calls of this service tier only, and is the whole price at that tier.',
      },
      perMillionTokens,
      over: {
        kind: 'object',
        description: 'Prices of the whole request when all its input is more than `tokens`.',
        required: ['tokens', 'perMillionTokens'],
        keys: { tokens: number, perMillionTokens },
      },
      perThousand: {
        kind: 'object',
        description: 'USD per thousand pieces.',
        keys: {
          webSearch: number,
          webSearchPreview: number,
          webFetch: number,
          searchUnits: number,
          grounding: number,
          mapsGrounding: number,
          fileSearch: number,
          codeExecution: number,
        },
      },
      discount: {
        kind: 'share',
        description: 'Share off every token price of the price book: 0.15 is 15 % off.',
      },
      note: { kind: 'string', description: 'For people; not read.' },
    },
  },
}

export const CONFIG_SHAPE: Shape = {
  kind: 'object',
  required: ['version'],
  keys: {
    $schema: { kind: 'string' },
    version: { kind: 'number', description: `The version of this format: ${CONFIG_VERSION}.` },
    prices,
    rules: RULES_SHAPE,
    deployments: {
      kind: 'named',
      description:
        'The model behind a deployment or inference profile, by provider: {"azure": {"my-deployment": "gpt-4.1"}}.',
      value: { kind: 'named', value: { kind: 'string' } },
    },
    upstreams: {
      kind: 'named',
      description:
        'Where calls of a provider go. Only loopback addresses count here; set others with --upstream or user settings.',
      value: { kind: 'string' },
    },
    content: {
      kind: 'choice',
      of: ['hashes'],
      description:
        '"hashes" keeps no text of prompts and replies of calls made here, whatever the user settings say. A committed file cannot ask for more than they allow.',
    },
    findings: {
      kind: 'object',
      description:
        'Which findings are told: those that save at least the larger of `minUsd` dollars and `minShare` of what the run costs.',
      keys: {
        minUsd: { kind: 'number', description: 'US dollars a run. 0.01 where it is not said.' },
        minShare: { kind: 'share', description: 'Part of the cost of the run. 0.02 where it is not said.' },
        ignore: IGNORED_SHAPE,
      },
    },
    retrievalTools: {
      kind: 'strings',
      description: 'Names of tools whose results are retrieved documents.',
    },
  },
}

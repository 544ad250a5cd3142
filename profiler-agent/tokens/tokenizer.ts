// Counts tokens with o200k_base, the one local tokenizer for all models. It does not know models, framing or calibration.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { init, Tiktoken } from 'tiktoken/lite/init'

/** The two files beside the bundle that a tokenizer is made of. */
export const TOKENIZER_ASSETS = { wasm: 'tiktoken_bg.wasm', ranks: 'o200k_base.json' } as const

// Node has it, but TypeScript declares it only with the DOM.
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>
  instantiate(module: object, imports: object): Promise<object>
}

export interface Tokenizer {
  /**
   * Tokens of `text` in o200k_base. Special tokens (`<|endoftext|>`) count as the text they are; a lone surrogate counts as U+FFFD.
   * Exact, except in unbroken runs over 1,000 characters, which are counted in slices.
   */
  count(text: string): number
}

const loaded = new Map<string, Promise<Tokenizer>>()

/**
 * Loads the tokenizer from a folder that holds `TOKENIZER_ASSETS` (`dist/` in the product). Takes about 0.3 s and 100 MB the
 * first time, so call it when a count is first needed; later calls share the result.
 * Rejects with a message that names the file when an asset is missing or broken.
 */
export function loadTokenizer(assetFolder: string): Promise<Tokenizer> {
  const known = loaded.get(assetFolder)
  if (known) return known
  const loading = buildTokenizer(assetFolder)
  loaded.set(assetFolder, loading)
  // A failed load is not kept: the folder may be complete the next time.
  loading.catch(() => loaded.delete(assetFolder))
  return loading
}

async function buildTokenizer(assetFolder: string): Promise<Tokenizer> {
  const [wasm, rankText] = await Promise.all([
    readAsset(join(assetFolder, TOKENIZER_ASSETS.wasm)),
    readAsset(join(assetFolder, TOKENIZER_ASSETS.ranks)),
  ])
  const ranks = decodeRanks(rankText.toString('utf8'), join(assetFolder, TOKENIZER_ASSETS.ranks))
  const module = await WebAssembly.compile(new Uint8Array(wasm))
  await init((imports) => WebAssembly.instantiate(module, imports))
  const encoding = new Tiktoken(ranks.bpe_ranks, ranks.special_tokens, ranks.pat_str)
  return {
    count: (text) =>
      cutLongRuns(text).reduce((sum, piece) => sum + encoding.encode_ordinary(piece).length, 0),
  }
}

async function readAsset(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new Error(
      `The tokenizer file ${path} cannot be read. Run \`npm run build\` or install Costflame again.`,
      {
        cause: error,
      },
    )
  }
}

interface Ranks {
  readonly pat_str: string
  readonly special_tokens: Record<string, number>
  readonly bpe_ranks: string
}

function decodeRanks(text: string, path: string): Ranks {
  const value: unknown = parseJson(text)
  if (isRanks(value)) return value
  throw new Error(
    `The tokenizer file ${path} does not hold token ranks. Run \`npm run build\` or install Costflame again.`,
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The caller reports the file as unusable.
    return undefined
  }
}

function isRanks(value: unknown): value is Ranks {
  if (typeof value !== 'object' || value === null) return false
  return (
    'pat_str' in value &&
    typeof value.pat_str === 'string' &&
    'bpe_ranks' in value &&
    typeof value.bpe_ranks === 'string' &&
    'special_tokens' in value &&
    typeof value.special_tokens === 'object'
  )
}

/** Longest run of one character class that is handed to the encoder whole. */
const MAX_RUN = 1_000
const RUNS = /[\p{L}\p{M}]{1,1000}|[^\s\p{L}\p{N}]{1,1000}|\s{1,1000}/gu

// Byte-pair merging is quadratic in the length of one unbroken run: 200,000 × 'a' takes 36 s whole and 0.3 s in slices.
function cutLongRuns(text: string): string[] {
  if (text.length <= MAX_RUN) return [text]
  const pieces: string[] = []
  let start = 0
  for (const run of text.matchAll(RUNS)) {
    if (run[0].length < MAX_RUN) continue
    const end = run.index + run[0].length
    pieces.push(text.slice(start, end))
    start = end
  }
  pieces.push(text.slice(start))
  return pieces
}

// How often a call used Google Search or Maps, in the pieces that Google bills: prompts up to Gemini 2.5, queries after it.
// Source: ai.google.dev/gemini-api/docs/pricing and /google-search ("empty queries are ignored when counting unique
// queries"), read 2026-11-22. Search in own data, URL context and code execution have no fee beyond their tokens.

import type { Units } from '../model/usage'
import { isObject, type JsonObject, textOf } from '../wire/json'
import { fieldOf, listOf } from './gemini-notation'
import { unitsOf } from './usage-rules'

/** What a reply shows of its searches. */
export interface Searches {
  /** Queries as they were sent to Google Search, those for images too; repeated and empty ones included. */
  readonly queries: readonly string[]
  /** True where results of Google Search stand in the reply, with or without the queries. */
  readonly isSearched: boolean
  /** How often Maps was asked does not stand in the reply of generateContent: once, then. */
  readonly isMapped: boolean
}

/** Reads the `groundingMetadata` of all candidates and chunks of one reply. */
export function searchesIn(metadata: readonly JsonObject[]): Searches {
  const queries = metadata.flatMap((each) =>
    ['webSearchQueries', 'imageSearchQueries'].flatMap((name) =>
      listOf(fieldOf(each, name)).flatMap((query) => textOf(query) ?? []),
    ),
  )
  const chunks = metadata.flatMap((each) => listOf(fieldOf(each, 'groundingChunks'))).filter(isObject)
  return {
    queries,
    isSearched: queries.length > 0 || metadata.some((each) => isObject(fieldOf(each, 'searchEntryPoint'))),
    isMapped: chunks.some(({ maps }) => isObject(maps)),
  }
}

/** Pieces to pay for; nothing where no search was made. */
export function groundingUnits({ queries, isSearched, isMapped }: Searches, model: string): Units {
  const unique = new Set(queries.map((query) => query.trim()).filter((query) => query !== '')).size
  const searched = isPricedByPrompt(model) ? Number(isSearched) : Math.max(unique, Number(isSearched))
  return unitsOf({ grounding: searched, mapsGrounding: Number(isMapped) })
}

/** Gemini 2.5 and older pay for a prompt with search, however many queries it made. */
function isPricedByPrompt(model: string): boolean {
  const generation = /gemini-(\d+)/.exec(model)?.[1]
  return generation !== undefined && Number(generation) < 3
}

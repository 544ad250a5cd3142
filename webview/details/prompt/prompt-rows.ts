// What the list of a prompt shows, row by row: blocks, texts that are gone, the place where it parts from the request before. Pure.

import type { CallPrompt, GoneText, PromptBlock } from '../../../profiler-agent/model/run-questions'

export type PromptRow =
  | { readonly what: 'block'; readonly key: string; readonly index: number; readonly block: PromptBlock }
  | { readonly what: 'gone'; readonly key: string; readonly gone: GoneText }
  /** Everything from the next row on is no longer the request before. */
  | { readonly what: 'divergence'; readonly key: string }
  /** So many blocks in a row that are the same are left out. */
  | { readonly what: 'skipped'; readonly key: string; readonly count: number; readonly tokens: number }

/** Key of the row at which the prompt parts from the request before. */
export const DIVERGENCE = 'divergence'

export interface PromptFilter {
  readonly onlyChanges: boolean
}

/** Rows of a prompt in the order in which the provider reads it. */
export function promptRows({ blocks, before }: CallPrompt, { onlyChanges }: PromptFilter): PromptRow[] {
  const rows: PromptRow[] = []
  const goneAt = Map.groupBy(before?.gone ?? [], ({ at }) => at)
  let skipped = { from: 0, count: 0, tokens: 0 }
  const closeSkipped = () => {
    if (skipped.count > 0) rows.push({ what: 'skipped', key: `skipped ${skipped.from}`, ...skipped })
    skipped = { from: 0, count: 0, tokens: 0 }
  }
  for (let index = 0; index <= blocks.length; index++) {
    const block = blocks[index]
    const gone = goneAt.get(index) ?? []
    const isDivergence = before?.firstDivergence === index
    if (isDivergence || gone.length > 0) closeSkipped()
    if (isDivergence) rows.push({ what: 'divergence', key: DIVERGENCE })
    for (const text of gone) rows.push({ what: 'gone', key: `gone ${text.path} ${text.hash}`, gone: text })
    if (block === undefined) break
    const isSame = block.change === 'same' || block.change === undefined
    if (onlyChanges && isSame) {
      if (skipped.count === 0) skipped = { from: index, count: 0, tokens: 0 }
      skipped = { ...skipped, count: skipped.count + 1, tokens: skipped.tokens + block.tokens }
      continue
    }
    closeSkipped()
    rows.push({ what: 'block', key: blockKey(index), index, block })
  }
  closeSkipped()
  return rows
}

export function replyRows({ reply }: CallPrompt): PromptRow[] {
  return reply.map((block, index) => ({ what: 'block', key: `reply ${index}`, index, block }))
}

export function blockKey(index: number): string {
  return `block ${index}`
}

/** Blocks that are not in the request before as they are here, and texts that are gone. */
export function countChanges({ blocks, before }: CallPrompt): number {
  const changed = blocks.filter(({ change }) => change !== undefined && change !== 'same').length
  return changed + (before?.gone.length ?? 0)
}

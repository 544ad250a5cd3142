// Prompts and replies in the store: lists of copied ranges and blocks, with contents by their key and ids of tool calls apart.

import type { HashedBlock, PromptPart } from '../model/record'
import type { Shapes } from './pack'

type PackedBlock = readonly [
  path: string,
  kind: string,
  content: number,
  name?: string | 0,
  toolCall?: number,
  mark?: string,
]
type PackedPart = readonly [start: number, count: number] | PackedBlock
type PackedLists = readonly [prompt: readonly PackedPart[], reply: readonly PackedPart[]]

export interface PromptLists {
  readonly prompt: readonly PromptPart[]
  readonly reply: readonly HashedBlock[]
}

/** Both lists as a shape with its numbers, and the ids, which would make every shape another one. */
export function packLists(
  { prompt, reply }: PromptLists,
  shapes: Shapes,
  keyOf: (hash: string) => number,
): { readonly parts: string; readonly ids: string | null } {
  const ids: string[] = []
  const pack = (part: PromptPart): PackedPart =>
    'hash' in part ? packBlock(part, keyOf(part.hash), ids) : part
  const lists: PackedLists = [prompt.map(pack), reply.map(pack)]
  return { parts: shapes.pack(JSON.stringify(lists)), ids: ids.length === 0 ? null : JSON.stringify(ids) }
}

/** Later fields are rare: what is absent at the end is left out, what is absent before the end is 0. Ids count from 1. */
function packBlock(
  { path, kind, name, toolCallId, mark }: HashedBlock,
  key: number,
  ids: string[],
): PackedBlock {
  const toolCall = toolCallId === undefined ? 0 : numberOf(toolCallId, ids)
  if (mark !== undefined) return [path, kind, key, name ?? 0, toolCall, mark]
  if (toolCall > 0) return [path, kind, key, name ?? 0, toolCall]
  return name === undefined ? [path, kind, key] : [path, kind, key, name]
}

function numberOf(id: string, ids: string[]): number {
  const index = ids.indexOf(id)
  return index < 0 ? ids.push(id) : index + 1
}

/** The lists as they were packed; `hashOf` gives the hash of a content's key. */
export function unpackLists(
  parts: string,
  ids: string | null,
  shapes: Shapes,
  hashOf: (key: number) => string,
): PromptLists {
  const [prompt, reply] = JSON.parse(shapes.unpack(parts)) as PackedLists
  const names = ids === null ? [] : (JSON.parse(ids) as string[])
  const unpack = (part: PackedPart): PromptPart => (isBlock(part) ? unpackBlock(part, names, hashOf) : part)
  return { prompt: prompt.map(unpack), reply: reply.map(unpack).filter((part) => 'hash' in part) }
}

function isBlock(part: PackedPart): part is PackedBlock {
  return typeof part[0] === 'string'
}

function unpackBlock(
  [path, kind, key, name, toolCall = 0, mark]: PackedBlock,
  ids: readonly string[],
  hashOf: (key: number) => string,
): HashedBlock {
  const toolCallId = ids[toolCall - 1]
  return {
    path,
    kind: kind as HashedBlock['kind'],
    hash: hashOf(key),
    ...(typeof name === 'string' ? { name } : {}),
    ...(toolCallId === undefined ? {} : { toolCallId }),
    ...(mark === undefined ? {} : { mark: mark as NonNullable<HashedBlock['mark']> }),
  }
}

/** Keys of the contents that packed lists name themselves. */
export function contentKeys(parts: string, shapes: Shapes): number[] {
  const lists = JSON.parse(shapes.unpack(parts)) as PackedLists
  return lists.flat().flatMap((part) => (isBlock(part) ? [part[2]] : []))
}

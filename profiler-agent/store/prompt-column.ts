// Prompts and replies in the store: the list of copied ranges and blocks, with contents by their key.

import type { HashedBlock, PromptPart } from '../model/record'

type PackedBlock = readonly [
  path: string,
  kind: string,
  content: number,
  name?: string | 0,
  toolCallId?: string | 0,
  mark?: string,
]
type PackedPart = readonly [start: number, count: number] | PackedBlock

/** JSON; `keyOf` gives the key of a content. */
export function packParts(parts: readonly PromptPart[], keyOf: (hash: string) => number): string {
  return JSON.stringify(parts.map((part): PackedPart => ('hash' in part ? packBlock(part, keyOf) : part)))
}

/** Later fields are rare: what is absent at the end is left out, what is absent before the end is 0. */
function packBlock(
  { path, kind, hash, name, toolCallId, mark }: HashedBlock,
  keyOf: (hash: string) => number,
): PackedBlock {
  const key = keyOf(hash)
  if (mark !== undefined) return [path, kind, key, name ?? 0, toolCallId ?? 0, mark]
  if (toolCallId !== undefined) return [path, kind, key, name ?? 0, toolCallId]
  return name === undefined ? [path, kind, key] : [path, kind, key, name]
}

/** Parts as they were packed; `hashOf` gives the hash of a content's key. */
export function unpackParts(json: string, hashOf: (key: number) => string): PromptPart[] {
  return (JSON.parse(json) as PackedPart[]).map((part) => (isBlock(part) ? unpackBlock(part, hashOf) : part))
}

function isBlock(part: PackedPart): part is PackedBlock {
  return typeof part[0] === 'string'
}

function unpackBlock(
  [path, kind, key, name, toolCallId, mark]: PackedBlock,
  hashOf: (key: number) => string,
): HashedBlock {
  return {
    path,
    kind: kind as HashedBlock['kind'],
    hash: hashOf(key),
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof toolCallId === 'string' ? { toolCallId } : {}),
    ...(mark === undefined ? {} : { mark: mark as NonNullable<HashedBlock['mark']> }),
  }
}

/** Keys of the contents that a packed list names itself. */
export function contentKeys(json: string): number[] {
  return (JSON.parse(json) as PackedPart[]).flatMap((part) => (isBlock(part) ? [part[2]] : []))
}

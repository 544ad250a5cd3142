// What a key means in a grid. No DOM but the shape of a key.

import type { RowSource } from './grid-rows'

export interface Key {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

export type GridIntent =
  | { readonly do: 'select'; readonly index: number }
  | { readonly do: 'toggle'; readonly open: boolean }
  | { readonly do: 'activate' }

/** `page` is how many rows are on screen. `undefined`: the key is for somebody else. */
export function intentOf(
  { key, ctrlKey, metaKey, altKey }: Key,
  content: RowSource,
  page: number,
): GridIntent | undefined {
  if (ctrlKey || metaKey || altKey || content.rowCount === 0) return undefined
  const { selected, rowCount } = content
  const to = (index: number): GridIntent => ({
    do: 'select',
    index: Math.min(rowCount - 1, Math.max(0, index)),
  })
  switch (key) {
    case 'ArrowDown':
      return to(selected + 1)
    case 'ArrowUp':
      return to(selected - 1)
    case 'PageDown':
      return to(selected + page)
    case 'PageUp':
      return to(selected - page)
    case 'Home':
      return to(0)
    case 'End':
      return to(rowCount - 1)
    case 'Enter':
      return selected < 0 ? undefined : { do: 'activate' }
    case 'ArrowRight':
    case 'ArrowLeft':
      return sideways(key, content)
    default:
      return undefined
  }
}

/** Opens and closes; from a row without anything below it, to the row that it is in. */
function sideways(key: string, { rowAt, selected }: RowSource): GridIntent | undefined {
  if (selected < 0) return undefined
  const { isOpen, level } = rowAt(selected)
  if (isOpen !== undefined && isOpen === (key === 'ArrowLeft')) return { do: 'toggle', open: !isOpen }
  if (level === undefined) return undefined
  if (key === 'ArrowRight') return isOpen === true ? { do: 'select', index: selected + 1 } : undefined
  let above = selected - 1
  while (above >= 0 && (rowAt(above).level ?? level) >= level) above--
  return above < 0 ? undefined : { do: 'select', index: above }
}

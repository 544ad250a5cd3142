// The key `content` of both files. What cannot be read as meant counts as the stricter choice: a typing error must not keep what somebody wanted gone.

import type { ContentMode } from '../model/content-mode'
import { type ReadJsonc, valueAt } from '../wire/jsonc'

/** `undefined` where nothing is said. */
export function contentOf(text: string, { root, problems }: ReadJsonc): ContentMode | undefined {
  const said = root && valueAt(root, ['content'])
  if (said) return said.value === 'full' ? 'full' : 'hashes'
  if (text.trim() === '') return undefined
  // In a file that breaks off the key may stand behind the break.
  return problems.some(({ message }) => message.startsWith('this is not valid')) ? 'hashes' : undefined
}

// Texts of a prompt as they are sent before somebody asks for the whole of one.

import { present } from '../model/present'
import type { PromptText } from '../model/run-questions'
import { readCharacters, readContent } from '../store/reader'
import type { Store } from '../store/store'

const SHOWN_CHARACTERS = 300

export function promptText(
  store: Store,
  { path, kind, name, hash }: Pick<PromptText, 'path' | 'kind' | 'hash'> & { readonly name?: string },
): PromptText {
  const text = hash === '' ? undefined : readContent(store, hash)
  return {
    ...{ path, kind, hash },
    ...present({ name }),
    text: hash === '' ? '' : (text?.slice(0, SHOWN_CHARACTERS) ?? null),
    characters: text?.length ?? (hash === '' ? 0 : readCharacters(store, hash)),
  }
}

// Words as VS Code gives them where nothing is translated, for texts that are tested without it.
import type { Words } from '../../extension/editor/lens-text'

export const plainWords: Words = {
  t: (message: string | { readonly message: string }, ...values: unknown[]) => {
    const text = typeof message === 'string' ? message : message.message
    return text.replace(/\{(\d+)\}/g, (_, index) => String(values.flat()[Number(index)]))
  },
}

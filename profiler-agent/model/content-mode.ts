// Whether texts of prompts and replies are kept.

/** `hashes`: no text of a prompt or a reply is written anywhere; usage, cost and the shape of prompts still are. */
export type ContentMode = 'full' | 'hashes'

export const CONTENT_MODES = ['full', 'hashes'] as const satisfies readonly ContentMode[]

/** The one that keeps less. */
export function strictest(...modes: readonly (ContentMode | undefined)[]): ContentMode {
  return modes.includes('hashes') ? 'hashes' : 'full'
}

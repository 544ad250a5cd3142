// The hash by which contents and findings are known.

import { hash } from 'node:crypto'

/** SHA-256, hex. */
export function hashOf(text: string): string {
  return hash('sha256', text)
}

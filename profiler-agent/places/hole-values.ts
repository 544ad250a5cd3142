// Which holes of a template take different values in the prompts that it made: found by laying its constant text over them.

import type { Hole, Piece } from './lexeme'
import { lettersOf } from './prompt-templates'

/** Prompts that the template did not make, or not alone, tell nothing. White space is not compared. */
export function changingHoles(pieces: readonly Piece[], prompts: readonly string[]): Hole[] {
  const values = prompts.flatMap((prompt) => {
    const found = valuesIn(pieces, lettersOf(prompt))
    return found ? [found] : []
  })
  return pieces
    .filter((piece) => piece.kind === 'hole')
    .filter((hole) => new Set(values.map((each) => each.get(hole))).size > 1)
}

/** The value of each hole; of holes without text between them, the first has it all. */
function valuesIn(pieces: readonly Piece[], letters: string): Map<Hole, string> | undefined {
  const values = new Map<Hole, string>()
  let open: Hole | undefined
  let from = 0
  for (const piece of pieces) {
    if (piece.kind === 'hole') {
      open ??= piece
      continue
    }
    const constant = lettersOf(piece.text)
    if (constant === '') continue
    const at = letters.indexOf(constant, from)
    if (at < 0) return undefined
    if (open) values.set(open, letters.slice(from, at))
    open = undefined
    from = at + constant.length
  }
  if (open) values.set(open, letters.slice(from))
  return values
}

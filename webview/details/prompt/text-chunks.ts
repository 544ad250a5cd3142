// A long text cut into pieces that are drawn one by one as they come on screen. Pure.

/** About a screen of prose. */
const MOST_CHARACTERS = 3_000
const MOST_LINES = 40

/** The pieces in order; together they are the text. Cut behind line ends where there are any, never inside of a character. */
export function textChunks(text: string): string[] {
  const chunks: string[] = []
  for (let from = 0; from < text.length; ) {
    const to = endOfChunk(text, from)
    chunks.push(text.slice(from, to))
    from = to
  }
  return chunks
}

function endOfChunk(text: string, from: number): number {
  const most = Math.min(text.length, from + MOST_CHARACTERS)
  let end = 0
  let lines = 0
  for (let at = text.indexOf('\n', from); at >= 0 && at < most && lines < MOST_LINES; lines++) {
    end = at + 1
    at = text.indexOf('\n', end)
  }
  if (lines === MOST_LINES) return end
  if (most === text.length) return most
  // A line that is longer than a chunk is cut where it is full.
  return end > from + MOST_CHARACTERS / 2 ? end : isInsideOfPair(text, most) ? most - 1 : most
}

function isInsideOfPair(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff
}

// Texts as one reads them. Pure.

/** JSON as one reads it; every other text as it is. */
export function laidOut(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    // It only began like JSON.
    return text
  }
}

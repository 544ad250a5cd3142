// Addresses as text.

/** `new URL` without the error; Node 18 has no `URL.canParse` in all its versions. */
export function urlOf(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    // Whoever made the request says what is wrong with it.
    return undefined
  }
}

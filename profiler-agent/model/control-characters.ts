// Characters that no header, line or label may hold. For old Nodes too: it runs in the user's own programs.

// C0, DEL, C1, and the two separators that end a line in JavaScript.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/

const EACH = new RegExp(CONTROL, 'g')

export function hasControl(text: string): boolean {
  return CONTROL.test(text)
}

/** Each run of them as one blank. */
export function withoutControl(text: string): string {
  return text.replace(EACH, ' ')
}

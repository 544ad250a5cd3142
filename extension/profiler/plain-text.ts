// Texts for VS Code's messages, which turn `[name](command:…)` into a link that runs a command.

/** A text with names that others chose (agents, files, runs): nothing in it is a link. */
export function plainText(text: string): string {
  return text.replaceAll('](', '] (')
}

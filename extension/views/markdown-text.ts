// Text that others chose (names, messages, files), as Markdown shows it: nothing in it is markup.

/** As `MarkdownString.appendText` would, but within a line. */
export function markdownText(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!~<>&|$]/g, '\\$&').replace(/\s+/g, ' ')
}

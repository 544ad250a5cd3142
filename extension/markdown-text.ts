// Markdown out of what others chose (names, messages, files), in which nothing of theirs is markup. Knows no VS Code.

/** As `MarkdownString.appendText` would, but within a line; what looks like an address is no link either. */
export function markdownText(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#+\-.!~|$]/g, '\\$&')
    .replace(/[<>&:@]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/(?<=www)(?=\\\.)/gi, '&#8203;')
    .replace(/\s+/g, ' ')
}

/** A link that runs a command of ours; the text is markup already. Arguments stand in it as JSON in a URI, so that nothing of them is markup. */
export function commandLink(
  text: string,
  command: string,
  args: readonly unknown[],
  tooltip?: string,
): string {
  const target = encodeURIComponent(JSON.stringify(args)).replace(
    /[()']/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  )
  const title = tooltip === undefined ? '' : ` "${markdownText(tooltip).replaceAll('"', '&quot;')}"`
  return `[${text}](command:${command}?${target}${title})`
}

/** A row of a table, of cells that are markup already. What is right-aligned would touch what stands before it. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell, index) => (index > 0 && cell !== '' ? `&ensp;${cell}` : cell)).join(' | ')} |`
}

// Changes of `config.jsonc` that somebody asks for with a click: comments and layout stay.

import { applyEdits, modify, type ParseError, parse } from 'jsonc-parser'
import { present } from '../model/present'
import { CONFIG_VERSION } from './config-shape'
import type { IgnoredRule } from './ignored-rules'

/** The text of `config.jsonc` with one more entry; `undefined` where it cannot be edited. Without a text it is a new file. */
export function withIgnoredRule(
  text: string | undefined,
  { rule, file }: Omit<IgnoredRule, 'line'>,
): string | undefined {
  const before = text ?? `{\n  "version": ${CONFIG_VERSION}\n}\n`
  const errors: ParseError[] = []
  parse(before, errors, { allowTrailingComma: true })
  if (errors.length > 0) return undefined
  const eol = before.includes('\r\n') ? '\r\n' : '\n'
  const insertSpaces = !/^\t/m.test(before)
  try {
    const edits = modify(
      before,
      ['findings', 'ignore', -1],
      { rule, ...present({ file }) },
      {
        isArrayInsertion: true,
        formattingOptions: { insertSpaces, tabSize: 2, eol },
      },
    )
    return applyEdits(before, edits)
  } catch {
    // Something else than an object or a list is in the way, which is said as a problem of the file.
    return undefined
  }
}

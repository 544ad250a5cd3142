// Pages in `docs/` that tests write: what they show is what the test found.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { inRepository } from './repository'

/**
 * Fails where `docs/NAME` is not this text; writes it first where the environment variable is 1. `compared` leaves out of both what
 * may differ.
 */
export function assertGeneratedPage(
  name: string,
  text: string,
  variable: string,
  compared: (page: string) => string = (page) => page,
): void {
  const path = inRepository('docs', name)
  if (process.env[variable] === '1') writeFileSync(path, text)
  const problem = `docs/${name} is not current; write it with ${variable}=1`
  assert.equal(compared(readFileSync(path, 'utf8')), compared(text), problem)
}

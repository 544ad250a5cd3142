// Pages in `docs/` that tests write: what they show is what the test found.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { inRepository } from './repository'

/** Fails where `docs/NAME` is not this text; writes it first where the environment variable is 1. */
export function assertGeneratedPage(name: string, text: string, variable: string): void {
  const path = inRepository('docs', name)
  if (process.env[variable] === '1') writeFileSync(path, text)
  const problem = `docs/${name} is not current; write it with ${variable}=1`
  assert.equal(readFileSync(path, 'utf8'), text, problem)
}

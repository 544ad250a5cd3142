// The saved runs in test/fixtures/runs, read as the product reads them.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { decodeRunFile } from '../../profiler-agent/formats/json'
import type { Run } from '../../profiler-agent/model/span'
import { inRepository } from './repository'

/** `support-desk`: an orchestrator and two specialists, a failed call, one without a price. */
export function fixtureRun(name: 'support-desk'): Run {
  const file = inRepository('test', 'fixtures', 'runs', `${name}.costflame.json`)
  const [run] = decodeRunFile(readFileSync(file, 'utf8')).runs
  assert.ok(run)
  return run
}

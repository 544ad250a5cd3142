// Findings as the search for places leaves them, for folders that a test writes.

import assert from 'node:assert/strict'
import type { Finding } from '../../profiler-agent/model/finding'
import type { Frame } from '../../profiler-agent/model/span'
import { FindingPlaces } from '../../profiler-agent/places/finding-places'
import type { CallFacts, PromptBlock } from '../../profiler-agent/places/subject'
import { type TestFolder, temporaryFolder, writeFiles } from './test-folders'

/** For each test folders with these files, which are gone after it. */
export function useRepositories(): (files: Readonly<Record<string, string>>) => string {
  const folders: TestFolder[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) folder.remove()
  })
  return (files) => {
    const folder = temporaryFolder('places')
    folders.push(folder)
    writeFiles(folder.path, files)
    return folder.path
  }
}

export interface SoughtFinding {
  readonly rule?: string
  readonly evidence: Finding['evidence']
  /** `file:line:column` of the frames, innermost first. */
  readonly frames?: readonly string[]
  readonly provider?: string
  readonly agent?: string
  readonly prompt?: readonly PromptBlock[]
  /** System texts of its calls, one after another; else it has one call. */
  readonly prompts?: readonly string[]
  /** True where an earlier version was the same: nothing is to be found any more. */
  readonly isKnown?: true
  /** For how long is searched at most. */
  readonly mostMs?: number
}

/** The finding after the search in a folder; fails where the search does. */
export function placeFinding(root: string, sought: SoughtFinding): Finding {
  const [placed] = placeFindings(root, [sought])
  assert.ok(placed)
  return placed
}

/** Versions of one finding, one after another, each after its search. */
export function placeFindings(root: string, versions: readonly SoughtFinding[]): Finding[] {
  const failures: unknown[] = []
  let current: SoughtFinding | undefined
  const places = new FindingPlaces({
    runOf: () => ({ root, callOf: (spanId) => current && callOf(current, spanId) }),
    hashOf: (text) => `hash of ${text.length} characters`,
    hasSecret: (text) => text.includes('sk-canary'),
    found: () => undefined,
    failed: (error) => failures.push(error),
  })
  const placed = versions.flatMap((sought) => {
    current = sought
    const finding = findingOf(sought)
    const before = places.placed([finding])
    if (!sought.isKnown) assert.deepEqual(before, [finding], 'nothing is read before somebody waits for it')
    places.finish(sought.mostMs ?? 60_000)
    return places.placed([finding])
  })
  places.close()
  assert.deepEqual(failures, [])
  return placed
}

function framesOf({ frames = ['agent.ts:1:1'] }: SoughtFinding): Frame[] {
  return frames.map((text) => {
    const [file = '', line, column] = text.split(':')
    return { file, line: Number(line), ...(column === undefined ? {} : { column: Number(column) }) }
  })
}

function callOf(sought: SoughtFinding, spanId: string): CallFacts {
  const { provider = 'openai', agent, prompts = [] } = sought
  const text = prompts[Number(spanId.slice(1)) - 1]
  const prompt = sought.prompt ?? (text === undefined ? [] : [{ path: 'system', text: () => text }])
  return { frames: framesOf(sought), provider, ...(agent ? { agent } : {}), prompt: () => prompt }
}

function findingOf(sought: SoughtFinding): Finding {
  const [frame] = framesOf(sought)
  return {
    id: 'f1',
    rule: sought.rule ?? 'cache/volatile-prefix',
    severity: 'warning',
    message: 'About 5,000 tokens were sent again',
    runId: 'r1',
    spanIds: (sought.prompts ?? ['']).map((_, index) => `s${index + 1}`),
    ...(frame ? { location: { file: frame.file, line: frame.line, column: frame.column ?? 1 } } : {}),
    relatedLocations: [],
    evidence: sought.evidence,
    fix: { title: 'Move it', safety: 'safe' },
  }
}

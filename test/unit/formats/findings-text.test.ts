// Findings as text and Markdown: what they say, and that other people's text in them is text.

import assert from 'node:assert/strict'
import { findingsMarkdown, findingText } from '../../../profiler-agent/formats/findings-text'
import type { Finding } from '../../../profiler-agent/model/finding'

const FINDING: Finding = {
  id: 'a1b2c3d4e5',
  rule: 'cache/volatile-prefix',
  severity: 'warning',
  message: 'Text changes ("<b>@all" → "x|y").',
  runId: 'r1',
  spanIds: [],
  location: { file: 'src/agent.ts', line: 4, column: 17 },
  relatedLocations: [{ file: 'src/call.ts', line: 9, column: 1, message: 'The call that sends it' }],
  evidence: { origin: { found: false, why: 'nothing fits' } },
  saving: { picoUsd: 120_000_000_000, perRun: true, assumption: 'it stayed the same', certainty: 'upTo' },
  fix: { title: 'Move it', safety: 'review' },
}

describe('findings as text', () => {
  it('say place, rule, id, cause, fix and saving', () => {
    assert.equal(
      findingText(FINDING),
      `src/agent.ts:4:17: warning: cache/volatile-prefix
  Text changes ("<b>@all" → "x|y").
  src/call.ts:9:1: The call that sends it
  origin in the repository: not found (nothing fits)
  fix: Move it (review: it may change what the model sees)
  saving: up to $0.12 a run, if it stayed the same
  evidence: costflame why a1b2c3d4`,
    )
  })

  it('let no text of a prompt speak to the terminal', () => {
    const text = findingText({ ...FINDING, message: 'a\u001b[2J\nb\u0007' })
    assert.ok(text.includes('  a�[2J b�\n'), text)
  })
})

describe('findings as Markdown', () => {
  it('have a heading, place, saving, fix and the change', () => {
    assert.equal(
      findingsMarkdown([{ ...FINDING, message: 'It changes.' }], () => '-a\n+``` b'),
      `### Costflame: 1 finding

⚠️ \`cache/volatile-prefix\` at \`src/agent.ts:4\`: **up to $0.12 a run**

It changes.

Fix (review): Move it

Saves that much if it stayed the same.

<details><summary>The change</summary>

\`\`\`\`diff
-a
+\`\`\` b
\`\`\`\`

</details>`,
    )
  })

  it('put the costliest first', () => {
    const cheap = { ...FINDING, id: 'b', rule: 'cache/expired', saving: undefined }
    const { saving: _, ...free } = cheap
    const text = findingsMarkdown([free, FINDING], () => '')
    assert.ok(text.indexOf('volatile-prefix') < text.indexOf('cache/expired'))
  })

  it('mention nobody and hold no markup of a prompt', () => {
    const text = findingsMarkdown([FINDING], () => '')
    assert.ok(text.includes('"&lt;b&gt;@\u2060all" → "x\\|y"'), text)
  })

  it('say so where there is none', () => {
    assert.equal(
      findingsMarkdown([], () => ''),
      '### Costflame: no findings',
    )
  })
})

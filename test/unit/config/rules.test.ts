// Rules of config.jsonc: which calls they fit, what these are labelled with, and what is wrong with a rule.

import assert from 'node:assert/strict'
import { readConfigFile } from '../../../profiler-agent/config/config-file'
import { type RuleSubject, ruledAttribution } from '../../../profiler-agent/config/rules'

const CALL: RuleSubject = {
  system: 'You are the Refund Desk.\nBe kind.',
  model: 'gpt-5-mini-2025-08-07',
  path: '/v1/chat/completions',
  user: 'Where is my order 4711?',
}

function read(rules: string) {
  return readConfigFile(`{\n  "version": 1,\n  "rules": ${rules}\n}`)
}

function ruled(rules: readonly object[], call: Partial<RuleSubject> = {}) {
  const { rules: sound, problems } = read(JSON.stringify(rules))
  assert.deepEqual(problems, [])
  return ruledAttribution(sound, { ...CALL, ...call })
}

const problemsOf = (rules: string) =>
  read(rules).problems.map(({ line, column, message }) => `${line}:${column} ${message}`)

describe('config/rules', () => {
  for (const [what, match, fits] of [
    ['a text in the system prompt', { system: 'refund desk' }, true],
    ['a text that is not in it', { system: 'sales desk' }, false],
    ['one of several texts', { system: ['sales desk', 'be KIND'] }, true],
    ['none of several', { system: ['sales', 'billing'] }, false],
    ['an empty list', { system: [] }, false],
    ['a regular expression', { user: { regex: 'where is my (order|parcel)' } }, true],
    ['one that does not match', { user: { regex: '^order' } }, false],
    ['a model', { model: 'gpt-5-mini' }, true],
    ['a path', { path: { regex: '/chat/completions$' } }, true],
    ['all that is named', { system: 'refund', model: 'gpt-5', user: 'order' }, true],
    ['not all that is named', { system: 'refund', model: 'claude' }, false],
  ] as const)
    it(`${fits ? 'fit' : 'do not fit'} by ${what}`, () => {
      const { matched, fallback } = ruled([{ match, agent: 'desk' }])
      assert.deepEqual([matched, fallback], [fits ? { agent: 'desk' } : {}, {}])
    })

  it('take each label from the first rule that fits and has it, and tags from all', () => {
    const { matched } = ruled([
      { match: { model: 'claude' }, agent: 'nobody' },
      { match: { system: 'refund' }, agent: 'desk', tags: { team: 'care', Tier: 'gold' } },
      {
        match: { user: 'order' },
        agent: 'later',
        intent: 'order-status',
        tenant: 'acme',
        tags: { team: 'x' },
      },
      { match: { path: '/v1/' }, step: 'answer', agentVersion: '2', note: 'for people' },
    ])
    assert.deepEqual(matched, {
      ...{ agent: 'desk', intent: 'order-status', tenant: 'acme', step: 'answer', agentVersion: '2' },
      tags: { team: 'care', tier: 'gold' },
    })
  })

  it('without a match say what holds where nothing else does', () => {
    const { matched, fallback } = ruled([
      { tenant: 'in-house', agent: 'anything' },
      { match: {}, intent: 'other' },
      { match: { system: 'refund' }, agent: 'desk' },
    ])
    assert.deepEqual(matched, { agent: 'desk' })
    assert.deepEqual(fallback, { tenant: 'in-house', agent: 'anything', intent: 'other' })
  })

  it('are told apart from mistakes, with their place', () => {
    assert.deepEqual(
      problemsOf(`[
    { "match": { "sytem": "refund" }, "agent": "a" },
    { "match": { "user": { "regex": "(a" } }, "agent": "b" },
    { "match": { "model": 5 }, "agent": "c" },
    { "match": { "user": { "regexp": "a" } }, "agent": "d" },
    { "match": { "system": ["a", 7] }, "agent": "e" },
    { "agnt": "f" },
    { "agent": 7, "intent": "sound" },
    { "agent": "two\\nlines", "tags": { "a b": "x", "empty": "" } },
    "nonsense"
  ]`),
      [
        '4:18 unknown key "sytem"; known here: system, model, path, user',
        '6:27 rules[2].match.model must be a text, a list of texts, or {"regex": "…"}',
        '7:28 unknown key "regexp"; known here: regex',
        '7:26 rules[3].match.user needs "regex"',
        '8:28 rules[4].match.system must be a list of texts',
        '9:7 unknown key "agnt"; known here: match, agent, agentVersion, intent, tenant, step, tags, note',
        '10:16 rules[6].agent must be a string',
        '12:5 rules[8] must be an object',
        '5:37 this regular expression cannot be used: a ( has no )',
        '11:5 agent cannot be used as it is written',
        '11:5 tags.a b cannot be used as it is written',
        '11:5 tags.empty cannot be used as it is written',
      ],
    )
  })

  it('do not fit anything when something in their match is wrong', () => {
    const { rules } = read(`[
    { "match": { "sytem": "refund" }, "agent": "a" },
    { "match": { "user": { "regex": "(a" } }, "agent": "b" },
    { "match": { "system": "refund", "model": 5 }, "agent": "c" },
    { "match": { "user": { "regexp": "a" } }, "agent": "d" },
    { "match": 5, "agent": "e" },
    { "match": { "system": "refund" }, "agent": 7, "intent": "sound" }
  ]`)
    assert.deepEqual(ruledAttribution(rules, CALL), { matched: { intent: 'sound' }, fallback: {} })
  })

  it('keep the rest of the file, and the rest keeps them', () => {
    const { rules, retrievalTools, problems } = readConfigFile(
      '{"version": 1, "rules": [{"agent": "a"}], "retrievalTools": ["find"], "content": 7}',
    )
    assert.deepEqual([rules.length, retrievalTools, problems.length], [1, ['find'], 1])
  })
})

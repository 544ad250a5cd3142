// What an escalation is: in the user's own words, by settings or by a variable, and what is said where it is nothing.

import assert from 'node:assert/strict'
import {
  escalationNamed,
  escalationProblems,
  escalationVariable,
  targetOfVariable,
} from '../../../profiler-agent/config/escalations'
import { readUserSettings } from '../../../profiler-agent/config/user-settings'

const problemsOf = (text: string) =>
  readUserSettings(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`)

describe('config/escalations', () => {
  it('takes a command or a url, not both and not neither', () => {
    const text = `{ "version": 1, "escalations": {
  "both": { "command": ["x"], "url": "https://x.example" },
  "neither": {},
  "empty": { "command": [] },
  "mail": { "url": "mailto:lead@x.example" },
  "password": { "url": "https://me:canary-pw@x.example/" },
  "named": { "command": ["x"], "headers": { "a": "b" } },
  "split": { "url": "https://x.example", "headers": { "a b": "c" } },
  "typed": { "command": "notify" },
  "odd": { "shell": "rm -rf" },
  "good": { "url": "http://127.0.0.1:9/hook" } } }`
    assert.deepEqual(problemsOf(text), [
      '9:25 escalations.typed.command must be a list of texts',
      '10:12 unknown key "shell"; known here: command, url, headers',
      '2:11 escalations.both: give it either a command or a url',
      '3:14 escalations.neither: give it either a command or a url',
      '4:12 escalations.empty: its command names no program',
      '5:11 escalations.mail: its url must be an http or https address without a password; put that into headers',
      '6:15 escalations.password: its url must be an http or https address without a password; put that into headers',
      '7:12 escalations.named: headers are for a url; a command has none',
      '8:12 escalations.split: its header "a b" cannot be sent',
      '9:12 escalations.typed: give it either a command or a url',
      '10:10 escalations.odd: give it either a command or a url',
    ])
    assert.deepEqual(readUserSettings(text).escalations, { good: { url: 'http://127.0.0.1:9/hook' } })
  })

  it('names a variable for each', () => {
    assert.equal(escalationVariable('support-lead'), 'COSTFLAME_ESCALATE_SUPPORT_LEAD')
    assert.equal(escalationVariable('tier 2 (EU)'), 'COSTFLAME_ESCALATE_TIER_2_EU_')
  })

  for (const [text, command] of [
    ['notify', ['notify']],
    ['  notify  --to "the lead"  ', ['notify', '--to', 'the lead']],
    [`sh -c 'cat > "$OUT"'`, ['sh', '-c', 'cat > "$OUT"']],
    [`a --x="b c"'d'e`, ['a', '--x=b cde']],
    ['a "say \\"hi\\" \\\\" c:\\dir\\file', ['a', 'say "hi" \\', 'c:\\dir\\file']],
    [`a '' ""`, ['a', '', '']],
    ['["a", "b c", "$(d)"]', ['a', 'b c', '$(d)']],
  ] as const)
    it(`reads ${text} as a command`, () => {
      assert.deepEqual(targetOfVariable(text), { command })
    })

  it('reads an address as a webhook', () => {
    assert.deepEqual(targetOfVariable(' https://hooks.example/T0?x=1 '), {
      url: 'https://hooks.example/T0?x=1',
    })
  })

  it('says what is no command', () => {
    for (const text of [`notify 'the lead`, 'notify "', '["a", 1]', '[a]'])
      assert.deepEqual(targetOfVariable(text), { wrong: 'its quotes do not match' })
    assert.deepEqual(targetOfVariable('[]'), { wrong: 'its command names no program' })
    assert.deepEqual(targetOfVariable("''"), { wrong: 'its command names no program' })
  })

  it('takes the variable before the settings', () => {
    const settings = { lead: { command: ['from-settings'] }, constructor: { command: ['own'] } }
    assert.deepEqual(escalationNamed('lead', {}, settings), { command: ['from-settings'] })
    assert.deepEqual(escalationNamed('lead', { COSTFLAME_ESCALATE_LEAD: 'from-variable' }, settings), {
      ...{ command: ['from-variable'] },
    })
    assert.deepEqual(escalationNamed('lead', { COSTFLAME_ESCALATE_LEAD: ' ' }, settings), {
      ...{ command: ['from-settings'] },
    })
    assert.deepEqual(escalationNamed('lead', { COSTFLAME_ESCALATE_LEAD: '"' }, settings), {
      wrong: 'COSTFLAME_ESCALATE_LEAD: its quotes do not match',
    })
    assert.equal(escalationNamed('other', {}, settings), undefined)
    assert.equal(escalationNamed('toString', {}, {}), undefined)
  })

  it('says once where a budget escalates to nobody', () => {
    const budget = (
      line: number,
      escalation: string | undefined,
      onExceed: 'warn' | 'escalate' = 'escalate',
    ) => ({
      ...{ onExceed, position: { line, column: 5 } },
      ...(escalation === undefined ? {} : { escalation }),
    })
    const budgets = [
      budget(3, 'lead', 'warn'),
      budget(7, 'lead'),
      budget(9, 'lead'),
      budget(11, 'known'),
      budget(13, undefined),
      budget(15, 'broken'),
    ]
    const named = (name: string) =>
      name === 'known'
        ? { command: ['x'] }
        : name === 'broken'
          ? { wrong: 'its quotes do not match' }
          : undefined
    assert.deepEqual(escalationProblems(budgets, named, '/home/me/settings.jsonc'), [
      {
        ...{ line: 7, column: 5 },
        message:
          'escalation "lead" is defined nowhere: add it to "escalations" in /home/me/settings.jsonc, or set COSTFLAME_ESCALATE_LEAD',
      },
      { line: 15, column: 5, message: 'escalation "broken": its quotes do not match' },
    ])
  })
})

// The user's own settings: read as far as they can be, and never looser than they were meant.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { readConfigFile } from '../../../profiler-agent/config/config-file'
import { userSettingsJsonSchema } from '../../../profiler-agent/config/config-schema'
import { readUserSettings } from '../../../profiler-agent/config/user-settings'
import { strictest } from '../../../profiler-agent/model/content-mode'
import { inRepository } from '../../support/repository'

function problemsOf(text: string): string[] {
  return readUserSettings(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

describe('config/user-settings', () => {
  it('reads every key', () => {
    const settings = readUserSettings(`{
  "version": 1,
  "content": "hashes", // no prompts on this machine
  "upstreams": { "openai": "https://gateway.example/openai/", "anthropic": "http://10.0.0.7:8080" },
  "allowedOrigins": ["http://localhost:5173"],
  "spliceUsage": false,
  "spliceUsageOnCustomHosts": true,
  "retention": { "days": 7, "maxBytes": 250000000 },
  "escalations": {
    "support-lead": { "command": ["notify", "--urgent"] },
    "tickets": { "url": "https://tickets.example/new", "headers": { "authorization": "Bearer t" } },
  },
}`)
    assert.deepEqual(settings, {
      content: 'hashes',
      upstreams: { openai: 'https://gateway.example/openai', anthropic: 'http://10.0.0.7:8080' },
      allowedOrigins: ['http://localhost:5173'],
      spliceUsage: false,
      spliceUsageOnCustomHosts: true,
      retention: { days: 7, maxBytes: 250_000_000 },
      escalations: {
        'support-lead': { command: ['notify', '--urgent'] },
        tickets: { url: 'https://tickets.example/new', headers: { authorization: 'Bearer t' } },
      },
      problems: [],
    })
  })

  it('leaves open what is not said', () => {
    assert.deepEqual(readUserSettings('{"version": 1}'), {
      upstreams: {},
      allowedOrigins: [],
      retention: {},
      escalations: {},
      problems: [],
    })
  })

  it('says what is wrong where it stands, and keeps the rest', () => {
    const text = `{
  "version": 1,
  "upstreams": { "openai": "ftp://x", "nobody": "https://x.example", "groq": "https://me:pw@x.example", "cohere": "https://c.example" },
  "allowedOrigins": ["*", "http://localhost:5173/", "https://ok.example"],
  "retention": { "days": -1 },
  "port": 1
}`
    assert.deepEqual(problemsOf(text), [
      '5:26 retention.days must not be negative',
      '6:3 unknown key "port"; known here: $schema, version, content, upstreams, allowedOrigins, spliceUsage, spliceUsageOnCustomHosts, escalations, retention',
      '3:28 upstreams.openai must be an http or https URL without a password',
      '3:49 upstreams.nobody: there is no such provider',
      '3:78 upstreams.groq must be an http or https URL without a password',
      '4:21 allowedOrigins: "*" is no origin; write scheme, host and port, such as http://localhost:5173',
      '4:21 allowedOrigins: "http://localhost:5173/" is no origin; write scheme, host and port, such as http://localhost:5173',
    ])
    const { upstreams, allowedOrigins, retention } = readUserSettings(text)
    assert.deepEqual(upstreams, { cohere: 'https://c.example' })
    assert.deepEqual(allowedOrigins, ['https://ok.example'])
    assert.deepEqual(retention, {})
  })

  it('keeps no text where it cannot tell whether it may', () => {
    assert.equal(readUserSettings('{"version": 1, "content": "hash"}').content, 'hashes')
    assert.equal(readUserSettings('{"version": 1, "content": true}').content, 'hashes')
    assert.equal(readUserSettings('{"version": 1, "spliceUsage"').content, 'hashes')
    assert.equal(readUserSettings('').content, undefined)
    assert.equal(readUserSettings('{"version": 2, "content": "full"}').content, 'full')
  })

  it('is described by the published JSON Schema', () => {
    const published = inRepository('docs', 'costflame.settings-1.schema.json')
    if (process.env.COSTFLAME_WRITE_SCHEMA)
      writeFileSync(published, `${JSON.stringify(userSettingsJsonSchema(), null, 2)}\n`)
    assert.deepEqual(
      JSON.parse(readFileSync(published, 'utf8')),
      JSON.parse(JSON.stringify(userSettingsJsonSchema())),
      'docs/costflame.settings-1.schema.json is not the shape in profiler-agent/config/user-settings-shape.ts. If the change is meant: ' +
        'COSTFLAME_WRITE_SCHEMA=1 npm test -- unit --grep "published JSON Schema"',
    )
  })
})

describe('what VS Code checks files with', () => {
  const manifest = JSON.parse(readFileSync(inRepository('package.json'), 'utf8'))
  const validated: { fileMatch: string; url: string }[] = manifest.contributes.jsonValidation
  // VS Code's `**` stands for folders of any name, those with a dot included.
  const schemasFor = (path: string) =>
    validated.filter(({ fileMatch }) => path.endsWith(fileMatch.replace(/^\*\*/, ''))).map(({ url }) => url)

  it('is the schema of the user settings, wherever the platform has them, and of no other file', () => {
    const settings = ['./docs/costflame.settings-1.schema.json']
    assert.deepEqual(schemasFor('/home/ann/.config/costflame/settings.jsonc'), settings)
    assert.deepEqual(schemasFor('/Users/ann/Library/Application Support/costflame/settings.jsonc'), settings)
    assert.deepEqual(schemasFor('/home/ann/project/.vscode/settings.jsonc'), [])
    assert.deepEqual(schemasFor('/home/ann/project/.costflame/settings.jsonc'), [])
  })

  it('comes with the extension', () => {
    const packed = readFileSync(inRepository('.vscodeignore'), 'utf8').split('\n')
    for (const { url } of validated) {
      assert.ok(existsSync(inRepository(url)), url)
      assert.ok(packed.includes(url.replace('./', '!')), url)
    }
  })
})

describe('content, of a committed file', () => {
  it('can only be stricter', () => {
    assert.equal(readConfigFile('{"version": 1, "content": "hashes"}').content, 'hashes')
    const { content, problems } = readConfigFile('{"version": 1, "content": "full"}')
    assert.deepEqual(
      problems.map(({ message }) => message),
      ['content must be one of hashes'],
    )
    assert.equal(strictest('hashes', content), 'hashes')
    assert.equal(strictest(undefined, content), 'full')
    assert.equal(readConfigFile('{"version": 1}').content, undefined)
  })
})

// Copied environments: each format as whoever reads it understands it, with what was there before kept.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { environmentText } from '../../../../extension/profiler/environment-text'

const VARIABLES = {
  OPENAI_BASE_URL: 'http://127.0.0.1:4600/openai/v1',
  NODE_OPTIONS: '--require "/opt/my tools/node.cjs"',
  PYTHONPATH: '/opt/hooks/python',
  NO_PROXY: '127.0.0.1',
}

/** What a POSIX shell has in these variables after it was given the text. */
function inShell(text: string, env: Record<string, string>, names: readonly string[]): string[] {
  const print = names.map((name) => `printf '%s\\0' "$${name}"`).join('\n')
  const said = execFileSync('/bin/sh', ['-eu', '-c', `${text}${print}`], { env, encoding: 'utf8' })
  return said.split('\0').slice(0, -1)
}

describe('the copied environment', () => {
  it('is exports in a POSIX shell', () => {
    assert.equal(
      environmentText(VARIABLES, 'posix', 'On desk-7.'),
      [
        '# On desk-7.',
        'export OPENAI_BASE_URL=http://127.0.0.1:4600/openai/v1',
        `export NODE_OPTIONS='--require "/opt/my tools/node.cjs"'"\${NODE_OPTIONS:+ $NODE_OPTIONS}"`,
        `export PYTHONPATH=/opt/hooks/python"\${PYTHONPATH:+:$PYTHONPATH}"`,
        `export NO_PROXY=127.0.0.1"\${NO_PROXY:+,$NO_PROXY}""\${no_proxy:+,$no_proxy}"`,
        '',
      ].join('\n'),
    )
  })

  it('keeps there what the shell had', () => {
    const env = { NODE_OPTIONS: '--no-deprecation', no_proxy: 'intranet.example' }
    assert.deepEqual(
      inShell(environmentText(VARIABLES, 'posix', 'note'), env, ['NODE_OPTIONS', 'PYTHONPATH', 'NO_PROXY']),
      [
        '--require "/opt/my tools/node.cjs" --no-deprecation',
        '/opt/hooks/python',
        '127.0.0.1,intranet.example',
      ],
    )
  })

  it('is set in fish and in PowerShell', () => {
    assert.equal(
      environmentText(VARIABLES, 'fish', 'On desk-7.'),
      [
        '# On desk-7.',
        'set -gx OPENAI_BASE_URL http://127.0.0.1:4600/openai/v1',
        `set -gx NODE_OPTIONS '--require "/opt/my tools/node.cjs"' $NODE_OPTIONS`,
        'set -gx PYTHONPATH /opt/hooks/python $PYTHONPATH',
        'set -gx NO_PROXY (string join , 127.0.0.1 $NO_PROXY $no_proxy)',
        '',
      ].join('\n'),
    )
    assert.equal(
      environmentText({ NODE_OPTIONS: "--require 'x'", A: 'b' }, 'powershell', 'On desk-7.'),
      [
        '# On desk-7.',
        `$env:NODE_OPTIONS = '--require ''x''' + $(if ($env:NODE_OPTIONS) { ' ' + $env:NODE_OPTIONS })`,
        "$env:A = 'b'",
        '',
      ].join('\n'),
    )
  })

  it('is read by Node as a .env file, and by anything as JSON', () => {
    assert.deepEqual({ ...parseEnv(environmentText(VARIABLES, 'dotenv', 'note')) }, VARIABLES)
    assert.deepEqual(JSON.parse(environmentText(VARIABLES, 'json', 'note')), VARIABLES)
  })

  it('gives a POSIX shell any value as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (value) => {
        fc.pre(!value.includes('\0') && value.isWellFormed())
        assert.deepEqual(inShell(environmentText({ X: value }, 'posix', 'n'), {}, ['X']), [value])
      }),
      { numRuns: 60 },
    )
  })
})

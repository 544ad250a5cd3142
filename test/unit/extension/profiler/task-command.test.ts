// Tasks: which words a command line is, and what a project offers.
import assert from 'node:assert/strict'
import {
  pythonCommands,
  runnerOf,
  scriptCommands,
  wordsOf,
} from '../../../../extension/profiler/task-command'

describe('the command of a task', () => {
  for (const [line, words] of [
    ['node src/agent.mjs --fast', ['node', 'src/agent.mjs', '--fast']],
    [' npm  run  start ', ['npm', 'run', 'start']],
    ['node a.mjs && node b.mjs', ['/bin/sh', '-c', 'node a.mjs && node b.mjs']],
    ['LANG=C node a.mjs', ['/bin/sh', '-c', 'LANG=C node a.mjs']],
    [`node "my agent.mjs"`, ['/bin/sh', '-c', `node "my agent.mjs"`]],
  ] as const)
    it(`is run as ${words[0]}: ${line}`, () => assert.deepEqual(wordsOf(line, 'linux'), words))

  it('is the shell’s on Windows, where npm is a script', () => {
    assert.deepEqual(wordsOf('npm start', 'win32'), ['cmd.exe', '/d', '/s', '/c', 'npm start'])
  })

  it('is offered for scripts that may call a model', () => {
    const text = '{"scripts":{"start":"node a.mjs","prestart":"x","build:all":"x","test":"mocha","eval":"y"}}'
    assert.deepEqual(scriptCommands(text, 'pnpm'), [
      { name: 'start', command: 'pnpm run start' },
      { name: 'test', command: 'pnpm run test' },
      { name: 'eval', command: 'pnpm run eval' },
    ])
    for (const broken of ['', '{"scripts":', '[]', '{"scripts":null}', 'null'])
      assert.deepEqual(scriptCommands(broken, 'npm'), [])
  })

  it('is run by the package manager whose lock file stands there', () => {
    assert.deepEqual(
      [['pnpm-lock.yaml'], ['yarn.lock'], ['bun.lock'], ['package-lock.json'], []].map(runnerOf),
      ['pnpm', 'yarn', 'bun', 'npm', 'npm'],
    )
  })

  it('is offered for Python programs, not for tests and packages', () => {
    const names = ['setup.py', 'agent.py', '__init__.py', 'test_agent.py', 'notes.txt', 'a b.py']
    assert.deepEqual(pythonCommands(names, '.venv/bin/python'), [
      { name: 'agent.py', command: '.venv/bin/python agent.py' },
    ])
  })
})

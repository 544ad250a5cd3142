// What a launched program's environment would be, and what of it the profiler is told.
import assert from 'node:assert/strict'
import { launchEnvironment, relevantPart } from '../../../../extension/profiler/program-environment'
import { BASE_URL_VARIABLES, toolSearchFor } from '../../../../profiler-agent/model/base-urls'
import { type TestFolder, temporaryFolder, writeFiles } from '../../../support/test-folders'

describe('the environment of a launch configuration', () => {
  let folder: TestFolder
  before(() => {
    folder = temporaryFolder('launch')
    writeFiles(folder.path, {
      'node.env': 'A=node file\nB=node file\nC=node file\nD=node file\n',
      'launch.env': 'C=env file\nD=env file\nQUOTED="two words" # a comment\n',
    })
  })
  after(() => folder.remove())

  it('takes env before envFile, that before what is inherited, and that before what Node reads itself', () => {
    const environment = launchEnvironment(
      { runtimeArgs: ['--env-file=node.env', '--inspect'], envFile: 'launch.env', env: { D: 'env' } },
      { B: 'inherited', C: 'inherited', D: 'inherited' },
      folder.path,
    )
    assert.deepEqual(environment, {
      ...{ A: 'node file', B: 'inherited', C: 'env file', D: 'env' },
      QUOTED: 'two words',
    })
  })

  it('takes a variable away where env says null, and numbers as texts', () => {
    const { A, N } = launchEnvironment({ env: { A: null, N: 5 } }, { A: 'inherited' }, folder.path)
    assert.deepEqual([A, N], [undefined, '5'])
  })

  it('reads what Node would: a file named after the flag, or one that may be missing', () => {
    const runtimeArgs = ['--env-file', 'node.env', '--env-file-if-exists=missing.env']
    assert.equal(launchEnvironment({ runtimeArgs }, {}, folder.path).A, 'node file')
  })

  it('takes nonsense for nothing', () => {
    const nonsense = { env: 'A=1', envFile: [5, null, 'missing.env'], runtimeArgs: { a: 1 } }
    assert.deepEqual(launchEnvironment(nonsense, { B: 'inherited' }, folder.path), { B: 'inherited' })
  })
})

describe('what the profiler is told of an environment', () => {
  it('is what leads calls and hooks, with secrets only as set', () => {
    const told = relevantPart({
      ...{
        NODE_OPTIONS: '--trace-warnings',
        PYTHONPATH: '/lib',
        no_proxy: 'intranet',
        PATH: '/bin',
        HOME: '/home/me',
      },
      ...{
        OPENAI_BASE_URL: 'https://gateway.example/v1',
        OPENAI_API_KEY: 'sk-secret',
        AWS_REGION: 'eu-west-1',
      },
      ...{ GROQ_BASE_URL: 'https://groq.example', OLLAMA_HOST: '127.0.0.1:11434', GEMINI_API_KEY: '' },
      ...{
        AWS_SECRET_ACCESS_KEY: 'secret',
        DATABASE_URL: 'postgres://me:secret@db',
        OPENAI_ORG_ID: undefined,
      },
    })
    assert.deepEqual(told, {
      ...{ NODE_OPTIONS: '--trace-warnings', PYTHONPATH: '/lib', no_proxy: 'intranet' },
      ...{ OPENAI_BASE_URL: 'https://gateway.example/v1', OPENAI_API_KEY: 'set', AWS_REGION: 'eu-west-1' },
      ...{ GROQ_BASE_URL: 'https://groq.example', OLLAMA_HOST: '127.0.0.1:11434', GEMINI_API_KEY: '' },
      AWS_SECRET_ACCESS_KEY: 'set',
    })
  })

  it('is all that decides whether a base URL may be set', () => {
    const read = new Set<string>()
    // Bedrock's conditions ask on only while earlier ones hold.
    const values: Record<string, string> = { AWS_BEARER_TOKEN_BEDROCK: 'key', AWS_REGION: 'eu-west-1' }
    const watched = new Proxy(values, {
      get: (target, name) => {
        read.add(String(name))
        return target[String(name)]
      },
    })
    for (const { mayChange, mayAdd, upstream } of BASE_URL_VARIABLES) {
      mayChange?.(watched)
      mayAdd?.(watched, false)
      upstream?.(watched)
    }
    toolSearchFor(watched, true)
    assert.ok(read.has('AZURE_OPENAI_API_KEY') && read.has('AWS_USE_FIPS_ENDPOINT'))
    for (const name of read) assert.ok(name in relevantPart({ [name]: 'value' }), name)
  })
})

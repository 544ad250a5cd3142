import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { profiledEnvironment } from '../../../../profiler-agent/capture/hooks/environment'

const PROXY = 'http://127.0.0.1:4100'
const request = (environment: Record<string, string>, more: { runId?: string; hookFile?: string } = {}) => ({
  environment,
  proxy: PROXY,
  token: 'secret',
  hookFile: '/opt/hook.cjs',
  ...more,
})

describe('the environment of a profiled process', () => {
  it('points the SDKs at the proxy and loads the hook', () => {
    assert.deepEqual(profiledEnvironment(request({ PATH: '/bin' })), {
      variables: {
        COSTFLAME_PROXY: PROXY,
        COSTFLAME_TOKEN: 'secret',
        COSTFLAME_UPSTREAMS: '{}',
        COSTFLAME_VARIABLE_UPSTREAMS: '',
        OPENAI_BASE_URL: `${PROXY}/openai/v1`,
        OPENAI_API_BASE: `${PROXY}/openai/v1`,
        ANTHROPIC_BASE_URL: `${PROXY}/anthropic`,
        ANTHROPIC_API_URL: `${PROXY}/anthropic`,
        CO_API_URL: `${PROXY}/cohere`,
        GROQ_BASE_URL: `${PROXY}/groq`,
        TOGETHER_BASE_URL: `${PROXY}/together/v1`,
        OPENROUTER_BASE_URL: `${PROXY}/openrouter/api/v1`,
        PYTHONPATH: '/opt/python',
        ENABLE_TOOL_SEARCH: 'true',
        NO_PROXY: '127.0.0.1',
        no_proxy: '127.0.0.1',
        NODE_OPTIONS: '--require /opt/hook.cjs',
      },
      upstreams: {},
    })
  })

  it('names the run in the base URLs and to the hook', () => {
    const { variables } = profiledEnvironment({
      ...request({}, { runId: 'run-7' }),
      callSites: 'deep',
      data: '/data',
    })
    assert.equal(variables.OPENAI_BASE_URL, `${PROXY}/r/run-7/openai/v1`)
    assert.equal(variables.ANTHROPIC_BASE_URL, `${PROXY}/r/run-7/anthropic`)
    assert.equal(variables.COSTFLAME_RUN, 'run-7')
    assert.equal(variables.COSTFLAME_CALLSITES, 'deep')
    assert.equal(variables.COSTFLAME_DATA, '/data')
  })

  it("keeps the path of the user's own value and makes its origin the upstream", () => {
    const own = { OPENAI_BASE_URL: 'https://gateway.example:8443/team/v1' }
    const { variables, upstreams } = profiledEnvironment(request(own))
    assert.equal(variables.OPENAI_BASE_URL, `${PROXY}/openai/team/v1`)
    assert.equal(variables.OPENAI_API_BASE, undefined)
    assert.deepEqual(upstreams, { openai: 'https://gateway.example:8443' })
    assert.equal(variables.COSTFLAME_UPSTREAMS, '{"openai":"https://gateway.example:8443"}')
  })

  it('leaves values alone that it cannot send on as they were', () => {
    const own = {
      OPENAI_BASE_URL: 'https://one.example/v1',
      OPENAI_API_BASE: 'https://two.example/v1',
      ANTHROPIC_BASE_URL: 'https://user:pass@three.example',
      ANTHROPIC_API_URL: 'not a url',
    }
    const { variables, upstreams } = profiledEnvironment(request(own))
    assert.deepEqual(upstreams, { openai: 'https://one.example' })
    assert.equal(variables.OPENAI_BASE_URL, `${PROXY}/openai/v1`)
    for (const name of ['OPENAI_API_BASE', 'ANTHROPIC_BASE_URL', 'ANTHROPIC_API_URL'])
      assert.equal(variables[name], undefined)
  })

  it('is the same when it is applied twice, and keeps the upstreams of the first time', () => {
    const own = {
      OPENAI_BASE_URL: 'https://gateway.example/v1',
      NODE_OPTIONS: '--enable-source-maps',
      NO_PROXY: 'intern',
    }
    const once = profiledEnvironment(request(own))
    const twice = profiledEnvironment(request({ ...own, ...once.variables }))
    assert.deepEqual(twice, once)
    assert.equal(once.variables.NODE_OPTIONS, '--enable-source-maps --require /opt/hook.cjs')
    const optionsWith = (own: string) =>
      profiledEnvironment(request({ NODE_OPTIONS: own })).variables.NODE_OPTIONS
    for (const own of ['--require "/a b/c.cjs" --title "a \\" b"', '-r ./a.cjs --max-http-header-size=9'])
      assert.equal(optionsWith(own), `${own} --require /opt/hook.cjs`)
    // Node takes the quote for a part of the title, and reads nothing behind the word that is no option.
    for (const own of ["--title='a b'", '--no-warnings now', '--title=a b --require ./c.cjs'])
      assert.equal(optionsWith(own), `--require /opt/hook.cjs ${own}`)
    assert.equal(once.variables.NO_PROXY, 'intern,127.0.0.1')
  })

  it('takes over from another profiler', () => {
    const other = profiledEnvironment({ ...request({}, { runId: 'a' }), proxy: 'http://127.0.0.1:4999' })
    const { variables, upstreams } = profiledEnvironment(request(other.variables, { runId: 'b' }))
    assert.equal(variables.ANTHROPIC_BASE_URL, `${PROXY}/r/b/anthropic`)
    assert.deepEqual(upstreams, {})
  })

  describe('with Bedrock', () => {
    const key = { AWS_BEARER_TOKEN_BEDROCK: 'key', AWS_REGION: 'eu-west-1' }
    const NAME = 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME'
    const bedrock = (environment: Record<string, string>) => {
      const { variables, upstreams } = profiledEnvironment(request(environment))
      return [variables[NAME], upstreams.bedrock]
    }

    it('goes through the proxy with a bearer key, to the region that the program would have called', () => {
      assert.deepEqual(bedrock(key), [`${PROXY}/bedrock`, 'https://bedrock-runtime.eu-west-1.amazonaws.com'])
      const { variables } = profiledEnvironment(request(key))
      assert.equal(variables.ANTHROPIC_BEDROCK_BASE_URL, `${PROXY}/bedrock`)
      const defaultRegion = { AWS_BEARER_TOKEN_BEDROCK: 'key', AWS_DEFAULT_REGION: 'us-gov-west-1' }
      assert.equal(bedrock(defaultRegion)[1], 'https://bedrock-runtime.us-gov-west-1.amazonaws.com')
    })

    it('stays as it was where calls are signed, the region is not known, or the SDK would refuse an endpoint', () => {
      const own = { [NAME]: 'https://vpc.example', AWS_REGION: 'eu-west-1' }
      const untouched: Record<string, string>[] = [
        { AWS_REGION: 'eu-west-1' },
        own,
        { AWS_BEARER_TOKEN_BEDROCK: 'key' },
        { ...key, AWS_DEFAULT_REGION: 'us-east-1' },
        { ...key, AWS_REGION: 'cn-north-1' },
        { ...key, AWS_REGION: 'x.evil.example/' },
        { ...key, AWS_USE_FIPS_ENDPOINT: 'true' },
        { ...key, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
        { ...key, AWS_AUTH_SCHEME_PREFERENCE: 'sigv4' },
      ]
      for (const environment of untouched) assert.deepEqual(bedrock(environment), [undefined, undefined])
    })

    it("has the user's own endpoint as its upstream", () => {
      const own = { ...key, [NAME]: 'https://vpc.example/bedrock' }
      assert.deepEqual(bedrock(own), [`${PROXY}/bedrock/bedrock`, 'https://vpc.example'])
      assert.deepEqual(bedrock({ ...key, AWS_ENDPOINT_URL: 'http://localstack:4566' }), [
        `${PROXY}/bedrock`,
        'http://localstack:4566',
      ])
    })

    it('goes to the upstream that was named on the command line, whatever the region', () => {
      const environment = { AWS_BEARER_TOKEN_BEDROCK: 'key' }
      const named = { ...request(environment), upstreams: { bedrock: 'http://127.0.0.1:9' } }
      const { variables, upstreams } = profiledEnvironment(named)
      assert.deepEqual([variables[NAME], upstreams], [`${PROXY}/bedrock`, {}])
    })
  })

  it('adds a Google address only where it changes nothing but the address', () => {
    const names = [
      'GOOGLE_GEMINI_BASE_URL',
      'GOOGLE_VERTEX_BASE_URL',
      'ANTHROPIC_VERTEX_BASE_URL',
      'GEMINI_API_BASE',
    ]
    const values = (environment: Record<string, string>, upstreams = {}) => {
      const { variables } = profiledEnvironment({ ...request(environment), upstreams })
      return names.map((name) => variables[name]?.replace(PROXY, ''))
    }
    assert.deepEqual(values({}), [undefined, undefined, undefined, undefined])
    assert.deepEqual(values({ GEMINI_API_KEY: 'k' }), ['/google', undefined, undefined, undefined])
    const vertex = { GOOGLE_CLOUD_PROJECT: 'p', GOOGLE_CLOUD_LOCATION: 'global', CLOUD_ML_REGION: 'us-east5' }
    assert.deepEqual(values(vertex), [undefined, '/vertex', '/vertex/v1', undefined])
    assert.deepEqual(values({}, { google: 'http://127.0.0.1:9' }), [
      '/google',
      undefined,
      undefined,
      undefined,
    ])
  })

  it("makes the user's own Google, Azure and Ollama addresses upstreams", () => {
    const own = {
      GEMINI_API_BASE: 'https://gemini.example/v1beta',
      GOOGLE_VERTEX_BASE_URL: 'https://vertex.example',
      AZURE_OPENAI_ENDPOINT: 'https://res.openai.azure.com/',
      OLLAMA_HOST: 'http://gpu.example:11434',
    }
    const { variables, upstreams } = profiledEnvironment(request(own))
    assert.deepEqual(upstreams, {
      google: 'https://gemini.example',
      vertex: 'https://vertex.example',
      azure: 'https://res.openai.azure.com',
      ollama: 'http://gpu.example:11434',
    })
    assert.equal(variables.GEMINI_API_BASE, `${PROXY}/google/v1beta`)
    assert.equal(variables.AZURE_OPENAI_ENDPOINT, `${PROXY}/azure`)
    assert.equal(variables.OLLAMA_HOST, `${PROXY}/ollama`)
    for (const address of ['0.0.0.0', '127.0.0.1:11434'])
      assert.equal(profiledEnvironment(request({ OLLAMA_HOST: address })).variables.OLLAMA_HOST, undefined)
  })

  it('does not take an Azure client away from its own endpoint', () => {
    for (const name of ['AZURE_OPENAI_ENDPOINT', 'AZURE_OPENAI_API_KEY', 'OPENAI_API_VERSION']) {
      const { variables } = profiledEnvironment(request({ [name]: 'https://res.openai.azure.com' }))
      assert.equal(variables.OPENAI_BASE_URL, undefined)
      assert.equal(variables.OPENAI_API_BASE, undefined)
    }
  })

  it('keeps the tools of Claude Code as they would have been', () => {
    const toolSearch = (environment: Record<string, string>) =>
      profiledEnvironment(request(environment)).variables.ENABLE_TOOL_SEARCH
    assert.equal(toolSearch({ ANTHROPIC_BASE_URL: 'https://api.anthropic.com' }), 'true')
    assert.equal(toolSearch({ ANTHROPIC_BASE_URL: 'https://gateway.example' }), undefined)
    assert.equal(toolSearch({ ENABLE_TOOL_SEARCH: 'false' }), undefined)
    assert.equal(toolSearch({ CLAUDE_CODE_USE_VERTEX: '1' }), undefined)
  })

  it('is the same when it is applied twice, to every provider', () => {
    const own = {
      GEMINI_API_KEY: 'k',
      GOOGLE_CLOUD_PROJECT: 'p',
      CLOUD_ML_REGION: 'global',
      AWS_BEARER_TOKEN_BEDROCK: 'key',
      AWS_REGION: 'eu-west-1',
    }
    const once = profiledEnvironment(request(own, { runId: 'a' }))
    const twice = profiledEnvironment(request({ ...own, ...once.variables }, { runId: 'a' }))
    assert.deepEqual(twice, once)
    const next = profiledEnvironment(request({ ...own, ...once.variables }, { runId: 'b' }))
    assert.equal(next.variables.GOOGLE_VERTEX_BASE_URL, `${PROXY}/r/b/vertex`)
    assert.equal(next.variables.ANTHROPIC_VERTEX_BASE_URL, `${PROXY}/r/b/vertex/v1`)
  })

  it('leaves a NO_PROXY alone that covers everything', () => {
    assert.equal(profiledEnvironment(request({ no_proxy: '*' })).variables.no_proxy, '*')
  })

  it('quotes a hook path with blanks, quotes and backslashes as Node reads it', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'costflame-')), 'a "b" \\c')
    mkdirSync(folder)
    const hookFile = join(folder, 'hook.cjs')
    writeFileSync(hookFile, 'globalThis.hooked = true')
    const { variables } = profiledEnvironment(request({ NODE_OPTIONS: '--no-warnings' }, { hookFile }))
    const { stdout } = spawnSync(process.execPath, ['-p', 'String(globalThis.hooked)'], {
      env: { NODE_OPTIONS: variables.NODE_OPTIONS },
    })
    rmSync(join(folder, '..'), { recursive: true })
    assert.equal(String(stdout), 'true\n')
  })
})

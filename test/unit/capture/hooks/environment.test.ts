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
        OPENAI_BASE_URL: `${PROXY}/openai/v1`,
        OPENAI_API_BASE: `${PROXY}/openai/v1`,
        ANTHROPIC_BASE_URL: `${PROXY}/anthropic`,
        ANTHROPIC_API_URL: `${PROXY}/anthropic`,
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
    assert.equal(once.variables.NO_PROXY, 'intern,127.0.0.1')
  })

  it('takes over from another profiler', () => {
    const other = profiledEnvironment({ ...request({}, { runId: 'a' }), proxy: 'http://127.0.0.1:4999' })
    const { variables, upstreams } = profiledEnvironment(request(other.variables, { runId: 'b' }))
    assert.equal(variables.ANTHROPIC_BASE_URL, `${PROXY}/r/b/anthropic`)
    assert.deepEqual(upstreams, {})
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

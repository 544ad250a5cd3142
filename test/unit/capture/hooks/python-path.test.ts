// PYTHONPATH of a profiled process: the folder of the Python hook in front of what the user has there, once.

import assert from 'node:assert/strict'
import { profiledEnvironment } from '../../../../profiler-agent/capture/hooks/environment'

describe('PYTHONPATH of a profiled process', () => {
  const pythonPath = (own?: string, hookFile: string | undefined = '/dist/hooks/node.cjs') =>
    profiledEnvironment({
      environment: own === undefined ? {} : { PYTHONPATH: own },
      proxy: 'http://127.0.0.1:4600',
      token: 't',
      hookFile,
    }).variables.PYTHONPATH

  it('is our folder where the user has none', () => {
    assert.equal(pythonPath(), '/dist/hooks/python')
    assert.equal(pythonPath(''), '/dist/hooks/python')
  })

  it('begins with our folder, and keeps the rest as it is: an empty entry is the current folder', () => {
    assert.equal(pythonPath('/a b:src::lib'), '/dist/hooks/python:/a b:src::lib')
  })

  it('names our folder once, in a profiled process within another, too', () => {
    assert.equal(pythonPath('/dist/hooks/python:/mine'), '/dist/hooks/python:/mine')
  })

  it('is left alone without hooks, and where no path can name our folder', () => {
    const { variables } = profiledEnvironment({
      environment: { PYTHONPATH: '/mine' },
      proxy: 'http://127.0.0.1:4600',
      token: 't',
      hookFile: undefined,
    })
    assert.equal(variables.PYTHONPATH, undefined)
    assert.equal(pythonPath('/mine', '/odd:folder/hooks/node.cjs'), undefined)
  })
})

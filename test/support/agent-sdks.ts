// SDKs that only tests use, from test/agents/node_modules, where `npm test` installs them.
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const require = createRequire(resolve('test/agents/package.json'))

/** The module's exports; the caller says what it needs of them. Tests run from the repository's root. */
export function loadAgentSdk<T>(name: string): T {
  return require(name)
}

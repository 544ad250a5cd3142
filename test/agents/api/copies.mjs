// The module as ES module, as CommonJS and as a file of one's own: each sees what another declared.
import { createRequire } from 'node:module'
import { agent } from 'costflame/api'
import { ask } from './ask.mjs'
import { step, headers as vendored } from './vendor/costflame.cjs'

const { headers, tool } = createRequire(import.meta.url)('costflame/api')

await agent('desk', () =>
  step('plan', () =>
    tool('search', async () => {
      const [one, other] = [headers(), vendored()]
      console.log(JSON.stringify(one) === JSON.stringify(other), Object.keys(other).sort().join(' '))
      return ask('search')
    }),
  ),
)

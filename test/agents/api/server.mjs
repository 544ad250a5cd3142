// A server whose every request is one invocation; it asks itself twenty times at once and ends.
import { createServer } from 'node:http'
import { agent, outcome, step, tag } from 'costflame/api'
import { ask } from './ask.mjs'

const server = createServer((request, response) => {
  const who = request.url.slice(1)
  agent('desk', { tenant: who }, async () => {
    tag('who', who)
    const answer = await step('plan', () => ask(`plan ${who}`))
    outcome(`resolved ${who}`)
    return answer
  }).then((answer) => response.end(answer))
})
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  const tenants = Array.from({ length: 20 }, (_, index) => `t${index}`)
  const answers = await Promise.all(
    tenants.map(async (who) => (await fetch(`http://127.0.0.1:${port}/${who}`)).text()),
  )
  console.log(answers.every((answer, index) => answer === `echo plan t${index}`))
  server.close()
  server.closeAllConnections()
})

// Ends in the way that its argument names, in the middle of an agent.
import { agent, outcome, step } from 'costflame/api'

const how = process.argv[2]

await agent('desk', async () => {
  step('before', () => undefined)
  await new Promise((resolve) => setTimeout(resolve, 150))
  outcome('half')
  if (how === 'exit') process.exit(3)
  if (how === 'throw') throw new TypeError('the desk is closed')
  if (how === 'uncaught')
    setImmediate(() => {
      throw new RangeError('out of range')
    })
  if (how === 'rejected') Promise.reject(new RangeError('out of range'))
  if (how !== 'return') await new Promise((resolve) => setTimeout(resolve, 5000))
})
console.log('done')

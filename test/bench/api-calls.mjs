// One process of the bench: prints the µs of a call of a small async function, alone and declared as a step, best of several rounds.

import { createRequire } from 'node:module'

const { agent, step } = createRequire(import.meta.url)(process.argv[2])
const [calls, rounds] = [Number(process.argv[3]), 7]
const work = async () => 1

async function microsecondsOf(call) {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    for (let index = 0; index < calls; index++) await call()
    best = Math.min(best, ((performance.now() - start) * 1000) / calls)
  }
  return best
}

const alone = await microsecondsOf(work)
const declared = await agent('bench', () => microsecondsOf(() => step('work', work)))
console.log(JSON.stringify({ alone, declared }))

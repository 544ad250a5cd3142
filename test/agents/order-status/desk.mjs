// Works through the customers of a day, eight at a time: `node desk.mjs [how many]`.
import { answerCustomer } from './order-status.mjs'
import { questions } from './questions.mjs'

const waiting = questions.slice(0, Number(process.argv[2] ?? questions.length))
let resolved = 0
async function work() {
  for (let next = waiting.shift(); next; next = waiting.shift())
    if ((await answerCustomer(next.text)) !== undefined) resolved++
}

const asked = waiting.length
await Promise.all(Array.from({ length: 8 }, work))
console.log(`${resolved} of ${asked} resolved`)

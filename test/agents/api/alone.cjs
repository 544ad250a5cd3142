// What the functions give back and throw, printed: the same with a profiler, without one, and with one that is gone.
const { agent, headers, outcome, retrieval, step, tag, tool } = require('costflame/api')

class Query extends Promise {
  rows() {
    return 'rows'
  }
}
const promise = Promise.resolve('promise')
const query = Query.resolve('query')
const failure = new TypeError('theirs')
const fail = () => {
  throw failure
}
function* numbers() {
  yield 1
  yield 2
}

async function main() {
  console.log(
    agent('sync', () => 7),
    await step('promise', () => promise),
  )
  console.log(tool('query', () => query) === query, query.rows(), await query)
  console.log(
    [...retrieval('generator', numbers)],
    tool('odd'),
    agent(),
    step('plan', 7),
    agent('x', {}, null),
  )
  try {
    agent('throws', fail)
  } catch (error) {
    console.log(error === failure)
  }
  await agent('rejects', async () => fail()).catch((error) => console.log(error === failure))
  console.log(outcome(Symbol('odd')), tag({}, []), outcome('fine', { value: 'no number' }), typeof headers())
  process.on('unhandledRejection', (reason) => console.log('unhandled', reason === failure))
  agent('nobody cares', async () => fail())
}
main()

// What the order-status agent can do, and a small order book behind it.
export const tools = [
  {
    type: 'function',
    function: {
      name: 'look_up_order',
      description: 'State, parcel and promised day of one order.',
      parameters: {
        type: 'object',
        properties: { order: { type: 'string', description: 'Number of the order, such as A-1042' } },
        required: ['order'],
      },
    },
  },
  {
    type: 'function',
    function: {
      name: 'read_help',
      description: 'Help articles that fit a question of a customer.',
      parameters: {
        type: 'object',
        properties: { question: { type: 'string', description: 'The question in a few words' } },
        required: ['question'],
      },
    },
  },
]

const states = [
  'packed',
  'with the carrier',
  'in the terminal',
  'out for delivery',
  'held at the pick-up point',
]

export function lookUpOrder(order) {
  const number = Number(order.slice(2))
  return {
    order,
    state: states[number % states.length],
    parcel: `FH${70_000_000 + number * 37}`,
    carrier: number % 2 === 0 ? 'road' : 'rail',
    promised: `${(number % 28) + 1} November`,
  }
}

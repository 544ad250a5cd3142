// 212 customers and what they ask, and the replies of the model for the embedded model server: `node questions.mjs > script.json`.
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'

const towns = ['Oslo', 'Bergen', 'Bodø', 'Trondheim', 'Alta', 'Molde', 'Skien']
const mail =
  'Last week I wrote to you about the same thing and heard that the parcel would be handed to the carrier on the next working day, which I was glad to read, but the page that follows it has not changed since, and nobody answers the telephone number that stands on it.'

/** How often a customer quotes earlier mail: most do not, a few quote much of it. */
function quoted(index) {
  if (index % 53 === 7) return 14
  if (index % 21 === 3) return 9
  return index % 4
}

export const questions = Array.from({ length: 212 }, (_, index) => {
  const order = `A-${1001 + index}`
  const town = towns[index % towns.length]
  const text = [`Where is my order ${order}? It goes to ${town}.`, ...Array(quoted(index)).fill(mail)]
  return { order, town, quotes: quoted(index), text: text.join('\n\n') }
})

/** The more a customer writes, the longer the model thinks before it answers. */
function thinking(quotes) {
  if (quotes === 14) return 600
  if (quotes === 9) return 536
  return 518
}

/** What the model says to each, as `costflame simulate --script` takes it. */
export function script() {
  return {
    version: 1,
    latencyMs: 0,
    firstTokenMs: 0,
    otherwise: 'error',
    replies: questions.flatMap(({ order, town, quotes }) => {
      const asked = (more) => ({ lastUserContains: `order ${order}?`, ...more })
      return [
        {
          when: asked({ step: 1 }),
          toolCalls: [{ name: 'look_up_order', arguments: { order } }],
          reasoningTokens: 128,
        },
        {
          when: asked({ step: 2 }),
          toolCalls: [{ name: 'read_help', arguments: { question: `parcel to ${town}` } }],
          reasoningTokens: 128,
        },
        {
          when: asked({ step: 3 }),
          text: `Your order ${order} is on its way to ${town} and will be at your pick-up point the morning after it has reached the terminal. You do not have to do anything.`,
          reasoningTokens: thinking(quotes),
        },
      ]
    }),
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(JSON.stringify(script()))

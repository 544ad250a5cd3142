// Agents in pairs, wasteful and fixed: for each cause of a prompt-cache miss, one that suffers from it and the same one after the fix.
// `ask` makes one call, `wait(minutes)` lets time pass; both variants say the same to the model, but for what the fix moves.

import { prose } from './prose.mjs'

const CALLS = 6
/** Words of a stable text; about as many tokens, well above every provider's minimum. */
const LONG = 9_000

const user = (text, mark) => ({ role: 'user', parts: [{ text, ...(mark ? { mark } : {}) }] })
const question = (index) => `Ticket ${index + 1}: ${prose(`question ${index}`, 30)}`
const each = async (ask) => {
  for (let index = 0; index < CALLS; index++) await ask(index)
}
const stamp = (index) => `2026-11-22T10:0${index}:${17 + index}Z`

const tool = (name, words = 1_500) => ({
  name,
  description: prose(name, words),
  parameters: {
    type: 'object',
    properties: { order: { type: 'string' }, reason: { type: 'string' } },
    required: ['order', 'reason'],
  },
})
const TOOLS = [
  'cancel_order',
  'find_parcel',
  'issue_refund',
  'open_ticket',
  'read_invoice',
  'update_address',
].map((name) => tool(name))
/** The same tool, its keys in another order. */
const turned = ({ name, description, parameters }) => ({
  name,
  description,
  parameters: { required: parameters.required, properties: parameters.properties, type: parameters.type },
})

/** Where the rule set caches only at marks, the system prompt ends in one. */
const stable = (text, { marks }) => [{ text, ...(marks ? { mark: true } : {}) }]

const EVERYWHERE = ['anthropic', 'openai-5.4', 'openai-5.6', 'gemini', 'deepseek']

/** `sets`: the rule sets in which the cause can occur; `isTimed`: needs a clock that can be put forward. */
export const PAIRS = {
  'missing-breakpoint': {
    sets: ['anthropic', 'openai-5.6'],
    run: (ask, { isFixed }) =>
      each((index) =>
        ask({
          mode: 'explicit',
          system: [{ text: prose('manual', LONG), ...(isFixed ? { mark: true } : {}) }],
          turns: [user(question(index))],
        }),
      ),
  },

  'misplaced-breakpoint': {
    sets: ['anthropic', 'openai-5.6'],
    run: (ask, { isFixed }) =>
      each((index) =>
        ask({
          mode: 'explicit',
          system: [{ text: prose('manual', LONG), ...(isFixed ? { mark: true } : {}) }],
          turns: [user(question(index), !isFixed)],
        }),
      ),
  },

  'look-back-overflow': {
    sets: ['anthropic'],
    run: async (ask, { isFixed }) => {
      // Each step adds more blocks than a breakpoint looks back.
      const turns = []
      for (let step = 0; step < CALLS; step++) {
        const parts = Array.from({ length: 30 }, (_, part) => ({ text: prose(`file ${step} ${part}`, 120) }))
        turns.push({ role: 'user', parts })
        const marked = turns.map((turn, index) =>
          index === turns.length - 1 ? withMarks(turn, isFixed) : turn,
        )
        await ask({ system: [{ text: prose('manual', 200) }], turns: marked })
        turns.push({ role: 'assistant', parts: [{ text: prose(`answer ${step}`, 20) }] })
      }
    },
  },

  'write-never-read': {
    sets: ['anthropic', 'openai-5.6'],
    run: (ask, { isFixed, name }) =>
      each((index) =>
        ask({
          ...(name === 'openai-5.6' && isFixed ? { mode: 'explicit' } : {}),
          system: [{ text: 'Summarise the document in one sentence.' }],
          turns: [user(prose(`document ${index}`, LONG), name === 'anthropic' && !isFixed)],
        }),
      ),
  },

  expired: {
    sets: ['anthropic', 'openai-5.4', 'openai-5.6'],
    isTimed: true,
    run: async (ask, { isFixed, name, wait }) => {
      const longer = { anthropic: '1h', 'openai-5.4': '24h', 'openai-5.6': '12h' }[name]
      for (let index = 0; index < CALLS; index++) {
        if (index > 0) await wait(name === 'anthropic' ? 20 : 90)
        await ask({
          ...(isFixed && name !== 'anthropic' ? { lifetime: longer } : {}),
          ...(name === 'openai-5.4' && !isFixed ? { lifetime: 'in_memory' } : {}),
          ...(name === 'openai-5.6' ? { mode: 'explicit' } : {}),
          system: [{ text: prose('manual', LONG), mark: isFixed && name === 'anthropic' ? longer : true }],
          turns: [user(question(index))],
        })
      }
    },
  },

  'parallel-fan-out': {
    sets: EVERYWHERE,
    run: async (ask, { isFixed, marks }) => {
      const one = (index) =>
        ask({ system: stable(prose('manual', LONG), { marks }), turns: [user(question(index))] })
      const rest = Array.from({ length: CALLS }, (_, index) => index)
      if (isFixed) await one(rest.shift())
      await Promise.all(rest.map(one))
    },
  },

  'volatile-prefix': {
    sets: EVERYWHERE,
    run: (ask, { isFixed, marks }) =>
      each((index) => {
        const now = `The time is ${stamp(index)}.`
        return ask({
          system: stable(`${isFixed ? '' : `${now}\n`}${prose('manual', LONG)}`, { marks }),
          turns: [user(`${question(index)}${isFixed ? `\n${now}` : ''}`)],
        })
      }),
  },

  'unstable-serialisation': {
    sets: EVERYWHERE,
    run: (ask, { isFixed, marks }) =>
      each((index) =>
        ask({
          system: stable(prose('manual', 300), { marks }),
          tools: isFixed || index % 2 === 0 ? TOOLS : TOOLS.map(turned),
          turns: [user(question(index))],
        }),
      ),
  },

  'tools-reordered': {
    sets: EVERYWHERE,
    run: (ask, { isFixed, marks }) =>
      each((index) =>
        ask({
          system: stable(prose('manual', 300), { marks }),
          tools: isFixed ? TOOLS : [...TOOLS.slice(index), ...TOOLS.slice(0, index)],
          turns: [user(question(index))],
        }),
      ),
  },

  'tools-changed': {
    sets: EVERYWHERE,
    run: (ask, { isFixed, marks }) =>
      each((index) =>
        ask({
          system: stable(prose('manual', LONG), { marks }),
          // The first of the tools is there in every second call only.
          tools: isFixed || index % 2 === 0 ? [tool('greet', 40), ...TOOLS] : TOOLS,
          turns: [user(question(index))],
        }),
      ),
  },

  'system-changed': {
    sets: EVERYWHERE,
    run: (ask, { isFixed, marks }) =>
      each((index) => {
        const persona = prose(`persona ${index}`, 60)
        return ask({
          system: stable(`${isFixed ? '' : `${persona}\n`}${prose('manual', LONG)}`, { marks }),
          turns: [user(`${question(index)}${isFixed ? `\n${persona}` : ''}`)],
        })
      }),
  },

  'history-edited': {
    sets: EVERYWHERE,
    run: async (ask, { isFixed, marks }) => {
      const turns = []
      for (let step = 0; step < CALLS; step++) {
        turns.push(user(`${prose(`report ${step}`, 2_500)}`))
        // The first message is written anew in every step.
        const first = isFixed ? turns[0] : user(prose(`plan ${step}`, 2_500))
        const sent = [first, ...turns.slice(1)]
        await ask({
          system: stable(prose('manual', 2_500), { marks }),
          turns: sent.map((turn, index) =>
            marks && index === sent.length - 1 ? user(turn.parts[0].text, true) : turn,
          ),
        })
        turns.push({ role: 'assistant', parts: [{ text: prose(`answer ${step}`, 20) }] })
      }
    },
  },

  'settings-changed': {
    sets: ['anthropic', 'openai-5.4', 'openai-5.6'],
    run: async (ask, { isFixed, marks, name }) => {
      const document = prose('document', LONG)
      await each((index) => {
        const isOdd = !isFixed && index % 2 === 1
        const settings =
          name === 'anthropic' ? { toolChoice: isOdd ? 'any' : 'auto' } : { effort: isOdd ? 'high' : 'low' }
        return ask({
          settings,
          system: [{ text: prose('manual', 300) }],
          tools: [tool('find_parcel', 60)],
          turns: [
            {
              role: 'user',
              parts: [{ text: document, ...(marks ? { mark: true } : {}) }, { text: question(index) }],
            },
          ],
        })
      })
    },
  },
}

/** A breakpoint at the end; fixed: two more on the way, so that none is more than 20 blocks from the one before. */
function withMarks({ role, parts }, isFixed) {
  const marks = isFixed ? [parts.length - 29, parts.length - 15, parts.length - 1] : [parts.length - 1]
  return { role, parts: parts.map((part, index) => (marks.includes(index) ? { ...part, mark: true } : part)) }
}

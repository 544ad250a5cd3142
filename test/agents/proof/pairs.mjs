// Agents in pairs, wasteful and fixed: for each cause of a prompt-cache miss, one that suffers from it and the same one after the fix.
// `ask` makes one call, `wait(minutes)` lets time pass; both variants say the same to the model, but for what the fix moves.

import { prose } from './prose.mjs'

const CALLS = 6
/** Words of a stable text; about as many tokens, well above every provider's minimum. Where tokens cost next to nothing, more of them. */
const LONG = { anthropic: 9_000, 'openai-5.4': 9_000, 'openai-5.6': 9_000, gemini: 9_000, deepseek: 27_000 }

const user = (text, mark) => ({ role: 'user', parts: [{ text, ...(mark ? { mark } : {}) }] })
const question = (index) => `Ticket ${index + 1}: ${prose(`question ${index}`, 30)}`
/** What the model says to a report. */
const answer = (step) => ({ role: 'assistant', parts: [{ text: `Report ${step} is read.` }] })
const report = (step, words, marks) => user(`Report ${step}: ${prose(`report ${step}`, words)}`, marks)
const each = async (ask) => {
  for (let index = 0; index < CALLS; index++) await ask(index)
}
const stamp = (index) => `2026-11-22T10:0${index}:${17 + index}Z`

const tool = (name, words) => ({
  name,
  description: prose(name, words),
  parameters: {
    type: 'object',
    properties: { order: { type: 'string' }, reason: { type: 'string' } },
    required: ['order', 'reason'],
  },
})
const NAMES = ['cancel_order', 'find_parcel', 'issue_refund', 'open_ticket', 'read_invoice', 'update_address']
const toolsOf = (name) => NAMES.map((each) => tool(each, LONG[name] / NAMES.length))

/** The same tool, the keys of its schema in the order of the `index`th call. */
const KEY_ORDERS = [
  ['type', 'properties', 'required'],
  ['type', 'required', 'properties'],
  ['properties', 'type', 'required'],
  ['properties', 'required', 'type'],
  ['required', 'type', 'properties'],
  ['required', 'properties', 'type'],
]
const turned = ({ parameters, ...rest }, index) => ({
  ...rest,
  parameters: Object.fromEntries(KEY_ORDERS[index % KEY_ORDERS.length].map((key) => [key, parameters[key]])),
})

const FITTING = ['greet', 'apologise', 'translate', 'summarise', 'hand_over', 'close'].map((name) =>
  tool(name, 20),
)

/** Where the rule set caches only at marks, the system prompt ends in one. */
const stable = (text, { marks }) => [{ text, ...(marks ? { mark: true } : {}) }]

const EVERYWHERE = ['anthropic', 'openai-5.4', 'openai-5.6', 'gemini', 'deepseek']

/** `sets`: the rule sets in which the cause can occur; `isTimed`: needs a clock that can be put forward. */
export const PAIRS = {
  'missing-breakpoint': {
    sets: ['anthropic', 'openai-5.6'],
    run: (ask, { isFixed, name }) =>
      each((index) =>
        ask({
          mode: 'explicit',
          system: [{ text: prose('manual', LONG[name]), ...(isFixed ? { mark: true } : {}) }],
          turns: [user(question(index))],
        }),
      ),
  },

  'misplaced-breakpoint': {
    sets: ['anthropic', 'openai-5.6'],
    run: (ask, { isFixed, name }) =>
      each((index) =>
        ask({
          mode: 'explicit',
          system: [{ text: prose('manual', LONG[name]), ...(isFixed ? { mark: true } : {}) }],
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
        turns.push(answer(step))
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
          turns: [user(prose(`document ${index}`, LONG[name]), name === 'anthropic' && !isFixed)],
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
          system: [
            { text: prose('manual', LONG[name]), mark: isFixed && name === 'anthropic' ? longer : true },
          ],
          turns: [user(question(index))],
        })
      }
    },
  },

  'parallel-fan-out': {
    sets: EVERYWHERE,
    run: async (ask, { isFixed, marks, name }) => {
      const one = (index) =>
        ask({
          system: stable(prose('manual', LONG[name]), { marks }),
          turns: [user(`At once: ${question(index)}`)],
        })
      const rest = Array.from({ length: CALLS }, (_, index) => index)
      // DeepSeek keeps what two prompts have in common once it has seen both.
      const warming = name === 'deepseek' ? 2 : 1
      if (isFixed) for (let warmed = 0; warmed < warming; warmed++) await one(rest.shift())
      await Promise.all(rest.map(one))
    },
  },

  'volatile-prefix': {
    sets: EVERYWHERE,
    run: (ask, { isFixed, marks, name }) =>
      each((index) => {
        const now = `The time is ${stamp(index)}.`
        return ask({
          system: stable(`${isFixed ? '' : `${now}\n`}${prose('manual', LONG[name])}`, { marks }),
          turns: [user(`${question(index)}${isFixed ? `\n${now}` : ''}`)],
        })
      }),
  },

  'unstable-serialisation': {
    sets: EVERYWHERE,
    run: (ask, { isFixed, marks, name }) =>
      each((index) =>
        ask({
          system: stable(prose('manual', 300), { marks }),
          tools: toolsOf(name).map((each) => (isFixed ? each : turned(each, index))),
          turns: [user(question(index))],
        }),
      ),
  },

  'tools-reordered': {
    sets: EVERYWHERE,
    run: (ask, { isFixed, marks, name }) =>
      each((index) =>
        ask({
          system: stable(prose('manual', 300), { marks }),
          tools: isFixed ? toolsOf(name) : [...toolsOf(name).slice(index), ...toolsOf(name).slice(0, index)],
          turns: [user(question(index))],
        }),
      ),
  },

  'tools-changed': {
    sets: EVERYWHERE,
    run: (ask, { isFixed, marks, name }) =>
      each((index) =>
        ask({
          system: stable(prose('manual', LONG[name]), { marks }),
          // Only the tool that fits the question, before those that are always there; or all of them in every call.
          tools: [...FITTING.filter((_, fitting) => isFixed || fitting === index), ...toolsOf(name)],
          turns: [user(question(index))],
        }),
      ),
  },

  'system-changed': {
    sets: EVERYWHERE,
    run: (ask, { isFixed, marks, name }) =>
      each((index) => {
        const persona = prose(`persona ${index}`, 60)
        return ask({
          system: stable(`${isFixed ? '' : `${persona}\n`}${prose('manual', LONG[name])}`, { marks }),
          turns: [user(`${question(index)}${isFixed ? `\n${persona}` : ''}`)],
        })
      }),
  },

  'routing-affinity': {
    sets: ['openai-5.4', 'openai-5.6'],
    run: (ask, { isFixed, marks, name }) =>
      each((index) =>
        ask({
          // A key that is another one each time sends each request to another cache.
          cacheKey: isFixed ? 'support' : `request ${index}`,
          system: stable(prose('manual', LONG[name]), { marks }),
          turns: [user(question(index))],
        }),
      ),
  },

  'history-edited': {
    sets: EVERYWHERE,
    run: async (ask, { isFixed, marks, name }) => {
      const words = LONG[name] / 4
      const turns = [report(0, words), answer(0)]
      for (let step = 1; step <= CALLS; step++) {
        // The first report is written anew in every step.
        const [first, ...rest] = turns
        const sent = [isFixed ? first : user(`Notes: ${prose(`notes ${step}`, words)}`), ...rest]
        await ask({
          system: stable(prose('manual', words), { marks }),
          turns: [...sent, report(step, words, marks)],
        })
        turns.push(report(step, words), answer(step))
      }
    },
  },

  'settings-changed': {
    sets: ['anthropic', 'openai-5.4', 'openai-5.6'],
    run: async (ask, { isFixed, marks, name }) => {
      const document = prose('document', LONG[name])
      await each((index) => {
        const changing = isFixed ? 0 : index % 4
        return ask({
          settings:
            name === 'anthropic' ? { toolChoice: TOOL_CHOICES[changing] } : { effort: EFFORTS[changing] },
          system: [{ text: prose('manual', 300) }],
          tools: [tool('find_parcel', 60), tool('issue_refund', 60)],
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

const EFFORTS = ['low', 'medium', 'high', 'none']
const TOOL_CHOICES = [
  { type: 'auto' },
  { type: 'any' },
  { type: 'tool', name: 'find_parcel' },
  { type: 'tool', name: 'issue_refund' },
]

/** A breakpoint at the end; fixed: two more on the way, so that none is more than 20 blocks from the one before. */
function withMarks({ role, parts }, isFixed) {
  const marks = isFixed ? [parts.length - 29, parts.length - 15, parts.length - 1] : [parts.length - 1]
  return { role, parts: parts.map((part, index) => (marks.includes(index) ? { ...part, mark: true } : part)) }
}

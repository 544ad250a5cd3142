// Labelled runs of servers: many conversations at once, with and without agents inside of each other. All texts are invented.

import { labelledRun } from '../labelled-run'

const PLACES =
  'Aarhus Bergen Cork Dresden Espoo Faro Gdansk Hull Izmir Jena Krakow Lille Malmo Nantes Oulu'.split(' ')
const THINGS = ['an umbrella', 'a folding bike']

/** Thirty conversations with one agent: the same system prompt, another first question each, all at the same time. */
function parallelConversations(): string {
  const texts = ['  Sshop You are a lost property agent of a railway.']
  const calls: string[] = []
  const tree: string[] = []
  for (let n = 0; n < 30; n++) {
    const [start, hook] = [n * 37, `context=c${n} stack=answer@desk.ts:40,handler@desk.ts:12`]
    const prompt = `Sshop Tfind Uq${n}`
    texts.push(`  Uq${n} I lost ${THINGS[n % 2]} on the train to ${PLACES[n % 15]}, carriage ${n}`)
    calls.push(`  a${n} ${start}..${start + 600} ${prompt} > Cfind#t${n} | ${hook}`)
    calls.push(
      `  b${n} ${start + 900}..${start + 1500} ${prompt} Cfind#t${n} Rrows${n}#t${n} > Afound${n} | ${hook}`,
    )
    tree.push(`  AGENT: a${n} b${n}`, `    tool a${n}.t${n}`)
  }
  return sections(texts, calls, tree, 'lost-property-agent', 'desk')
}

/** Eight requests at once, in each of which an agent asks another one by a tool; local models number their tool calls from 0. */
function parallelSubAgents(): string {
  const texts = ['  Sdesk You are a travel desk agent.', '  Sfare You are a fare finder.']
  const calls: string[] = []
  const tree: string[] = []
  for (let n = 0; n < 8; n++) {
    const [start, hook] = [n * 40, `context=c${n}`]
    const prompt = `Sdesk Task_fares Uq${n}`
    texts.push(`  Uq${n} I want to go to ${PLACES[n]} next week, what does it cost?`)
    texts.push(
      `  Cask_fares${n}#call_0 {"name":"ask_fares","arguments":"{\\"trip\\":\\"cheapest fare to ${PLACES[n]} next week\\"}"}`,
    )
    texts.push(`  Uf${n} cheapest fare to ${PLACES[n]} next week`)
    calls.push(
      `  a${n} ${start}..${start + 500} ${prompt} > Cask_fares${n}#call_0 | ${hook} stack=desk@desk.ts:20,handler@desk.ts:80`,
      `  f${n} ${start + 510}..${start + 900} Sfare Tprices Uf${n} > Cprices${n}#call_0 | ${hook} stack=fares@fares.ts:9,ask_fares@desk.ts:31,desk@desk.ts:24,handler@desk.ts:80`,
      `  g${n} ${start + 1000}..${start + 1400} Sfare Tprices Uf${n} Cprices${n}#call_0 Rlist${n}#call_0 > Acheap${n} | ${hook} stack=fares@fares.ts:9,ask_fares@desk.ts:31,desk@desk.ts:24,handler@desk.ts:80`,
      `  b${n} ${start + 1410}..${start + 2000} ${prompt} Cask_fares${n}#call_0 Rcheap${n}#call_0 > Aanswer${n} | ${hook} stack=desk@desk.ts:20,handler@desk.ts:80`,
    )
    tree.push(
      `  AGENT: a${n} b${n}`,
      `    tool a${n}.call_0`,
      `      OTHER: f${n} g${n}`,
      `        tool f${n}.call_0`,
    )
  }
  return sections(texts, calls, tree, 'travel-desk-agent', 'desk', 'fare-finder', 'fares')
}

function sections(
  texts: readonly string[],
  calls: readonly string[],
  tree: readonly string[],
  ...[agent = '', hookedAgent = '', other = '', hookedOther = '']: readonly string[]
): string {
  const named = (name: string, otherName: string) =>
    tree.map((line) => line.replace('AGENT', name).replace('OTHER', otherName))
  return [
    ...['texts', ...texts, 'calls', ...calls, 'tree', ...named(agent, other)],
    ...['tree with hooks', ...named(hookedAgent, hookedOther)],
  ].join('\n')
}

export const SERVER_RUNS = [
  labelledRun('chat server: 30 conversations at once', parallelConversations()),
  labelledRun('server: 8 requests at once, each with an agent in a tool', parallelSubAgents()),
  labelledRun(
    'chat server: the turns of one conversation are requests of their own',
    `
texts
  Schat You are a museum guide.
  Uq When was the whale hall built?
  Aone The whale hall was opened in 1911, after four years of building.
  Utwo Who paid for it?
  Uother Where is the nearest cloakroom?
calls
  a 0..500     Schat Uq > Aone | context=r1
  x 100..700   Schat Uother > Aleft | context=r2
  b 9000..9600 Schat Uq Aone Utwo > Acity | context=r3
tree
  museum-guide: a b
  museum-guide: x
tree with hooks
  museum-guide: a
  museum-guide: b
  museum-guide: x
`,
  ),
  labelledRun(
    'server: a guard and a title around a conversation, twice at once with the same words',
    `
texts
  Sguard You are a safety classifier. Answer safe or unsafe.
  Stitle You are a title writer.
  Smain You are a kitchen helper.
  Uq How long do I boil a goose egg?
  Uguard Classify the message: How long do I boil a goose egg?
  Utitle Conversation: How long do I boil a goose egg?
calls
  g1 0..200    Sguard Uguard > Asafe | context=r1
  g2 30..250   Sguard Uguard > Asafe | context=r2
  m1 210..900  Smain Ttimer Uq > Ctimer#t1 | context=r1
  m2 260..950  Smain Ttimer Uq > Ctimer#t2 | context=r2
  t1 905..1100 Stitle Utitle > Aegg | context=r1
  n1 1000..1700 Smain Ttimer Uq Ctimer#t1 Rset#t1 > Aten | context=r1
  n2 1050..1750 Smain Ttimer Uq Ctimer#t2 Rset#t2 > Aten | context=r2
  t2 1760..1900 Stitle Utitle > Aegg | context=r2
tree
  kitchen-helper: m1 n1
    tool m1.t1
    safety-classifier: g1
    title-writer: t1
  kitchen-helper: m2 n2
    tool m2.t2
    safety-classifier: g2
    title-writer: t2
`,
  ),
  labelledRun(
    'server: a request runs several agents in a row, and one agent several times',
    `
texts
  Sread You are a contract reader.
  Srisk You are a risk rater.
  Upage1 Clause 1: the tenant keeps the garden in order.
  Upage2 Clause 2: the landlord may enter at any time.
  Urate Rate these clauses: garden duty on the tenant, entry at any time.
  Uother Clause 1: the rent is due on the third.
calls
  a 0..400    Sread Upage1 > Agarden | context=r1
  b 5..450    Sread Upage2 > Aentry | context=r1
  x 10..500   Sread Uother > Arent | context=r2
  c 460..900  Srisk Urate > Ahigh | context=r1
tree
  contract-reader: a
  contract-reader: b
  contract-reader: x
  risk-rater: c
tree with hooks
  contract-reader: a b
    risk-rater: c
  contract-reader: x
`,
  ),
] as const

// Labelled runs drawn at random: a server whose requests are answered by agents that start others by their tools.

import { type LabelledRun, labelledRun } from '../labelled-run'

const MAINS = ['claims adjuster', 'route planner', 'menu designer']
const OTHERS = ['archive searcher', 'price finder', 'weather watcher', 'map reader']

/** The same server for the same seed. */
export function randomServer(seed: number): LabelledRun {
  return labelledRun(`server ${seed}`, new Server(randomFrom(seed)).text())
}

class Server {
  readonly #texts: string[] = []
  readonly #calls: string[] = []
  readonly #tree: string[] = []
  #serial = 0

  constructor(readonly random: () => number) {}

  text(): string {
    for (const name of [...MAINS, ...OTHERS]) this.#texts.push(`  ${systemOf(name)} You are a ${name}.`)
    const requests = 2 + this.#below(5)
    for (let request = 0; request < requests; request++) {
      const main = MAINS[this.#below(MAINS.length)] ?? ''
      this.#converse(main, this.#sentence(), this.#below(2500), `context=c${request}`, 2, [
        'handler@server.ts:9',
      ])
    }
    const tree = this.#tree.map((line) =>
      line.replace(/^( *)([^:-]*):/, (_, indent, name) => `${indent}${slug(name)}:`),
    )
    return ['texts', ...this.#texts, 'calls', ...this.#calls, 'tree', ...tree].join('\n')
  }

  /** One agent from its question to its last answer; gives that answer and its end. */
  #converse(
    name: string,
    question: string,
    start: number,
    hook: string,
    indent: number,
    stack: readonly string[],
  ) {
    const own = `${this.#serial++}`
    this.#texts.push(`  Uq${own} ${question}`)
    const place = this.#tree.push(`${' '.repeat(indent)}${name}:`) - 1
    const loop = `${slug(name)}@${slug(name)}.ts`
    const facts = `${hook} stack=${[`${loop}:20`, ...stack].join(',')}`
    let prompt = `${systemOf(name)} Tlook Task Uq${own}`
    let now = start
    const rounds = indent > 8 ? 0 : 1 + this.#below(3)
    for (let round = 0; round < rounds; round++) {
      const call = `${own}x${round}`
      const end = now + 200 + this.#below(500)
      const tools = Array.from({ length: 1 + this.#below(3) }, (_, n) => `${call}t${n}`)
      const used = new Set<string>()
      const asked = tools.map((id) => this.#tool(id, call, end, hook, indent, [`${loop}:30`, ...stack], used))
      this.#calls.push(
        `  ${call} ${now}..${end} ${prompt} > ${asked.map(({ word }) => word).join(' ')} | ${facts}`,
      )
      this.#name(place, call)
      prompt += ` ${[...asked.map(({ word }) => word), ...asked.map(({ result }) => result)].join(' ')}`
      now = Math.max(end, ...asked.map((tool) => tool.end)) + 5 + this.#below(20)
    }
    const last = `${own}x${rounds}`
    const answer = this.#sentence()
    this.#texts.push(`  Aend${own} ${answer}`)
    const end = now + 200 + this.#below(500)
    this.#calls.push(`  ${last} ${now}..${end} ${prompt} > Aend${own} | ${facts}`)
    this.#name(place, last)
    return { answer, end }
  }

  /** A tool that looks something up, or asks another agent; of several that ask the same one, each is told what for. */
  #tool(
    id: string,
    call: string,
    start: number,
    hook: string,
    indent: number,
    stack: readonly string[],
    used: Set<string>,
  ) {
    const other = OTHERS[this.#below(OTHERS.length)] ?? ''
    const isAgent = this.random() < 0.45
    const name = isAgent ? `ask_${other.split(' ')[1]}` : 'look'
    this.#tree.push(`${' '.repeat(indent + 2)}tool ${call}.${id}`)
    const [word, result] = [`C${name}#${id}`, `R${id}#${id}`]
    const task = this.#sentence()
    this.#texts.push(`  ${word} ${JSON.stringify({ name, arguments: JSON.stringify({ task }) })}`)
    if (!isAgent) return { word, result, end: start + 50 + this.#below(800) }
    const question = this.random() < 0.6 || used.has(name) ? task : this.#sentence()
    used.add(name)
    const began = start + 2 + this.#below(30)
    const outer = [`${name}@tools.ts:${this.#serial}`, ...stack]
    const { answer, end } = this.#converse(other, question, began, hook, indent + 4, outer)
    if (this.random() < 0.5) this.#texts.push(`  ${result} ${answer}`)
    return { word, result, end: end + 5 }
  }

  #name(place: number, call: string): void {
    this.#tree[place] += ` ${call}`
  }

  #sentence(): string {
    return Array.from({ length: 7 }, () => WORDS[this.#below(WORDS.length)]).join(' ')
  }

  #below(limit: number): number {
    return Math.floor(this.random() * limit)
  }
}

function systemOf(name: string): string {
  return `S${slug(name)}`
}

function slug(name: string): string {
  return name.trim().replaceAll(' ', '-')
}

const WORDS =
  'anchor barley candle dune ember ferry gravel harbour island jetty kelp lantern meadow north orchard pebble quarry reed sail tide'.split(
    ' ',
  )

function randomFrom(seed: number): () => number {
  let state = seed * 2_654_435_761
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

// Which agent is it that speaks? Told by its system prompt, which may differ a little from call to call: a date, a memory, a mode.

import { RecentMap } from '../model/recent-map'
import { sumOf } from './texts'

/** One agent as its system prompt describes it: all its invocations in a run share it. */
export interface Identity {
  /** Whether it has a system prompt; without one its tools or its place in the code stand for it. */
  readonly hasSystem: boolean
  /** What the system prompt calls it, best first, as names: `refund-specialist`. */
  readonly ownNames: readonly string[]
  /** Its name in this run, once it has one. */
  name?: string
  /** It was called by the program itself at a time when no tool was running. */
  isEntry: boolean
  /** It does more than to title, sum up or classify what others say. */
  isSpeaker: boolean
}

/** What an identity is told by. */
export interface IdentityFacts {
  /** Hashes of the blocks of the system prompt, joined. */
  readonly key: string
  readonly system: string
  /** Names of the tools on offer, joined. */
  readonly tools: string
  /** File and function that made the call, where the hook told it; stands in for a system prompt that is not there. */
  readonly site: string
}

interface Sketch {
  readonly identity: Identity
  readonly firstName: string | undefined
  readonly sentences: ReadonlySet<number>
  readonly tools: string
}

const REMEMBERED_PROMPTS = 2_000
/** New prompts are compared with so many agents, the latest. */
const COMPARED_AGENTS = 200
const MOST_CHARACTERS = 20_000
/** A prompt as short as this says little: only with the same tools it is the same agent. */
const SHORT_PROMPT = 80

export class Identities {
  readonly #byKey = new RecentMap<string, Identity>(REMEMBERED_PROMPTS)
  #sketches: Sketch[] = []

  /** The agent with this prompt or one much like it, known from now on. */
  of(facts: IdentityFacts): Identity {
    const tools = facts.system.length < SHORT_PROMPT ? facts.tools : ''
    const key = facts.system === '' ? `/${facts.tools || facts.site}` : `${facts.key}/${tools}`
    const known = this.#byKey.get(key)
    if (known) return known
    const identity = facts.system === '' ? identityOf([], false) : this.#alike(facts.system, tools)
    this.#byKey.set(key, identity)
    return identity
  }

  #alike(system: string, tools: string): Identity {
    const ownNames = ownNamesOf(system)
    const sentences = sentencesOf(system)
    const firstName = ownNames[0]
    const known = this.#sketches.find(
      (sketch) =>
        sketch.firstName === firstName && sketch.tools === tools && areAlike(sketch.sentences, sentences),
    )
    if (known) return known.identity
    const identity = identityOf(ownNames, true)
    this.#sketches = [{ identity, firstName, sentences, tools }, ...this.#sketches].slice(0, COMPARED_AGENTS)
    return identity
  }
}

function identityOf(ownNames: readonly string[], hasSystem: boolean): Identity {
  return { hasSystem, ownNames, isEntry: false, isSpeaker: false }
}

/** Sums of the sentences, numbers told alike: a date or a count makes no other agent. */
function sentencesOf(system: string): ReadonlySet<number> {
  const sentences = system
    .slice(0, MOST_CHARACTERS)
    .toLowerCase()
    .replace(/\d+/g, '0')
    .split(/[.!?;\n]+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.length > 2)
  return new Set(sentences.map(sumOf))
}

/** Half of all, or half of the shorter one where that is more than a greeting: a long memory may have been put in. */
function areAlike(left: ReadonlySet<number>, right: ReadonlySet<number>): boolean {
  const [few, many] = left.size < right.size ? [left, right] : [right, left]
  let shared = 0
  for (const sentence of few) if (many.has(sentence)) shared++
  return shared * 2 >= many.size || (shared >= 3 && shared * 2 >= few.size)
}

const SAYS_WHO =
  /\b(?:you are|you're|you act as|act as|your name is|your role is|du bist|tu es|eres)\s+(?:(?:an?|the|now|called|named|ein|eine|un|une|una)\s+)*([^.,;:\n!?()"'`<>]{2,80})/gi
/** Where the name ends and the description begins. */
const DESCRIBES =
  /\s+(?:that|who|which|whose|for|with|helping|helps|designed|working|works|and|specialized|specialised|specializing|specialising|tasked|responsible|in charge|to|at|from|of|in|on|about|inside|within|running|powered|built|trained|created|assigned|managing|coordinating|leading|overseeing|supporting|assisting|answering|handling|der|die|das|für|que|qui|para|pour)\b.*$/i
const MOST_NAME_CHARACTERS = 40

/** `You are a Refund Specialist who …` → `refund-specialist`; what says nothing of the task is no name unless it is the only one. */
function ownNamesOf(system: string): string[] {
  const said = [...system.slice(0, MOST_CHARACTERS).matchAll(SAYS_WHO)].slice(0, 8)
  const names = said.flatMap(([, words = '']) => nameOf(words.trim().replace(DESCRIBES, '')) ?? [])
  return [...new Set(names)]
}

function nameOf(words: string): string | undefined {
  const name = words
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  if (name.length < 2) return undefined
  if (name.length <= MOST_NAME_CHARACTERS) return name
  return (
    name.slice(0, name.lastIndexOf('-', MOST_NAME_CHARACTERS)).slice(0, MOST_NAME_CHARACTERS) || undefined
  )
}

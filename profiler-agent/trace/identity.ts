// Which agent is it that speaks? Told by its system prompt, which may differ a little from call to call: a date, a memory, a mode.

import { RecentMap } from '../model/recent-map'
import { sumOf } from './texts'

/** One agent as its system prompt describes it: all its invocations in a run share it. */
export interface Identity {
  /** The system prompt by itself, one object for all that are alike; without one the tools or the place in the code tell agents apart. */
  readonly voice: Voice | undefined
  /** What its system prompt calls it, best first, as names: `refund-specialist`. */
  readonly ownNames: readonly string[]
  /** Its name in this run, once it has one. */
  name?: string
  /** It was called by the program itself at a time when no tool was running. */
  isEntry: boolean
  /** It does more than to title, sum up or classify what others say. */
  isSpeaker: boolean
}

/** A system prompt, whatever in it changes from call to call and whatever tools come with it. */
export interface Voice {
  /** What it calls the agent, best first. */
  readonly names: readonly string[]
  /** Its first words as a name, for an agent that it does not call anything. */
  readonly opening: string | undefined
  readonly sentences: ReadonlySet<number>
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

const REMEMBERED_PROMPTS = 2_000
/** New prompts are compared with so many agents, the latest. */
const COMPARED_AGENTS = 200
const MOST_CHARACTERS = 20_000
/** A prompt as short as this says little: only with the same tools it is the same agent. */
const SHORT_PROMPT = 80

export class Identities {
  readonly #voices = new RecentMap<string, Voice>(REMEMBERED_PROMPTS)
  readonly #byTools = new RecentMap<string, Identity>(REMEMBERED_PROMPTS)
  readonly #byVoice = new WeakMap<Voice, Map<string, Identity>>()
  #latest: Voice[] = []

  /** The agent with this prompt or one much like it, known from now on. */
  of(facts: IdentityFacts): Identity {
    const voice = facts.system === '' ? undefined : this.#voiceOf(facts)
    if (!voice) {
      const key = facts.tools || facts.site
      return known(this.#byTools, key, () => identityOf(undefined))
    }
    const identities = this.#byVoice.get(voice) ?? new Map<string, Identity>()
    this.#byVoice.set(voice, identities)
    return known(identities, facts.system.length < SHORT_PROMPT ? facts.tools : '', () => identityOf(voice))
  }

  #voiceOf({ key, system }: IdentityFacts): Voice {
    return known(this.#voices, key, () => {
      const text = system.slice(0, MOST_CHARACTERS).replace(TRANSPORT_LINES, '')
      const voice = { names: ownNamesOf(text), opening: openingOf(text), sentences: sentencesOf(text) }
      const alike = this.#latest.find(
        (other) => other.names[0] === voice.names[0] && areAlike(other.sentences, voice.sentences),
      )
      if (!alike) this.#latest = [voice, ...this.#latest].slice(0, COMPARED_AGENTS)
      return alike ?? voice
    })
  }
}

/** What some clients write into the prompt for the provider, anew in each call. */
const TRANSPORT_LINES = /^x-[a-z-]+-header:.*$/gm

function known<Value>(
  map: { get(key: string): Value | undefined; set(key: string, value: Value): unknown },
  key: string,
  make: () => Value,
): Value {
  const before = map.get(key)
  if (before !== undefined) return before
  const made = make()
  map.set(key, made)
  return made
}

function identityOf(voice: Voice | undefined): Identity {
  return { voice, ownNames: voice?.names ?? [], isEntry: false, isSpeaker: false }
}

/** Whether two agents have the same system prompt, whatever tools they have; without any, whether they are one. */
export function speakAlike(left: Identity | undefined, right: Identity | undefined): boolean {
  return left === right || (left?.voice !== undefined && left.voice === right?.voice)
}

/** Sums of the sentences, numbers told alike: a date or a count makes no other agent. */
function sentencesOf(system: string): ReadonlySet<number> {
  const sentences = system
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
  const said = [...system.matchAll(SAYS_WHO)].slice(0, 8)
  const names = said.flatMap(([, words = '']) => nameOf(words.trim().replace(DESCRIBES, '')) ?? [])
  return [...new Set(names)]
}

function nameOf(words: string): string | undefined {
  const name = words
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  // `You are running in a sandbox` names nobody.
  if (name.length < 2 || /^[a-z]+ing$/.test(name)) return undefined
  if (name.length <= MOST_NAME_CHARACTERS) return name
  return (
    name.slice(0, name.lastIndexOf('-', MOST_NAME_CHARACTERS)).slice(0, MOST_NAME_CHARACTERS) || undefined
  )
}

/** What says nothing of the task where a prompt begins. */
const PREAMBLE = /^(?:(?:please|you|your (?:task|job|goal) is|will|must|should|to)\s+)+/i
const MOST_NAME_WORDS = 5

/** `Classify the ticket as bug or question.` → `classify-the-ticket-as-bug`. */
function openingOf(system: string): string | undefined {
  const sentence = /\p{L}[^.!?:;\n]*/u.exec(system)?.[0] ?? ''
  const words = sentence.replace(PREAMBLE, '').match(/\p{L}[\p{L}'’-]*/gu) ?? []
  return words.length < 2 ? undefined : nameOf(words.slice(0, MOST_NAME_WORDS).join(' '))
}

// Names of tools by the ids of their calls while a prompt is read: results of tools name the call only.

/** What an element of a prompt asked for and was answered, and what it added. */
export interface ToolTalk {
  readonly asked: readonly (readonly [id: string, name: string | undefined])[]
  readonly told: readonly (readonly [id: string, name: string])[]
}

/** A result follows its call closely. */
const NEAR = 8

export class ToolNames {
  /** What was told before; asked for when it is needed. */
  #earlier: (() => readonly ToolTalk[]) | undefined
  readonly #names = new Map<string, string>()
  /** Told, and not yet among the names: mostly nobody asks for them any more. */
  readonly #recent: ToolTalk['told'][number][] = []
  #asked: ToolTalk['asked'][number][] = []
  #told: ToolTalk['told'][number][] = []

  constructor(earlier?: () => readonly ToolTalk[]) {
    this.#earlier = earlier
  }

  get(id: string): string | undefined {
    const own = this.#told.findLast(([told]) => told === id)
    if (own) return own[1]
    const name = this.#find(id)
    this.#asked.push([id, name])
    return name
  }

  set(id: string, name: string): void {
    this.#told.push([id, name])
    this.#recent.push([id, name])
  }

  /** What is asked and told from now on, by the next element. */
  listen(): ToolTalk {
    this.#asked = []
    this.#told = []
    return { asked: this.#asked, told: this.#told }
  }

  /** Adds what an element told when it was read. */
  add({ told }: ToolTalk): void {
    for (const entry of told) this.#recent.push(entry)
  }

  /** Whether an element would get the same answers as when it was read. */
  answersAsIn({ asked }: ToolTalk): boolean {
    return asked.every(([id, name]) => this.#find(id) === name)
  }

  #find(id: string): string | undefined {
    const { length } = this.#recent
    for (let index = length - 1; index >= Math.max(0, length - NEAR); index--) {
      const entry = this.#recent[index]
      if (entry?.[0] === id) return entry[1]
    }
    for (const { told } of this.#earlier?.() ?? [])
      for (const [call, name] of told) this.#names.set(call, name)
    this.#earlier = undefined
    for (const [told, name] of this.#recent.splice(0)) this.#names.set(told, name)
    return this.#names.get(id)
  }
}

// Programs with calls in them, and what becomes of their text when somebody edits, copies, moves and formats: made up from a number.

/** A line of a program, or a call on one or more. */
export interface Piece {
  readonly id: number
  readonly kind: 'call' | 'other' | 'open' | 'close'
  readonly text: string
  /** Of a call: what stands before its name, its name, and its arguments. */
  readonly lead: string
  readonly callee: string
  readonly args: readonly string[]
}

export interface Printed {
  readonly text: string
  /** First and last line of each call. */
  readonly lines: ReadonlyMap<number, readonly [number, number]>
  /** Where the name of what is called stands on its first line, as a stack names it. */
  readonly columns: ReadonlyMap<number, number>
}

const CALLEES = ['client.chat.completions.create', 'client.messages.create', 'ask', 'run', 'generateText']
const LEADS = ['const reply = await ', 'await ', 'return ', 'const answer = await ']
const OTHERS = ['const x = 1', 'log("start")', 'count += 1', 'items.sort()', 'const words = text.split(" ")']
const CONTENTS = ['question', 'text', '"hello there"', 'prompt(x)']

/** A text holds nothing but what its number says; `variety` is how much its lines differ. */
export class CodeMaker {
  #ids = 0

  constructor(
    private state: number,
    readonly variety: number,
  ) {}

  chance(share: number): boolean {
    return this.#next() < share
  }

  below(limit: number): number {
    return Math.floor(this.#next() * limit)
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0]
  }

  program(): Piece[] {
    return Array.from({ length: 1 + this.below(6) }, () => [
      this.#piece('open', `async function answer${this.below(this.variety)}(question) {`),
      ...Array.from({ length: 1 + this.below(8) }, () => (this.chance(0.45) ? this.call() : this.other())),
      this.#piece('close', '}'),
    ]).flat()
  }

  call(): Piece {
    const args = [
      ...(this.chance(0.6) ? [`model: "m${this.below(this.variety)}"`] : []),
      ...(this.chance(0.5) ? [`max_tokens: ${this.below(this.variety) * 100}`] : []),
      ...(this.chance(0.7) ? [`messages: [{ role: "user", content: ${this.#of(CONTENTS)} }]`] : []),
    ]
    return { ...this.#piece('call', ''), lead: this.#of(LEADS), callee: this.#of(CALLEES), args }
  }

  /** One like no other. */
  newCall(): Piece {
    const fresh = Array.from({ length: 6 }, () => `fresh${this.#ids++}: ${this.below(1e6)}`)
    return { ...this.call(), args: fresh }
  }

  other(): Piece {
    if (this.chance(0.4)) return this.#piece('other', this.#of(OTHERS))
    return this.#piece('other', `const v${this.below(this.variety * 10)} = load(${this.below(this.variety)})`)
  }

  changed(piece: Piece): Piece {
    const [first, ...rest] = piece.args
    const fresh = `fresh${this.#ids++}: ${this.below(1e6)}`
    return {
      ...piece,
      args: first !== undefined && this.chance(0.5) ? [fresh, ...rest] : [...piece.args, fresh],
    }
  }

  copied(piece: Piece): Piece {
    return { ...piece, id: this.#ids++ }
  }

  /** As it is laid out by one of several formatters. */
  print(pieces: readonly Piece[]): Printed {
    const [semicolon, mark, width] = [this.#of([';', '']), this.#of(["'", '"']), this.#of([40, 80, 1000])]
    const [indent, comma, end] = [
      this.#of(['  ', '\t', '    ']),
      this.#of([',', '']),
      this.#of(['\n', '\r\n']),
    ]
    const out: string[] = []
    const lines = new Map<number, readonly [number, number]>()
    const columns = new Map<number, number>()
    for (const { id, kind, text, lead, callee, args } of pieces) {
      if (this.chance(0.1)) out.push(`${indent}// it isn't "said" (`)
      if (kind !== 'call') {
        out.push(kind === 'other' ? `${indent}${text}${semicolon}` : text)
        continue
      }
      const start = out.length + 1
      const whole = `${indent}${lead}${callee}({ ${args.join(', ')} })${semicolon}`
      if (whole.length <= width) out.push(whole)
      else {
        const inner = args.map((arg, at) => indent + indent + arg + (at < args.length - 1 ? ',' : comma))
        out.push(`${indent}${lead}${callee}({`, ...inner, `${indent}})${semicolon}`)
      }
      lines.set(id, [start, out.length])
      columns.set(id, indent.length + lead.length + callee.lastIndexOf('.') + 2)
    }
    return { text: `${out.join(end)}${end}`.replaceAll('"', mark), lines, columns }
  }

  #piece(kind: Piece['kind'], text: string): Piece {
    return { id: this.#ids++, kind, text, lead: '', callee: '', args: [] }
  }

  #of<T>(list: readonly T[]): T {
    const [first, ...rest] = list
    if (first === undefined) throw new Error('nothing to choose from')
    return this.pick([first, ...rest])
  }

  #next(): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0
    let mix = Math.imul(this.state ^ (this.state >>> 15), 0x2c1b3c6d)
    mix ^= mix >>> 12
    return (mix >>> 0) / 2 ** 32
  }
}

/** One edit after the other, of any kind. */
export function edited(pieces: readonly Piece[], make: CodeMaker, edits: number): Piece[] {
  let list = [...pieces]
  for (let edit = 0; edit < edits; edit++) list = editedOnce(list, make)
  return list
}

function editedOnce(list: readonly Piece[], make: CodeMaker): Piece[] {
  const at = make.below(list.length)
  const block = list.slice(at, at + 1 + make.below(3))
  const piece = list[at]
  switch (make.below(7)) {
    case 0:
      return list.toSpliced(at, 0, make.other())
    case 1:
      return list.toSpliced(at, 0, make.newCall())
    case 2:
      return piece?.kind === 'call' || piece?.kind === 'other' ? list.toSpliced(at, 1) : [...list]
    case 3:
      return piece?.kind === 'call' ? list.with(at, make.changed(piece)) : [...list]
    case 4:
      return list.toSpliced(make.below(list.length), 0, ...block.map((each) => make.copied(each)))
    case 5: {
      const rest = list.toSpliced(at, block.length)
      return rest.toSpliced(make.below(rest.length + 1), 0, ...block)
    }
    default:
      return piece?.kind === 'other' ? list.with(at, { ...make.other(), id: piece.id }) : [...list]
  }
}

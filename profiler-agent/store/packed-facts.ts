// Single fields out of packed facts. A shape is taken apart once; a row then costs only the fields that somebody asks for.

import { HOLE, type Shapes } from './pack'

/** Where a field's JSON stands in its shape: the pieces between its holes, and which number is in the first of them. */
interface Field {
  readonly pieces: readonly string[]
  readonly firstNumber: number
  /** The value itself where there is no hole in it. */
  readonly constant: unknown
  readonly isNumber: boolean
}

type Template = ReadonlyMap<string, Field>

/** A conversation of a thousand steps has a handful of shapes, a thousand tenants have thousands. */
const REMEMBERED_TEMPLATES = 5_000

/** Reads fields of rows that `Shapes.pack` packed: flat objects of texts and numbers. */
export class PackedFacts {
  readonly #templates = new Map<number, Template>()

  constructor(readonly shapes: Shapes) {}

  /** The facts of one row. */
  open(packed: string): OpenFacts {
    const colon = packed.indexOf(':')
    return new OpenFacts(this.#template(Number(packed.slice(0, colon))), packed, colon + 1)
  }

  #template(key: number): Template {
    const known = this.#templates.get(key)
    if (known) return known
    const template = templateOf(this.shapes.textOf(key))
    if (this.#templates.size >= REMEMBERED_TEMPLATES) this.#templates.clear()
    this.#templates.set(key, template)
    return template
  }
}

export class OpenFacts {
  #numbers: readonly string[] | undefined

  constructor(
    readonly template: Template,
    readonly packed: string,
    readonly numbersFrom: number,
  ) {}

  text(name: string): string | undefined {
    const value = this.#value(name)
    return typeof value === 'string' ? value : undefined
  }

  number(name: string): number | null {
    const value = this.#value(name)
    return typeof value === 'number' ? value : null
  }

  /** Whether the shape has this text in a field: a quick no for what few rows have. */
  mayHold(name: string, text: string): boolean {
    return this.template.get(name)?.pieces.some((piece) => piece.includes(text)) ?? false
  }

  #value(name: string): unknown {
    const field = this.template.get(name)
    if (field === undefined || field.pieces.length === 1) return field?.constant
    this.#numbers ??= this.packed.slice(this.numbersFrom).split(' ')
    const numbers = this.#numbers
    // A whole number and nothing else, as most are.
    if (field.isNumber) return Number(numbers[field.firstNumber])
    const [start = '', ...rest] = field.pieces
    const json = rest.reduce(
      (text, piece, index) => text + (numbers[field.firstNumber + index] ?? '') + piece,
      start,
    )
    return JSON.parse(json)
  }
}

/** Names and values of a flat object: what begins with a quote ends at the next one that is not escaped. */
const MEMBER = /"([^"\\]*)":("[^"\\]*(?:\\.[^"\\]*)*"|[^,}]*)/gs

function templateOf(shape: string): Template {
  const fields = new Map<string, Field>()
  let firstNumber = 0
  let counted = 0
  for (const match of shape.matchAll(MEMBER)) {
    const [whole, name = '', value = ''] = match
    const start = match.index + whole.length - value.length
    firstNumber += holesIn(shape.slice(counted, start))
    counted = start
    const pieces = value.split(HOLE)
    const constant = pieces.length === 1 ? JSON.parse(value) : undefined
    fields.set(name, { pieces, firstNumber, constant, isNumber: value === HOLE })
  }
  return fields
}

function holesIn(text: string): number {
  return text.split(HOLE).length - 1
}
